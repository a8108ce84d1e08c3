package nn_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
)

// A foreignTensor is one that another program could have written.
type foreignTensor struct {
	name  string
	dtype string
	shape []int
	data  []byte
}

func foreignFile(tensors ...foreignTensor) []byte {
	s := safetensors{header: map[string]any{}}
	for _, t := range tensors {
		begin := len(s.data)
		s.data = append(s.data, t.data...)
		s.header[t.name] = map[string]any{"dtype": t.dtype, "shape": t.shape, "data_offsets": []int{begin, len(s.data)}}
	}
	return s.bytes()
}

// f32 is a tensor of numbers that are their places.
func f32(name string, shape ...int) foreignTensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	var data []byte
	for i := range n {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(i)))
	}
	return foreignTensor{name, "F32", shape, data}
}

func loadWeights(tb testing.TB, file []byte, hidden, output nn.Activation) *nn.Sequential {
	tb.Helper()
	m, err := nn.LoadWeights(bytes.NewReader(file), hidden, output)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

var foreignLayers = []nn.Dense{
	{Units: 200, Activation: nn.Tanh, L2: 0.5}, {Units: 20}, {Units: 17, Activation: nn.ReLU}, {Units: 3, Activation: nn.Softmax},
}

// A file of weights reads as the model that it was made of, whatever it is told.
func TestSaveWeights(t *testing.T) {
	m := newModel(t, 5, foreignLayers...)
	for layout, names := range map[nn.Layout]string{
		nn.KerasLayout:   "dense_1.bias dense_1.kernel dense_2.bias dense_2.kernel dense_3.bias dense_3.kernel dense_4.bias dense_4.kernel",
		nn.PyTorchLayout: "0.bias 0.weight 2.bias 2.weight 3.bias 3.weight 5.bias 5.weight",
	} {
		var file bytes.Buffer
		if err := m.SaveWeights(&file, layout); err != nil {
			t.Fatal(err)
		}
		got := loadWeights(t, file.Bytes(), nn.Sigmoid, nn.Sigmoid)
		requireSHA256(t, got, m.SHA256())
		if !slices.Equal(got.Layers(), m.Layers()) {
			t.Errorf("%v: layers %v, want %v", layout, got.Layers(), m.Layers())
		}
		s, _ := parse(file.Bytes())
		metadata := s.metadata()
		delete(s.header, "__metadata__")
		var found []string
		for name := range s.header {
			found = append(found, name)
		}
		slices.Sort(found)
		if strings.Join(found, " ") != names || metadata["layout"] != layout.String() {
			t.Errorf("%v: tensors %v, want %s; metadata %v", layout, found, names, metadata)
		}
	}
	if err := m.SaveWeights(&bytes.Buffer{}, 7); err == nil {
		t.Error("there is no layout 7")
	}
}

func TestPyTorchLayoutIsTransposed(t *testing.T) {
	m := newModel(t, 2, nn.Dense{Units: 3})
	var file bytes.Buffer
	if err := m.SaveWeights(&file, nn.PyTorchLayout); err != nil {
		t.Fatal(err)
	}
	s, _ := parse(file.Bytes())
	entry := s.header["0.weight"].(map[string]any)
	if fmt.Sprint(entry["shape"]) != "[3 2]" {
		t.Errorf("shape %v, want [3 2]", entry["shape"])
	}
	at := int(entry["data_offsets"].([]any)[0].(float64))
	if got, want := math.Float32frombits(binary.LittleEndian.Uint32(s.data[at+4:])), m.Kernel(0).At(1, 0); got != want {
		t.Errorf("element (0, 1) is %v, want %v", got, want)
	}
}

// Model files, with the state of training too, are read like all others.
func TestLoadWeightsReadsModelFiles(t *testing.T) {
	file := trainedFile(t)
	m := loadWeights(t, file, nn.ReLU, nn.Softmax)
	requireSHA256(t, m, load(t, file).SHA256())
	if a := m.Layers()[0].Activation; a != nn.Tanh {
		t.Errorf("activation %v, want that of the file", a)
	}
	file[len(file)-1] ^= 1
	_, err := nn.LoadWeights(bytes.NewReader(file), nn.ReLU, nn.Softmax)
	requireErrFormat(t, err)
}

func TestWeightsFiles(t *testing.T) {
	m, path := newModel(t, 2, nn.Dense{Units: 2}), filepath.Join(t.TempDir(), "a.safetensors")
	if err := m.SaveWeightsFile(path, nn.PyTorchLayout); err != nil {
		t.Fatal(err)
	}
	got, err := nn.LoadWeightsFile(path, nn.ReLU, nn.ReLU)
	if err != nil {
		t.Fatal(err)
	}
	requireSHA256(t, got, m.SHA256())
	if _, err := nn.LoadWeightsFile(path+"x", nn.ReLU, nn.ReLU); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one that names the file", err)
	}
}

func TestParseLayout(t *testing.T) {
	for _, l := range []nn.Layout{nn.KerasLayout, nn.PyTorchLayout} {
		if got, err := nn.ParseLayout(l.String()); got != l || err != nil {
			t.Errorf("%v: %v, %v", l, got, err)
		}
	}
	if _, err := nn.ParseLayout("onnx"); err == nil {
		t.Error("onnx is no layout")
	}
}

// Whatever a file has in it, LoadWeights returns a model or an error, and takes
// at most twice the file's size and 64 MB, garbage included.
func FuzzLoadWeights(f *testing.F) {
	f.Add(foreignFile(f32("10.bias", 2), f32("10.weight", 2, 4), f32("8.weight", 4, 3), f32("8.bias", 4)))
	f.Add(foreignFile(f32("d/kernel:0", 3, 4), f32("e/kernel:0", 4, 2)))
	f.Add(foreignFile(foreignTensor{"w.kernel", "F16", []int{1, 2}, make([]byte, 4)}))
	for _, l := range []nn.Layout{nn.KerasLayout, nn.PyTorchLayout} {
		var file bytes.Buffer
		if err := newModel(f, 2, foreignLayers...).SaveWeights(&file, l); err != nil {
			f.Fatal(err)
		}
		f.Add(file.Bytes())
	}
	f.Add(trainedFile(f))
	f.Fuzz(func(t *testing.T, file []byte) {
		var m *nn.Sequential
		var err error
		heap.RequireTwice(t, len(file), heap.More, func() { m, err = nn.LoadWeights(bytes.NewReader(file), nn.ReLU, nn.Softmax) })
		if (m == nil) == (err == nil) || err != nil && !errors.Is(err, nn.ErrFormat) {
			t.Errorf("a model: %t, error %v", m != nil, err)
		}
	})
}
