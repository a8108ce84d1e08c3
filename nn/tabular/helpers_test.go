package tabular_test

import (
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/tabular"
)

func read(tb testing.TB, text string, c tabular.Config) (nn.Dataset, *tabular.Schema) {
	tb.Helper()
	d, s, err := tabular.Read(strings.NewReader(text), c)
	if err != nil {
		tb.Fatal(err)
	}
	return d, s
}

// values are the rows of a table, one after the other.
func values(t nn.Table) []float32 {
	m := kernels.NewMat(t.Len(), t.Width())
	core := kernels.NewCore(kernels.Auto)
	for i := range m.Rows {
		t.Gather(core, m.Slice(i, i+1, 0, m.Cols), []int{i})
	}
	return m.Data
}

// collect copies all pieces of a stream.
func collect(tb testing.TB, pieces iter.Seq2[nn.Dataset, error]) (sizes []int, x, y []float32) {
	tb.Helper()
	for d, err := range pieces {
		if err != nil {
			tb.Fatal(err)
		}
		sizes = append(sizes, d.X.Len())
		x = append(x, values(d.X)...)
		y = append(y, values(d.Y)...)
	}
	return sizes, x, y
}

// write makes a file and returns its path.
func write(tb testing.TB, name, text string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
	return path
}

func newModel(tb testing.TB, inputs, outputs int) *nn.Sequential {
	tb.Helper()
	m, err := nn.NewSequential(inputs, 1, nn.Dense{Units: outputs})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}
