package nn_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
)

func TestLoadWeightsOfOthers(t *testing.T) {
	for name, file := range map[string][]byte{
		"PyTorch Sequential": foreignFile(f32("10.bias", 2), f32("10.weight", 2, 4), f32("8.weight", 4, 3), f32("8.bias", 4)),
		"PyTorch Module":     foreignFile(f32("fc1.weight", 4, 3), f32("fc1.bias", 4), f32("fc2.weight", 2, 4), f32("fc2.bias", 2)),
		"Keras":              foreignFile(f32("dense.kernel", 3, 4), f32("dense.bias", 4), f32("dense_1.kernel", 4, 2), f32("dense_1.bias", 2)),
		"TensorFlow":         foreignFile(f32("d/dense_9/kernel:0", 3, 4), f32("d/dense_9/bias:0", 4), f32("d/dense_10/kernel:0", 4, 2), f32("d/dense_10/bias:0", 2)),
		"mixed":              foreignFile(f32("a.kernel", 3, 4), f32("a.bias", 4), f32("b.weight", 2, 4), f32("b.bias", 2)),
	} {
		m := loadWeights(t, file, nn.Sigmoid, nn.Linear)
		want := []nn.Dense{{Units: 4, Activation: nn.Sigmoid}, {Units: 2}}
		if m.Inputs() != 3 || !slices.Equal(m.Layers(), want) {
			t.Errorf("%s: %d inputs, layers %v", name, m.Inputs(), m.Layers())
		}
		for i, layer := range []struct {
			transposed bool
			rows, cols int
		}{{strings.HasPrefix(name, "PyTorch"), 3, 4}, {strings.HasPrefix(name, "PyTorch") || name == "mixed", 4, 2}} {
			for at := range layer.rows * layer.cols { // the numbers of the file
				r, c := at/layer.cols, at%layer.cols
				if layer.transposed {
					r, c = at%layer.rows, at/layer.rows
				}
				if got := m.Kernel(i).At(r, c); got != float32(at) {
					t.Errorf("%s: layer %d: element (%d, %d) is %v, want %v", name, i+1, r, c, got, at)
				}
			}
			for at, got := range m.Bias(i) {
				if got != float32(at) {
					t.Errorf("%s: layer %d: bias %d is %v", name, i+1, at, got)
				}
			}
		}
	}
}

// Each type holds 1.5 and the smallest that it can tell from 0.
func TestLoadWeightsConverts(t *testing.T) {
	for _, test := range []struct {
		dtype string
		data  []byte
		want  [3]float32
	}{
		{"F64", []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0x10, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0xf0, 0xff}, [3]float32{1.5, 1, float32(math.Inf(-1))}},
		{"F16", []byte{0, 0x3e, 1, 0x80, 0, 0xfc}, [3]float32{1.5, -0x1p-24, float32(math.Inf(-1))}},
		{"BF16", []byte{0xc0, 0x3f, 1, 0x80, 0x80, 0xff}, [3]float32{1.5, -0x1p-133, float32(math.Inf(-1))}},
	} {
		file := foreignFile(foreignTensor{"w.kernel", test.dtype, []int{1, 3}, test.data})
		m := loadWeights(t, file, nn.Linear, nn.Linear)
		if got := [3]float32(m.Kernel(0).Data); got != test.want {
			t.Errorf("%s: %v, want %v", test.dtype, got, test.want)
		}
		if got := m.Bias(0); !slices.Equal(got, []float32{0, 0, 0}) {
			t.Errorf("no bias: %v, want zeros", got)
		}
	}
}

// All 65,536 halves against their definition.
func TestF16(t *testing.T) {
	var data []byte
	for h := range 1 << 16 {
		data = binary.LittleEndian.AppendUint16(data, uint16(h))
	}
	m := loadWeights(t, foreignFile(foreignTensor{"w.kernel", "F16", []int{1, 1 << 16}, data}), nn.Linear, nn.Linear)
	for h, got := range m.Kernel(0).Data {
		sign, e, f := 1-2*float64(h>>15), h>>10&31, float64(h&1023)/1024
		want := sign * math.Ldexp(1+f, e-15)
		switch {
		case e == 0:
			want = sign * math.Ldexp(f, -14)
		case e == 31 && f == 0:
			want = math.Inf(int(sign))
		case e == 31:
			want = math.NaN()
		}
		if got != float32(want) && !(math.IsNaN(want) && got != got) || math.Signbit(float64(got)) != (h>>15 == 1) {
			t.Fatalf("%#x: %v, want %v", h, got, want)
		}
	}
}

