package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// What a file has, as far as it matters here. Texts and numbers of tensors stay
// where they are in the file.
type (
	graph struct {
		opset        int64
		nodes        []node
		initializers []*tensor
		inputs       []input
		outputs      []string
	}

	node struct {
		name, operator, domain string
		inputs, outputs        []string
		attributes             []attribute
	}

	attribute struct {
		name   string
		float  float32
		int    int64
		ints   []int64
		floats []byte
		tensor *tensor
	}

	tensor struct {
		name     string
		dims     []int64
		dataType int64
		data     []byte  // little-endian
		ints     []int64 // instead of data, of integers
		external map[string]string
		used     bool // as a kernel
	}

	input struct {
		name     string
		dataType int64
		dims     []int64 // dynamic: -1
		known    bool    // the number of dims
	}
)

// A decoder reads messages. It counts their fields, each of which takes more
// memory than room in the file: without a limit, a small file could fill it.
type decoder struct{ fields int }

// maxFields is the most fields and integers in a file. A layer has some 30.
const maxFields = 1 << 16

var errTooLong = fmt.Errorf("more than %d fields", maxFields)

func (d *decoder) count() error {
	if d.fields++; d.fields > maxFields {
		return errTooLong
	}
	return nil
}

// A field is one of a message: a number, or bytes.
type field struct {
	number protowire.Number
	kind   protowire.Type
	value  uint64
	bytes  []byte
}

var (
	errKind   = errors.New("a field of another type")
	errPieces = errors.New("numbers of a tensor in several pieces")
)

// each calls visit for every field of a message.
func (d *decoder) each(message []byte, visit func(f field) error) error {
	for len(message) > 0 {
		if err := d.count(); err != nil {
			return err
		}
		f, n := field{}, 0
		f.number, f.kind, n = protowire.ConsumeTag(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		switch f.kind {
		case protowire.VarintType:
			f.value, n = protowire.ConsumeVarint(message)
		case protowire.Fixed32Type:
			var x uint32
			x, n = protowire.ConsumeFixed32(message)
			f.value = uint64(x)
		case protowire.Fixed64Type:
			f.value, n = protowire.ConsumeFixed64(message)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(message)
		default: // groups, which ONNX does not have
			return errKind
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

// maxText is the most bytes of a name, of which there are copies, and which errors
// quote.
const maxText = 4096

var errLongText = fmt.Errorf("a text of more than %d bytes", maxText)

func (f field) text(to *string) error {
	switch {
	case f.kind != protowire.BytesType:
		return errKind
	case len(f.bytes) > maxText:
		return errLongText
	}
	*to = string(f.bytes)
	return nil
}

func (f field) int(to *int64) error {
	if f.kind != protowire.VarintType {
		return errKind
	}
	*to = int64(f.value)
	return nil
}

// ints appends repeated integers, which may be packed.
func (d *decoder) ints(f field, to *[]int64) error {
	if f.kind != protowire.BytesType {
		*to = append(*to, 0)
		return f.int(&(*to)[len(*to)-1])
	}
	for b := f.bytes; len(b) > 0; {
		if err := d.count(); err != nil {
			return err
		}
		x, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		*to = append(*to, int64(x))
		b = b[n:]
	}
	return nil
}

// raw takes bytes, or floating-point numbers, one by one or packed, as the same
// bytes.
func (f field) raw(to *[]byte) error {
	switch {
	case f.kind == protowire.BytesType && len(*to) == 0:
		*to = slices.Clip(f.bytes)
	case f.kind == protowire.Fixed32Type:
		*to = protowire.AppendFixed32(*to, uint32(f.value))
	case f.kind == protowire.Fixed64Type:
		*to = protowire.AppendFixed64(*to, f.value)
	case f.kind == protowire.BytesType:
		return errPieces
	default:
		return errKind
	}
	return nil
}

func (f field) float(to *float32) error {
	if f.kind != protowire.Fixed32Type {
		return errKind
	}
	*to = math.Float32frombits(uint32(f.value))
	return nil
}
