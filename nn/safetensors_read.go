package nn

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/mnist-fast/mnist-fast/nn/internal/sized"
)

// A tensorFile is a file whose header has been read.
type tensorFile struct {
	rest     io.Reader // behind the header
	metadata map[string]string
	entries  []namedEntry // in the order in which the tensors lie in the file
	size     int64        // of the numbers, in bytes
}

// openTensors reads the header of a file.
func openTensors(r io.Reader) (*tensorFile, error) {
	header, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	f := &tensorFile{rest: r}
	if text, ok := header[metadataKey]; ok {
		if err := json.Unmarshal(text, &f.metadata); err != nil {
			return nil, fmt.Errorf("%w: metadata: %v", ErrFormat, err)
		}
		delete(header, metadataKey)
	}
	if f.entries, err = sortEntries(header); err != nil {
		return nil, err
	}
	if n := len(f.entries); n > 0 {
		f.size = int64(f.entries[n-1].Offsets[1])
	}
	return f, nil
}

// A tensorReader reads the numbers of a file, tensor after tensor.
type tensorReader struct {
	file *sized.Reader
	in   *bufio.Reader
	xs   []float32 // of a chunk
	raw  []byte    // as they are in the file
}

// numbers fails unless all that the header promises is there, and nothing else.
// It is called before memory is taken for any of it.
func (f *tensorFile) numbers() (*tensorReader, error) {
	file, err := sized.New(f.rest, f.size+1)
	if err != nil {
		return nil, fmt.Errorf("nn: reading tensors: %w", err)
	}
	switch {
	case file.Size < f.size:
		err = fmt.Errorf("%w: truncated: %d of %d bytes of the tensors", ErrFormat, file.Size, f.size)
	case file.Size > f.size:
		err = fmt.Errorf("%w: bytes beyond the last tensor, which ends at %d", ErrFormat, f.size)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return &tensorReader{file, bufio.NewReader(file), make([]float32, chunkFloats), make([]byte, maxSize*chunkFloats)}, nil
}

// readAll returns the tensors, whose numbers must be float32.
func (f *tensorFile) readAll() (tensors []tensor, err error) {
	r, err := f.numbers()
	if err != nil {
		return nil, err
	}
	defer r.file.Close()
	for _, e := range f.entries {
		if e.DType != float32Type {
			return nil, fmt.Errorf("%w: tensor %q: type %q: want %s", ErrFormat, e.name, e.DType, float32Type)
		}
		data := make([]float32, e.elements)
		if err := r.read(e, func(at int, xs []float32) { copy(data[at:], xs) }); err != nil {
			return nil, err
		}
		tensors = append(tensors, tensor{e.name, e.Shape, data})
	}
	return tensors, nil
}

// read reads the next tensor, which is e, and calls take with its numbers, a
// chunk at a time, and the place of the first.
func (r *tensorReader) read(e namedEntry, take func(at int, xs []float32)) error {
	for at := 0; at < e.elements; at += chunkFloats {
		xs := r.xs[:min(e.elements-at, chunkFloats)]
		raw := r.raw[:e.size*len(xs)]
		if got, err := io.ReadFull(r.in, raw); err != nil {
			return fmt.Errorf("%w: tensor %q: %d of %d bytes: %w", ErrFormat, e.name, e.size*at+got, e.size*e.elements, err)
		}
		for i := range xs {
			xs[i] = e.decode(raw[e.size*i:])
		}
		take(at, xs)
	}
	return nil
}

// readHeader returns the header, and reads nothing behind it.
func readHeader(in io.Reader) (header map[string]json.RawMessage, err error) {
	var size uint64
	if err := binary.Read(in, binary.LittleEndian, &size); err != nil {
		return nil, fmt.Errorf("%w: no header: %w", ErrFormat, err)
	}
	if size > maxHeader {
		return nil, fmt.Errorf("%w: not a safetensors file (a header of %d bytes)", ErrFormat, size)
	}
	text, err := io.ReadAll(io.LimitReader(in, int64(size)))
	if err != nil {
		return nil, err
	}
	if uint64(len(text)) < size {
		return nil, fmt.Errorf("%w: truncated: %d of %d bytes of the header", ErrFormat, len(text), size)
	}
	if err := json.Unmarshal(text, &header); err != nil {
		return nil, fmt.Errorf("%w: not a safetensors file: %v", ErrFormat, err)
	}
	return header, nil
}

type namedEntry struct {
	name string
	entry
	dtype
	elements int
}

// sortEntries puts the tensors in the order of the file and checks that they
// fill it without gaps.
func sortEntries(header map[string]json.RawMessage) ([]namedEntry, error) {
	var entries []namedEntry
	for name, text := range header {
		e := namedEntry{name: name}
		if err := json.Unmarshal(text, &e.entry); err != nil {
			return nil, fmt.Errorf("%w: tensor %.40q: %v", ErrFormat, name, err)
		}
		if err := e.measure(); err != nil {
			return nil, fmt.Errorf("%w: tensor %.40q: %w", ErrFormat, name, err)
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b namedEntry) int {
		return cmp.Or(cmp.Compare(a.Offsets[0], b.Offsets[0]), cmp.Compare(a.Offsets[1], b.Offsets[1]), cmp.Compare(a.name, b.name))
	})
	at := 0
	for _, e := range entries {
		if e.Offsets[0] != at || e.Offsets[1]-at != e.size*e.elements {
			return nil, fmt.Errorf("%w: tensor %q: offsets %v do not fit its shape %v", ErrFormat, e.name, e.Offsets, e.Shape)
		}
		at += e.size * e.elements
	}
	return entries, nil
}

// What errors quote is not to be long.
const (
	maxName = 1000 // bytes
	maxRank = 8
)

// measure finds the tensor's type and its size by its shape.
func (e *namedEntry) measure() error {
	if len(e.name) > maxName || len(e.Shape) > maxRank {
		return fmt.Errorf("a name of %d bytes and %d dimensions: want at most %d and %d", len(e.name), len(e.Shape), maxName, maxRank)
	}
	var ok bool
	if e.dtype, ok = dtypes[e.DType]; !ok {
		return fmt.Errorf("type %.40q: want one of %v", e.DType, slices.Sorted(maps.Keys(dtypes)))
	}
	e.elements = 1
	for _, d := range e.Shape {
		if d < 0 || d > maxWeights || e.elements > maxWeights/max(1, d) {
			return fmt.Errorf("shape %v is too large", e.Shape)
		}
		e.elements *= d
	}
	return nil
}