func TestLoadWeightsRefuses(t *testing.T) {
	lie := func(key, value string) []byte {
		var file bytes.Buffer
		if err := newModel(t, 2, nn.Dense{Units: 2}).SaveWeights(&file, nn.KerasLayout); err != nil {
			t.Fatal(err)
		}
		s, _ := parse(file.Bytes())
		s.metadata()[key] = value
		return s.bytes()
	}
	long := strings.Repeat("a", 1001)
	huge := foreignTensor{"a.kernel", "F32", []int{1 << 20, 1 << 19}, nil}
	aboutHuge := "offsets"
	if strconv.IntSize == 32 {
		aboutHuge = "too large"
	}
	many, _ := json.Marshal(map[string]any{"inputs": 2, "layers": []any{}})
	for about, file := range map[string][]byte{
		"no header":       nil,
		"no tensors":      foreignFile(),
		"without a kern":  foreignFile(f32("a.bias", 2)),
		"part of a":       foreignFile(f32("a.kernel", 2, 3), f32("a.moving_mean", 3)),
		"a.kernel":        foreignFile(f32("a.kernel", 2, 3, 4)),
		"b.weight":        foreignFile(f32("a.kernel", 2, 3), f32("b.weight", 3, 4)),
		"the units of":    foreignFile(f32("a.kernel", 2, 3), f32("a.bias", 2)),
		"one kernel or":   foreignFile(f32("a.kernel", 2, 2), f32("a.weight", 2, 2)),
		"I32":             foreignFile(foreignTensor{"a.kernel", "I32", []int{1, 1}, make([]byte, 4)}),
		"units: want":     foreignFile(f32("a.kernel", 2, 0)),
		aboutHuge:         foreignFile(huge),
		"a name of 1008":  foreignFile(f32(long+".kernel", 2, 2)),
		"9 dimensions":    foreignFile(f32("a.kernel", 1, 1, 1, 1, 1, 1, 1, 1, 1)),
		"tensors are not": lie("model", string(many)),
		"unknown activ":   lie("model", `{"inputs":2,"layers":[{"units":2,"activation":"x"}]}`),
		"version":         lie("format", "mnist-fast"),
	} {
		m, err := nn.LoadWeights(bytes.NewReader(file), nn.ReLU, nn.Softmax)
		if m != nil || !errors.Is(err, nn.ErrFormat) || !strings.Contains(err.Error(), about) {
			t.Errorf("error %q, want one about %q", err, about)
		}
	}
	if _, err := nn.LoadWeights(bytes.NewReader(foreignFile(f32("a.kernel", 1, 1))), nn.ReLU, 77); err == nil {
		t.Error("there is no activation 77")
	}
}

// The most that a header can make a reader allocate.
func TestLoadWeightsOfALongHeader(t *testing.T) {
	var header strings.Builder
	for i := 0; header.Len() < 2<<20-80; i++ {
		fmt.Fprintf(&header, `,"%x.kernel":{"dtype":"F32","shape":[0,0],"data_offsets":[0,0]}`, i)
	}
	text := "{" + header.String()[1:] + "}"
	file := append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
	var err error
	heap.RequireTwice(t, len(file), heap.More, func() { _, err = nn.LoadWeights(bytes.NewReader(file), nn.ReLU, nn.Softmax) })
	requireErrFormat(t, err)
}

// Numbers that are promised take no memory before they are there.
func TestLoadWeightsOfAPromise(t *testing.T) {
	for _, there := range []int{0, 3 << 20} {
		s := safetensors{header: map[string]any{
			"a.kernel": map[string]any{"dtype": "F16", "shape": []int{1 << 20, 1 << 18}, "data_offsets": []int64{0, 1 << 39}},
		}, data: make([]byte, there)}
		for _, r := range []io.Reader{bytes.NewReader(s.bytes()), pipe{bytes.NewReader(s.bytes())}} {
			var err error
			heap.RequireTwice(t, there, 1<<20, func() { _, err = nn.LoadWeights(r, nn.ReLU, nn.Softmax) })
			requireErrFormat(t, err)
		}
	}
}

// A reader need not know how much it has.
func TestLoadWeightsFromAPipe(t *testing.T) {
	file := foreignFile(f32("a.kernel", 3, 4), f32("a.bias", 4))
	want := loadWeights(t, file, nn.ReLU, nn.Softmax).SHA256()
	m, err := nn.LoadWeights(iotest.OneByteReader(bytes.NewReader(file)), nn.ReLU, nn.Softmax)
	if err != nil {
		t.Fatal(err)
	}
	requireSHA256(t, m, want)
	_, err = nn.LoadWeights(iotest.OneByteReader(bytes.NewReader(append(file, 0))), nn.ReLU, nn.Softmax)
	requireErrFormat(t, err)
}
