package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// typeName is the name of a data type, for errors.
func typeName(t int64) string {
	if name, ok := typeNames[t]; ok {
		return name
	}
	return fmt.Sprintf("type %d", t)
}

// sizes of numbers, in bytes.
var sizes = map[int64]int{float32Type: 4, float64Type: 8, int32Type: 4, int64Type: 8}

// elements is the number of elements that the dims promise. It fails unless
// they are there.
func (t *tensor) elements() (int, error) {
	size, ok := sizes[t.dataType]
	if !ok {
		return 0, fmt.Errorf("tensor %q of %s: want FLOAT or DOUBLE, INT32 or INT64", t.name, typeName(t.dataType))
	}
	there := len(t.data) / size
	if t.data == nil && !t.isFloat() {
		there = len(t.ints)
	}
	n := 1
	for _, d := range t.dims {
		if d < 0 || d > math.MaxInt32 || n > math.MaxInt32/max(1, int(d)) {
			return 0, fmt.Errorf("tensor %q: its shape %v is not that of numbers that are here", t.name, t.dims)
		}
		n *= int(d)
	}
	if n != there || t.data != nil && len(t.data) != n*size {
		return 0, fmt.Errorf("tensor %q: %d numbers for a shape of %v", t.name, there, t.dims)
	}
	return n, nil
}

// isFloat reports whether the tensor has floating-point numbers.
func (t *tensor) isFloat() bool { return t.dataType == float32Type || t.dataType == float64Type }

// at is element i of a tensor of floating-point numbers, rounded to float32.
func (t *tensor) at(i int) float32 {
	if t.dataType == float64Type {
		return float32(math.Float64frombits(binary.LittleEndian.Uint64(t.data[8*i:])))
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(t.data[4*i:]))
}

// integers are the elements of a tensor of at most that many integers.
func (t *tensor) integers(most int) ([]int64, error) {
	n, err := t.elements()
	switch {
	case err != nil:
		return nil, err
	case n > most:
		return nil, fmt.Errorf("tensor %q of %d numbers: want at most %d", t.name, n, most)
	case t.isFloat():
		return nil, fmt.Errorf("tensor %q of %s: want integers", t.name, typeName(t.dataType))
	case t.data == nil:
		return t.ints, nil
	}
	xs := make([]int64, n)
	for i := range xs {
		if t.dataType == int32Type {
			xs[i] = int64(int32(binary.LittleEndian.Uint32(t.data[4*i:])))
		} else {
			xs[i] = int64(binary.LittleEndian.Uint64(t.data[8*i:]))
		}
	}
	return xs, nil
}

// truth is the value of a tensor with one boolean.
func (t *tensor) truth() bool {
	return len(t.data) > 0 && t.data[0] != 0 || len(t.ints) > 0 && t.ints[0] != 0
}

// constantTensor is the tensor of a Constant node.
func constantTensor(n *node) (*tensor, error) {
	for _, a := range n.attributes {
		switch a.name {
		case "value":
			if a.tensor != nil {
				return a.tensor, nil
			}
		case "value_float":
			t := &tensor{dataType: float32Type}
			t.data = binary.LittleEndian.AppendUint32(nil, math.Float32bits(a.float))
			return t, nil
		case "value_floats":
			return &tensor{dataType: float32Type, dims: []int64{int64(len(a.floats) / 4)}, data: a.floats}, nil
		case "value_int":
			return &tensor{dataType: int64Type, ints: []int64{a.int}}, nil
		case "value_ints":
			return &tensor{dataType: int64Type, dims: []int64{int64(len(a.ints))}, ints: a.ints}, nil
		}
	}
	return nil, errors.New("a constant without a number")
}
