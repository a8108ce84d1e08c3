package tabular_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
	"github.com/mnist-fast/mnist-fast/nn/tabular"
)

// Whatever a file has in it, Read returns samples or an Error, and takes memory
// in proportion. Scan and Stream agree with it.
func FuzzCSV(f *testing.F) {
	f.Add(people, "", false, false, ',')
	f.Add(people, "1", true, false, ',')
	f.Add("1;2;3\n4;5;6\n", "2", true, true, ';')
	f.Add("\ufeff\"a\n\",b\r\n\" 1\",x\n", "b", false, false, ',')
	f.Add("a\tb\n1\t\n", "", false, false, '\t')
	f.Add(strings.Repeat(",", 100), "", false, true, ',')
	f.Add("a,b\n1,\"", "", false, false, ',')
	f.Fuzz(func(t *testing.T, text, target string, regression, noHeader bool, comma rune) {
		c := tabular.Config{Target: target, Regression: regression, NoHeader: noHeader, Comma: comma}
		var d nn.Dataset
		var s *tabular.Schema
		var err error
		used := heap.Allocated(func() { d, s, err = tabular.Read(strings.NewReader(text), c) })
		if limit := uint64(1<<20 + 100*len(text)); used > limit {
			t.Errorf("a file of %d bytes took %d, want at most %d", len(text), used, limit)
		}
		scanned, scanErr := tabular.Scan(strings.NewReader(text), c)
		if (err == nil) != (scanErr == nil) {
			t.Fatalf("Read returned %v, Scan %v", err, scanErr)
		}
		if err != nil {
			return
		}
		checkDataset(t, d, s)
		s.Standardize(d.X)
		checkStream(t, s, text, s.Scale(d))
		if !slices.Equal(scanned.Classes, s.Classes) || !slices.Equal(scanned.Scaler.Mean, s.Scaler.Mean) {
			t.Errorf("Scan returned %+v, Read %+v", scanned, s)
		}
	})
}

// checkDataset fails unless d is what a trainer takes, and finite.
func checkDataset(t *testing.T, d nn.Dataset, s *tabular.Schema) {
	if d.X.Len() == 0 || d.X.Len() != d.Y.Len() || d.X.Width() != len(s.Inputs) || d.Y.Width() != max(1, len(s.Classes)) {
		t.Fatalf("%d × %d inputs and %d × %d targets", d.X.Len(), d.X.Width(), d.Y.Len(), d.Y.Width())
	}
	if err := d.Y.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, x := range append(values(d.X), values(d.Y)...) {
		if x-x != 0 || math.Abs(float64(x)) > math.MaxFloat32 {
			t.Fatalf("the number %v", x)
		}
	}
}

// checkStream fails unless a stream of the text has the samples of d.
func checkStream(t *testing.T, s *tabular.Schema, text string, d nn.Dataset) {
	_, x, y := collect(t, s.Stream(strings.NewReader(text), 2))
	if !slices.Equal(x, values(d.X)) || !slices.Equal(y, values(d.Y)) {
		t.Error("a stream has other samples")
	}
}
