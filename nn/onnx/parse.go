package onnx

import "fmt"

// parse reads a ModelProto.
func parse(file []byte) (*graph, error) {
	d, g := &decoder{}, &graph{}
	var version int64
	err := d.each(file, func(f field) error {
		switch f.number {
		case modelIRVersion:
			return f.int(&version)
		case modelGraph:
			return d.graph(f.bytes, g)
		case modelOpsetImport:
			return d.opset(f.bytes, &g.opset)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("not an ONNX file, or a damaged one: %w", err)
	case version == 0 || g.opset == 0 || len(g.nodes) == 0:
		return nil, fmt.Errorf("not an ONNX file: it lacks a version, an opset or nodes")
	case g.opset < minOpset:
		return nil, fmt.Errorf("opset %d: want at least %d", g.opset, minOpset)
	}
	return g, nil
}

// minOpset is the first in which operators broadcast as they do today.
const minOpset = 7

// opset reads the version of ONNX's own operators.
func (d *decoder) opset(message []byte, to *int64) error {
	var domain string
	var version int64
	err := d.each(message, func(f field) error {
		switch f.number {
		case opsetDomain:
			return f.text(&domain)
		case opsetVersion:
			return f.int(&version)
		}
		return nil
	})
	if isONNX(domain) {
		*to = version
	}
	return err
}

// isONNX reports whether operators of the domain are ONNX's own.
func isONNX(domain string) bool { return domain == "" || domain == "ai.onnx" }

func (d *decoder) graph(message []byte, g *graph) error {
	return d.each(message, func(f field) error {
		switch f.number {
		case graphNode:
			g.nodes = append(g.nodes, node{})
			return part("node", len(g.nodes), d.node(f.bytes, &g.nodes[len(g.nodes)-1]))
		case graphInitializer:
			t := &tensor{}
			g.initializers = append(g.initializers, t)
			return part("initializer", len(g.initializers), d.tensor(f.bytes, t))
		case graphInput:
			g.inputs = append(g.inputs, input{})
			return part("input", len(g.inputs), d.input(f.bytes, &g.inputs[len(g.inputs)-1]))
		case graphOutput:
			var out input
			err := d.input(f.bytes, &out)
			g.outputs = append(g.outputs, out.name)
			return part("output", len(g.outputs), err)
		}
		return nil
	})
}

// part says where an error is.
func part(name string, number int, err error) error {
	if err != nil {
		return fmt.Errorf("%s %d: %w", name, number, err)
	}
	return nil
}

func (d *decoder) node(message []byte, n *node) error {
	return d.each(message, func(f field) error {
		switch f.number {
		case nodeInput:
			n.inputs = append(n.inputs, "")
			return f.text(&n.inputs[len(n.inputs)-1])
		case nodeOutput:
			n.outputs = append(n.outputs, "")
			return f.text(&n.outputs[len(n.outputs)-1])
		case nodeName:
			return f.text(&n.name)
		case nodeOpType:
			return f.text(&n.operator)
		case nodeDomain:
			return f.text(&n.domain)
		case nodeAttribute:
			n.attributes = append(n.attributes, attribute{})
			return d.attribute(f.bytes, &n.attributes[len(n.attributes)-1])
		}
		return nil
	})
}

func (d *decoder) attribute(message []byte, a *attribute) error {
	return d.each(message, func(f field) error {
		switch f.number {
		case attributeName:
			return f.text(&a.name)
		case attributeFloat:
			return f.float(&a.float)
		case attributeInt:
			return f.int(&a.int)
		case attributeFloats:
			return f.raw(&a.floats)
		case attributeInts:
			return d.ints(f, &a.ints)
		case attributeTensor:
			a.tensor = &tensor{}
			return d.tensor(f.bytes, a.tensor)
		}
		return nil
	})
}

func (d *decoder) tensor(message []byte, t *tensor) error {
	return d.each(message, func(f field) error {
		switch f.number {
		case tensorName:
			return f.text(&t.name)
		case tensorDims:
			return d.ints(f, &t.dims)
		case tensorDataType:
			return f.int(&t.dataType)
		case tensorRawData, tensorFloatData, tensorDoubleData:
			return f.raw(&t.data)
		case tensorInt32Data, tensorInt64Data:
			return d.ints(f, &t.ints)
		case tensorExternalData:
			return d.external(f.bytes, t)
		}
		return nil
	})
}

// external reads a line of what says where a tensor's data are.
func (d *decoder) external(message []byte, t *tensor) error {
	var key, value string
	err := d.each(message, func(f field) error {
		switch f.number {
		case entryKey:
			return f.text(&key)
		case entryValue:
			return f.text(&value)
		}
		return nil
	})
	if t.external == nil {
		t.external = map[string]string{}
	}
	t.external[key] = value
	return err
}

// input reads a ValueInfoProto.
func (d *decoder) input(message []byte, i *input) error {
	return d.each(message, func(f field) error {
		switch f.number {
		case valueName:
			return f.text(&i.name)
		case valueType:
			return d.each(f.bytes, func(f field) error {
				if f.number == typeTensor {
					return d.tensorType(f.bytes, i)
				}
				return nil
			})
		}
		return nil
	})
}

func (d *decoder) tensorType(message []byte, i *input) error {
	return d.each(message, func(f field) error {
		switch f.number {
		case tensorTypeElement:
			return f.int(&i.dataType)
		case tensorTypeShape:
			i.known = true
			return d.each(f.bytes, func(f field) error {
				if f.number == shapeDim {
					i.dims = append(i.dims, dynamic)
					return d.dim(f.bytes, &i.dims[len(i.dims)-1])
				}
				return nil
			})
		}
		return nil
	})
}

// dynamic is a dimension that the file leaves open.
const dynamic = -1

func (d *decoder) dim(message []byte, to *int64) error {
	return d.each(message, func(f field) error {
		if f.number == dimValue {
			return f.int(to)
		}
		return nil
	})
}
