package nn

import (
	"fmt"
	"io"
)

// A Layout says what the tensors of a safetensors file are called, and how
// kernels lie in it.
type Layout uint8

// The layouts. A model file, which [Sequential.Save] writes, has that of Keras.
const (
	// dense_1.kernel [inputs, units], dense_1.bias [units], dense_2.kernel, …
	KerasLayout Layout = iota
	// 0.weight [units, inputs], 0.bias [units], 2.weight, …: the state_dict of
	// nn.Sequential(nn.Linear(…), nn.ReLU(), nn.Linear(…), …), in which an
	// activation counts as a layer, unless it is linear.
	PyTorchLayout
)

var layoutNames = []string{KerasLayout: "keras", PyTorchLayout: "pytorch"}

// String returns the name of the library.
func (l Layout) String() string { return nameOf(layoutNames, int(l), "Layout") }

// ParseLayout is the inverse of Layout.String.
func ParseLayout(name string) (Layout, error) {
	i, err := indexOf(layoutNames, name, "layout")
	return Layout(i), err
}

// The metadata of a file of weights, beside the model's.
const (
	layoutKey     = "layout"      // a Layout
	kernelAxesKey = "kernel_axes" // for people: "[units, inputs]"
	pyTorchFormat = "pt"          // the format by which other programs know PyTorch's files
)

// SaveWeights writes a safetensors file for other programs. Its metadata tell
// the layout, and the architecture in JSON, so that LoadWeights reads it without
// being told. Unlike a model file it has no checksum.
func (m *Sequential) SaveWeights(w io.Writer, l Layout) error {
	metadata := map[string]string{layoutKey: l.String()}
	if err := setJSON(metadata, modelKey, m.text()); err != nil {
		return err
	}
	tensors := m.tensors(m.weights, "")
	switch l {
	case KerasLayout:
		metadata[kernelAxesKey] = "[inputs, units]"
	case PyTorchLayout:
		metadata[kernelAxesKey] = "[units, inputs]"
		metadata[formatKey] = pyTorchFormat
		m.renameForPyTorch(tensors)
	default:
		return fmt.Errorf("nn: unknown layout %v", l)
	}
	return writeTensors(w, metadata, tensors)
}

// renameForPyTorch turns the tensors of a model file into those of PyTorch.
func (m *Sequential) renameForPyTorch(tensors []tensor) {
	place := 0
	for i, l := range m.layers {
		kernel, bias := &tensors[2*i], &tensors[2*i+1]
		kernel.name, bias.name = fmt.Sprintf("%d.weight", place), fmt.Sprintf("%d.bias", place)
		kernel.data = transposed(kernel.data, kernel.shape[0], kernel.shape[1])
		kernel.shape = []int{kernel.shape[1], kernel.shape[0]}
		place++
		if l.Activation != Linear {
			place++
		}
	}
}

// transposed returns the transpose of rows × cols numbers.
func transposed(xs []float32, rows, cols int) []float32 {
	ys := make([]float32, len(xs))
	for r := range rows {
		for c := range cols {
			ys[c*rows+r] = xs[r*cols+c]
		}
	}
	return ys
}

// SaveWeightsFile is SaveWeights to a file, as Sequential.SaveFile.
func (m *Sequential) SaveWeightsFile(path string, l Layout) error {
	return writeFile(path, func(w io.Writer) error { return m.SaveWeights(w, l) })
}
