package mnist

import (
	"bytes"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// Names of the four files as MNIST has them.
const (
	trainX = "train-images-idx3-ubyte"
	trainY = "train-labels-idx1-ubyte"
	testX  = "t10k-images-idx3-ubyte"
	testY  = "t10k-labels-idx1-ubyte"
)

// folder is a file system of files given by their contents.
type folder map[string][]byte

// smallFolder returns a data set of 4 training and 2 test images of 3×5.
func smallFolder() folder {
	return folder{
		trainX: idxFile(4, 3, 5),
		trainY: labelFile(0, 2, 1, 2),
		testX:  idxFile(2, 3, 5),
		testY:  labelFile(2, 0),
	}
}

func (f folder) fs() fstest.MapFS {
	m := fstest.MapFS{}
	for name, data := range f {
		m[name] = &fstest.MapFile{Data: data, Mode: 0o444}
	}
	return m
}

// renamed returns f with its names changed by replacing pairs of strings.
func (f folder) renamed(pairs ...string) folder {
	g := folder{}
	for name, data := range f {
		g[strings.NewReplacer(pairs...).Replace(name)] = data
	}
	return g
}

// gzipped returns f with every file gzipped.
func (f folder) gzipped(t *testing.T) folder {
	g := folder{}
	for name, data := range f {
		g[name+".gz"] = zip(t, data)
	}
	return g
}

// with returns a copy of f where name holds data.
func (f folder) with(name string, data []byte) folder {
	g := maps.Clone(f)
	g[name] = data
	return g
}

// without returns a copy of f that lacks name.
func (f folder) without(name string) folder {
	g := maps.Clone(f)
	delete(g, name)
	return g
}

// checkSmall checks that d is the data set of smallFolder.
func checkSmall(t *testing.T, d Data) {
	t.Helper()
	checkSet(t, "train", d.Train, 4, 3, 5)
	checkSet(t, "test", d.Test, 2, 3, 5)
	if d.Classes != 3 {
		t.Errorf("%d classes, want 3", d.Classes)
	}
	if want := []uint8{0, 2, 1, 2}; !bytes.Equal(d.Train.Labels, want) {
		t.Errorf("training labels %d, want %d", d.Train.Labels, want)
	}
	for i, p := range d.Train.Images {
		if p != uint8(i) {
			t.Fatalf("training pixel %d is %d", i, p)
		}
	}
}
