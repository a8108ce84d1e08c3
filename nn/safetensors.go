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
	maxHeader   = 2 << 20 // bytes: room for thousands of layers; what JSON makes of it in memory is up to 20 times as large
	chunkFloats = 16384   // numbers converted at a time
)

// writeTensors writes a file with the tensors in that order.
func writeTensors(w io.Writer, metadata map[string]string, tensors []tensor) error {
	header := map[string]any{metadataKey: metadata}
	at := 0
	for _, t := range tensors {
		end := at + 4*len(t.data)
		header[t.name] = entry{"F32", t.shape, [2]int{at, end}}
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

// readTensors reads a file and returns its tensors in the order in which they
// lie in it. What a header promises is not believed before it is there: it must
// fit the size of the file, or, where that is not known, memory grows with what
// is read.
func readTensors(r io.Reader) (metadata map[string]string, tensors []tensor, err error) {
	size, known := sizeOf(r)
	in := bufio.NewReader(r)
	header, headerSize, err := readHeader(in)
	if err != nil {
		return nil, nil, err
	}
	if text, ok := header[metadataKey]; ok {
		if err := json.Unmarshal(text, &metadata); err != nil {
			return nil, nil, fmt.Errorf("%w: metadata: %v", ErrFormat, err)
		}
		delete(header, metadataKey)
	}
	entries, err := sortEntries(header)
	if err != nil {
		return nil, nil, err
	}
	if n := len(entries); known && n > 0 {
		if want := headerSize + int64(entries[n-1].Offsets[1]); want != size {
			return nil, nil, fmt.Errorf("%w: the file has %d bytes, but its header is of one of %d", ErrFormat, size, want)
		}
	}
	for _, e := range entries {
		n := (e.Offsets[1] - e.Offsets[0]) / 4
		room := n
		if !known {
			room = min(n, chunkFloats)
		}
		data, err := readFloats(in, n, room)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: tensor %q: %w", ErrFormat, e.name, err)
		}
		tensors = append(tensors, tensor{e.name, e.Shape, data})
	}
	if _, err := in.ReadByte(); err != io.EOF {
		return nil, nil, fmt.Errorf("%w: bytes beyond the last tensor", ErrFormat)
	}
	return metadata, tensors, nil
}

// sizeOf is the number of bytes that are left to read, if it is known.
func sizeOf(r io.Reader) (size int64, known bool) {
	switch r := r.(type) {
	case interface{ Len() int }: // bytes.Reader, bytes.Buffer, strings.Reader
		return int64(r.Len()), true
	case *os.File:
		info, err := r.Stat()
		at, err2 := r.Seek(0, io.SeekCurrent)
		if err == nil && err2 == nil && info.Mode().IsRegular() {
			return info.Size() - at, true
		}
	}
	return 0, false
}

// readHeader also returns the bytes that it takes in the file.
func readHeader(in io.Reader) (map[string]json.RawMessage, int64, error) {
	var size uint64
	if err := binary.Read(in, binary.LittleEndian, &size); err != nil {
		return nil, 0, fmt.Errorf("%w: no header: %w", ErrFormat, err)
	}
	if size > maxHeader {
		return nil, 0, fmt.Errorf("%w: not a safetensors file (a header of %d bytes)", ErrFormat, size)
	}
	text, err := io.ReadAll(io.LimitReader(in, int64(size)))
	if err != nil {
		return nil, 0, err
	}
	if uint64(len(text)) < size {
		return nil, 0, fmt.Errorf("%w: truncated: %d of %d bytes of the header", ErrFormat, len(text), size)
	}
	var header map[string]json.RawMessage
	if err := json.Unmarshal(text, &header); err != nil {
		return nil, 0, fmt.Errorf("%w: not a safetensors file: %v", ErrFormat, err)
	}
	return header, 8 + int64(size), nil
}

type namedEntry struct {
	name string
	entry
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
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b namedEntry) int {
		return cmp.Or(cmp.Compare(a.Offsets[0], b.Offsets[0]), cmp.Compare(a.Offsets[1], b.Offsets[1]), cmp.Compare(a.name, b.name))
	})
	at := 0
	for _, e := range entries {
		size, err := e.bytes()
		if err != nil {
			return nil, fmt.Errorf("%w: tensor %q: %w", ErrFormat, e.name, err)
		}
		if e.Offsets[0] != at || e.Offsets[1]-at != size {
			return nil, fmt.Errorf("%w: tensor %q: offsets %v do not fit its shape %v", ErrFormat, e.name, e.Offsets, e.Shape)
		}
		at += size
	}
	return entries, nil
}

// bytes is the size of a tensor by its shape.
func (e entry) bytes() (int, error) {
	if e.DType != "F32" {
		return 0, fmt.Errorf("type %q: want F32", e.DType)
	}
	n := 1
	for _, d := range e.Shape {
		if d < 0 || d > maxWeights || n > maxWeights/max(1, d) {
			return 0, fmt.Errorf("shape %v is too large", e.Shape)
		}
		n *= d
	}
	return 4 * n, nil
}

// readFloats reads n numbers; there is to be room for some at once.
func readFloats(r io.Reader, n, room int) ([]float32, error) {
	xs := make([]float32, 0, room)
	buf := make([]byte, 4*min(n, chunkFloats))
	for len(xs) < n {
		b := buf[:4*min(n-len(xs), chunkFloats)]
		if got, err := io.ReadFull(r, b); err != nil {
			return nil, fmt.Errorf("%d of %d bytes: %w", 4*len(xs)+got, 4*n, err)
		}
		for len(b) > 0 {
			xs = append(xs, math.Float32frombits(binary.LittleEndian.Uint32(b)))
			b = b[4:]
		}
	}
	return xs, nil
}
