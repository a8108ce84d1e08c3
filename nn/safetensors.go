package nn

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
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
