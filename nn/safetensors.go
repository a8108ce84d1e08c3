package nn

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
)

// ErrFormat is the error of a file that is not what it should be.
var ErrFormat = errors.New("bad model file")

// A tensor is a named array of a safetensors file
// (https://github.com/huggingface/safetensors): the length of a header as 64
// bits, little-endian; the header, in JSON; and the numbers.
type tensor struct {
	name  string
	shape []int
	data  []float32
}

// An entry is a tensor's line in the header.
type entry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

const (
	metadataKey = "__metadata__"
	maxHeader   = 2 << 20 // bytes; room for thousands of layers; what JSON makes of it in memory is up to 30 times as large
	chunkFloats = 16384   // numbers converted at a time
)

// writeTensors writes a file with the tensors in that order.
func writeTensors(w io.Writer, metadata map[string]string, tensors []tensor) error {
	header := map[string]any{metadataKey: metadata}
	at := 0
	for _, t := range tensors {
		end := at + 4*len(t.data)
		header[t.name] = entry{float32Type, t.shape, [2]int{at, end}}
		at = end
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	if len(text) > maxHeader-8 {
		return fmt.Errorf("nn: a header of %d bytes: want at most %d; there are too many layers, or too much metadata", len(text), maxHeader-8)
	}
	text = append(text, bytes.Repeat([]byte(" "), -len(text)&7)...) // align the numbers
	out := bufio.NewWriter(w)
	if err := binary.Write(out, binary.LittleEndian, uint64(len(text))); err != nil {
		return err
	}
	if _, err := out.Write(text); err != nil {
		return err
	}
	for _, t := range tensors {
		if err := writeFloats(out, t.data); err != nil {
			return err
		}
	}
	return out.Flush()
}

func writeFloats(w io.Writer, xs []float32) error {
	buf := make([]byte, 0, 4*min(len(xs), chunkFloats))
	for chunk := range slices.Chunk(xs, chunkFloats) {
		buf = buf[:0]
		for _, x := range chunk {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(x))
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

// A tensorFile is a file whose header has been read.
type tensorFile struct {
	in       *bufio.Reader
	metadata map[string]string
	entries  []namedEntry // in the order in which the tensors lie in the file
	size     int64        // of the numbers, in bytes
	known    bool         // how much there is
	whole    bool         // all numbers are known to be there
}

// openTensors reads the header of a file.
func openTensors(r io.Reader) (*tensorFile, error) {
	left, known := remaining(r)
	f := &tensorFile{in: bufio.NewReader(r), known: known}
	size, header, err := readHeader(f.in)
	if err != nil {
		return nil, err
	}
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
	if want := 8 + int64(size) + f.size; known && want != left {
		return nil, fmt.Errorf("%w: the file has %d bytes, but its header is of one of %d", ErrFormat, left, want)
	}
	f.whole = known
	return f, nil
}

// ensure fails unless all numbers are there. It reads them from what does not know
// how much there is.
func (f *tensorFile) ensure() error {
	if !f.known {
		data, err := io.ReadAll(io.LimitReader(f.in, f.size+1))
		if err != nil {
			return err
		}
		f.in = bufio.NewReader(bytes.NewReader(data))
		f.known, f.whole = true, f.size <= int64(len(data))
	}
	if !f.whole {
		return fmt.Errorf("%w: truncated: the tensors have %d bytes, which are not all there", ErrFormat, f.size)
	}
	return nil
}

// readAll returns the tensors, whose numbers must be float32.
func (f *tensorFile) readAll() (tensors []tensor, err error) {
	for _, e := range f.entries {
		if e.DType != float32Type {
			return nil, fmt.Errorf("%w: tensor %q: type %q: want %s", ErrFormat, e.name, e.DType, float32Type)
		}
		data := make([]float32, 0, f.room(e))
		err := f.read(e, func(_ int, xs []float32) { data = append(data, xs...) })
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, tensor{e.name, e.Shape, data})
	}
	return tensors, f.close()
}

// room is the number of elements to take memory for before they are read. What
// a header promises is not believed unless it is there: otherwise memory grows
// with what is read.
func (f *tensorFile) room(e namedEntry) int {
	if f.whole {
		return e.elements
	}
	return min(e.elements, chunkFloats)
}

// read reads the next tensor, which is e, and calls take with its numbers, a
// chunk at a time, and the place of the first.
func (f *tensorFile) read(e namedEntry, take func(at int, xs []float32)) error {
	xs := make([]float32, min(e.elements, chunkFloats))
	buf := make([]byte, e.size*len(xs))
	for at := 0; at < e.elements; at += len(xs) {
		xs = xs[:min(e.elements-at, chunkFloats)]
		b := buf[:e.size*len(xs)]
		if got, err := io.ReadFull(f.in, b); err != nil {
			return fmt.Errorf("%w: tensor %q: %d of %d bytes: %w", ErrFormat, e.name, e.size*at+got, e.size*e.elements, err)
		}
		for i := range xs {
			xs[i] = e.decode(b[e.size*i:])
		}
		take(at, xs)
	}
	return nil
}

// close fails if there is something behind the last tensor.
func (f *tensorFile) close() error {
	if _, err := f.in.ReadByte(); err != io.EOF {
		return fmt.Errorf("%w: bytes beyond the last tensor", ErrFormat)
	}
	return nil
}

// remaining is how many bytes r has left, if it knows.
func remaining(r io.Reader) (n int64, known bool) {
	switch r := r.(type) {
	case interface{ Len() int }:
		return int64(r.Len()), true
	case *os.File:
		at, err := r.Seek(0, io.SeekCurrent)
		info, err2 := r.Stat()
		if err == nil && err2 == nil && info.Mode().IsRegular() {
			return info.Size() - at, true
		}
	}
	return 0, false
}

// readHeader returns the header and its size in bytes.
func readHeader(in io.Reader) (size uint64, header map[string]json.RawMessage, err error) {
	if err := binary.Read(in, binary.LittleEndian, &size); err != nil {
		return 0, nil, fmt.Errorf("%w: no header: %w", ErrFormat, err)
	}
	if size > maxHeader {
		return 0, nil, fmt.Errorf("%w: not a safetensors file (a header of %d bytes)", ErrFormat, size)
	}
	text, err := io.ReadAll(io.LimitReader(in, int64(size)))
	if err != nil {
		return 0, nil, err
	}
	if uint64(len(text)) < size {
		return 0, nil, fmt.Errorf("%w: truncated: %d of %d bytes of the header", ErrFormat, len(text), size)
	}
	if err := json.Unmarshal(text, &header); err != nil {
		return 0, nil, fmt.Errorf("%w: not a safetensors file: %v", ErrFormat, err)
	}
	return size, header, nil
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
			return nil, fmt.Errorf("%w: tensor %q: %v", ErrFormat, name, err)
		}
		if err := e.measure(); err != nil {
			return nil, fmt.Errorf("%w: tensor %q: %w", ErrFormat, name, err)
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

// measure finds the tensor's type and its size by its shape.
func (e *namedEntry) measure() error {
	var ok bool
	if e.dtype, ok = dtypes[e.DType]; !ok {
		return fmt.Errorf("type %q: want one of %v", e.DType, slices.Sorted(maps.Keys(dtypes)))
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
