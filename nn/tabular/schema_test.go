package tabular_test

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/tabular"
)

const people = "height,feet,age,name\n1.5,2,31.7,ann\n1.75,2,1e6,bob\n2,2,-3,ann\n1.25,2,0,ö\n"

func format(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func near(x, want float64) bool { return math.Abs(x-want) <= 1e-12*math.Abs(want) }

// Means and deviations against the formulas, a constant column, one of large
// numbers that hardly differ.
func TestStandardize(t *testing.T) {
	for _, x := range [][]float64{{1, 2, 4, 7}, {5, 5, 5, 5}, {0.1, 0.1, 0.1}, {16777214, 16777215, 16777216}, {3}, {-1e30, 1e30}} {
		text, mean, sd := "x,y\n", 0.0, 0.0
		for i := range x {
			x[i] = float64(float32(x[i]))
			text += format(x[i]) + ",0\n"
			mean += x[i] / float64(len(x))
		}
		for i := range x {
			sd += (x[i] - mean) * (x[i] - mean) / float64(len(x))
		}
		sd = math.Sqrt(sd)
		if slices.Min(x) == slices.Max(x) {
			mean, sd = x[0], 1
		}
		d, s := read(t, text, tabular.Config{})
		s.Standardize(d.X)
		if got := s.Scaler; !near(got.Mean[0], mean) || !near(got.SD[0], sd) {
			t.Errorf("%v: mean %v and deviation %v, want %v and %v", x, got.Mean[0], got.SD[0], mean, sd)
		}
		for i, got := range values(s.Scale(d).X) {
			if want := (x[i] - mean) / sd; math.Abs(float64(got)-want) > 1e-6 {
				t.Errorf("%v: number %d becomes %v, want %v", x, i, got, want)
			}
		}
		scanned, err := tabular.Scan(strings.NewReader(text), tabular.Config{})
		if err != nil || !reflect.DeepEqual(scanned, s) {
			t.Errorf("%v: Scan returned %+v, %v; want %+v", x, scanned, err, s)
		}
	}
}

func TestSchemaTravelsWithTheModel(t *testing.T) {
	for _, c := range []tabular.Config{
		{},
		{Target: "age", Inputs: []string{"feet", "height"}, Regression: true},
		{NoHeader: true, Comma: '|', Inputs: []string{"2"}},
	} {
		text := people
		if c.Comma != 0 {
			text = "ann|1\nbob|2\n"
			c.Target = "1"
		}
		d, s := read(t, text, c)
		s.Standardize(d.X)
		m := newModel(t, len(s.Inputs), max(1, len(s.Classes)))
		m.Metadata = map[string]string{"author": "Fisher"}
		if err := s.Store(m); err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := m.Save(&file); err != nil {
			t.Fatal(err)
		}
		loaded, err := nn.Load(&file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tabular.SchemaOf(loaded)
		if err != nil || !reflect.DeepEqual(got, s) || loaded.Metadata["author"] != "Fisher" {
			t.Errorf("loaded %+v and %v, want %+v; error %v", got, loaded.Metadata, s, err)
		}
		again, err := got.Read(strings.NewReader(text))
		if err != nil || !slices.Equal(values(again.X), values(s.Scale(d).X)) {
			t.Errorf("the loaded schema scales otherwise; error %v", err)
		}
	}
}

func TestSchemaMustFitTheModel(t *testing.T) {
	_, s := read(t, people, tabular.Config{})
	for _, m := range []*nn.Sequential{newModel(t, 2, 3), newModel(t, 3, 1)} {
		if err := s.Store(m); err == nil || m.Metadata != nil {
			t.Errorf("stored in a model of %d inputs and %d outputs", m.Inputs(), m.Outputs())
		}
	}
	for _, text := range []string{
		``, `[]`, `null`, `{}`,
		`{"inputs":["a"],"target":"b","classes":["x"]}`,
		`{"inputs":["a","b"],"scaler":{}}`,
		`{"inputs":["a","b"],"scaler":{"mean":[0,0],"sd":[1]}}`,
		`{"inputs":["a","b"],"scaler":{"mean":[0,0],"sd":[1,0]}}`,
		`{"inputs":["a","b"],"scaler":{"mean":[0,0],"sd":[1,-1]}}`,
		`{"inputs":["a","b"],"scaler":{"mean":[0,0],"sd":[1,1e999]}}`,
	} {
		m := newModel(t, 2, 1)
		m.Metadata = map[string]string{"tabular": text}
		if _, err := tabular.SchemaOf(m); !errors.Is(err, nn.ErrFormat) {
			t.Errorf("%s: error %v", text, err)
		}
	}
	if _, err := tabular.SchemaOf(newModel(t, 1, 1)); err == nil {
		t.Error("a schema out of nothing")
	}
}

// A scaler of another width is found before it is used.
func TestScaledTableIsValidated(t *testing.T) {
	d, _ := read(t, people, tabular.Config{})
	if err := (&tabular.Scaler{Mean: []float64{1}, SD: []float64{1}}).Table(d.X).Validate(); err == nil {
		t.Error("no error")
	}
}
