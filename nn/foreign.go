package nn

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// LoadWeights reads a model from a safetensors file of another program, or one
// that Save or SaveWeights wrote. Such a file has a matrix for each layer and,
// usually, a vector, its bias, with names of PyTorch's or Keras's kind:
//
//	fc1.weight [units, inputs]    fc1.bias [units]    0.weight, layers.2.weight, …
//	dense.kernel [inputs, units]  dense.bias [units]  dense_1.kernel, dense_1/bias:0, …
//
// The layers come in the order of their names, with numbers in them as numbers
// are ordered. Numbers may be F32, F64 (which are rounded), F16 or BF16.
//
// Layers have the activations given, except those of a file that tells its
// architecture. An error wraps ErrFormat if the file is not of such a model. The
// reader is used as by Load.
func LoadWeights(r io.Reader, hidden, output Activation) (*Sequential, error) {
	f, err := openTensors(r)
	if err != nil {
		return nil, err
	}
	if f.metadata[formatKey] == fileFormat {
		model, err := readModel(f)
		if err != nil {
			return nil, err
		}
		return model.model, nil
	}
	parts, err := foreignLayers(f.entries)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	numbers, err := f.numbers()
	if err != nil {
		return nil, err
	}
	defer numbers.file.Close()
	m, err := foreignModel(f.metadata, parts, hidden, output)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	places := map[string]int{}
	for i, p := range parts {
		places[p.name] = i
	}
	for _, e := range f.entries {
		layer, _ := splitName(e.name)
		i := places[layer]
		if err := numbers.read(e, m.setter(i, parts[i], e.name)); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// LoadWeightsFile is LoadWeights from a file.
func LoadWeightsFile(path string, hidden, output Activation) (*Sequential, error) {
	return loadFile(path, func(r io.Reader) (*Sequential, error) { return LoadWeights(r, hidden, output) })
}

// A foreignLayer is what a file has of a layer.
type foreignLayer struct {
	name          string
	kernel, bias  string // names of tensors; no bias: ""
	inputs, units int    // of the kernel
	biases        int    // numbers in the bias
	transposed    bool   // the kernel is [units, inputs]
}

// foreignLayers finds the layers, in order, in a file's tensors.
func foreignLayers(entries []namedEntry) ([]foreignLayer, error) {
	byName := map[string]*foreignLayer{}
	for _, e := range entries {
		layer, part := splitName(e.name)
		l := byName[layer]
		if l == nil {
			l = &foreignLayer{name: layer}
			byName[layer] = l
		}
		switch {
		case part == "bias" && len(e.Shape) == 1 && l.bias == "":
			l.bias, l.biases = e.name, e.elements
		case (part == "kernel" || part == "weight") && len(e.Shape) == 2 && l.kernel == "":
			l.kernel, l.transposed = e.name, part == "weight"
			l.inputs, l.units = e.Shape[0], e.Shape[1]
			if l.transposed {
				l.inputs, l.units = l.units, l.inputs
			}
		default:
			return nil, fmt.Errorf("tensor %q of shape %v is no part of a Dense layer: want one kernel or weight, a matrix, and one bias, a vector", e.name, e.Shape)
		}
	}
	var layers []foreignLayer
	for _, name := range slices.SortedFunc(maps.Keys(byName), compareNatural) {
		layers = append(layers, *byName[name])
	}
	return layers, checkChain(layers)
}

// checkChain fails unless each layer takes what the one before gives.
func checkChain(layers []foreignLayer) error {
	for i, l := range layers {
		if l.kernel == "" {
			return fmt.Errorf("tensor %q is a bias without a kernel", l.bias)
		}
		if l.bias != "" && l.biases != l.units {
			return fmt.Errorf("tensor %q has %d numbers: want %d, the units of %q", l.bias, l.biases, l.units, l.kernel)
		}
		if i > 0 && l.inputs != layers[i-1].units {
			return fmt.Errorf("tensor %q has %d inputs, but %q, the layer before by its name, has %d units",
				l.kernel, l.inputs, layers[i-1].kernel, layers[i-1].units)
		}
	}
	return nil
}

// splitName cuts the name of a tensor into those of its layer and of its part.
// TensorFlow's end in ":0".
func splitName(name string) (layer, part string) {
	name = strings.TrimSuffix(name, ":0")
	i := strings.LastIndexAny(name, "./")
	return name[:max(i, 0)], name[i+1:]
}

// compareNatural orders texts as strings.Compare does, but runs of digits in
// them as numbers.
func compareNatural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		n, m := digits(x), digits(y)
		var c int
		if n > 0 && m > 0 {
			i, j := strings.TrimLeft(x[:n], "0"), strings.TrimLeft(y[:m], "0")
			c = cmp.Or(cmp.Compare(len(i), len(j)), strings.Compare(i, j))
		} else {
			n, m = 1, 1
			c = cmp.Compare(x[0], y[0])
		}
		if c != 0 {
			return c
		}
		x, y = x[n:], y[m:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

// digits is the number of digits that a text starts with.
func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }

// foreignModel makes the model for a file, with weights of 0. Its architecture,
// if the metadata tell it, must agree with the tensors.
func foreignModel(metadata map[string]string, parts []foreignLayer, hidden, output Activation) (*Sequential, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("no tensors")
	}
	inputs, layers := parts[0].inputs, make([]Dense, len(parts))
	for i, p := range parts {
		layers[i] = Dense{Units: p.units, Activation: hidden}
	}
	layers[len(layers)-1].Activation = output
	if _, ours := metadata[layoutKey]; ours {
		told, tellsLayers, err := parseModel(metadata[modelKey])
		if err != nil {
			return nil, err
		}
		sameUnits := func(a, b Dense) bool { return a.Units == b.Units }
		if told != inputs || !slices.EqualFunc(layers, tellsLayers, sameUnits) {
			return nil, fmt.Errorf("the tensors are not those of the model %.200s", metadata[modelKey])
		}
		layers = tellsLayers
	}
	return newModel(inputs, layers)
}

// setter returns what sets the weights of layer i that the tensor has.
func (m *Sequential) setter(i int, part foreignLayer, name string) func(at int, xs []float32) {
	p := m.params[i]
	switch {
	case name == part.bias:
		return func(at int, xs []float32) { copy(p.of(m.weights).bias[at:], xs) }
	case part.transposed:
		return func(at int, xs []float32) {
			for j, x := range xs {
				m.weights[p.place((at+j)%p.inputs, (at+j)/p.inputs)] = x
			}
		}
	default:
		return func(at int, xs []float32) {
			for j, x := range xs {
				m.weights[p.place((at+j)/p.units, (at+j)%p.units)] = x
			}
		}
	}
}

// place is where element (r, c) of the kernel is in the weights.
func (p layerParams) place(r, c int) int {
	for _, b := range p.blocks {
		if r < b.row+b.rows && c < b.col+b.cols {
			return b.at + (r-b.row)*b.cols + c - b.col
		}
	}
	panic("nn: no such weight")
}
