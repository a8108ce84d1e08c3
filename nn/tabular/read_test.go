package tabular_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/tabular"
)

func TestRead(t *testing.T) {
	regression := tabular.Config{Regression: true}
	for _, test := range []struct {
		name, text string
		c          tabular.Config
		inputs     []string
		target     string
		classes    []string
		x, y       []float32
	}{
		{"the last column", "a,b,c\n1,2,yes\n3,4,no\n", tabular.Config{},
			[]string{"a", "b"}, "c", []string{"no", "yes"}, []float32{1, 2, 3, 4}, []float32{0, 1, 1, 0}},
		{"a column by name", "a,b,c\n1,x,2\n3,y,4\n", tabular.Config{Target: "b"},
			[]string{"a", "c"}, "b", []string{"x", "y"}, []float32{1, 2, 3, 4}, []float32{1, 0, 0, 1}},
		{"columns by number", "a,b,c\n1,x,2\n", tabular.Config{Target: "2", Inputs: []string{"3", "a"}},
			[]string{"c", "a"}, "b", []string{"x"}, []float32{2, 1}, []float32{1}},
		{"a name goes before a number", "2,1,c\n5,6,7\n", tabular.Config{Target: "1", Regression: true},
			[]string{"2", "c"}, "1", nil, []float32{5, 7}, []float32{6}},
		{"other columns hold anything", "a,b,c\n1,,2\n3,?,4\n", tabular.Config{Inputs: []string{"a"}, Regression: true},
			[]string{"a"}, "c", nil, []float32{1, 3}, []float32{2, 4}},
		{"numbers sort as numbers", "a,c\n1,10\n2,9\n3,-1\n", tabular.Config{},
			[]string{"a"}, "c", []string{"-1", "9", "10"}, []float32{1, 2, 3}, []float32{0, 0, 1, 0, 1, 0, 1, 0, 0}},
		{"texts sort as texts", "a,c\n1,10\n2,9\n3,x\n", tabular.Config{},
			[]string{"a"}, "c", []string{"10", "9", "x"}, []float32{1, 2, 3}, []float32{1, 0, 0, 0, 1, 0, 0, 0, 1}},
		{"no header", "1,2\n3,4", tabular.Config{NoHeader: true, Regression: true, Target: "1"},
			[]string{"2"}, "1", nil, []float32{2, 4}, []float32{1, 3}},
		{"semicolons", "a;b\n1;2\n", tabular.Config{Comma: ';', Regression: true},
			[]string{"a"}, "b", nil, []float32{1}, []float32{2}},
		{"tabs", "a\tb\n1\t2\n", tabular.Config{Comma: '\t', Regression: true},
			[]string{"a"}, "b", nil, []float32{1}, []float32{2}},
		{"quotes, a byte order mark, Windows lines, empty ones", "\ufeff\"a\", \"b\"\r\n\r\n 1 , \"2\"\r\n", regression,
			[]string{"a"}, "b", nil, []float32{1}, []float32{2}},
		{"a column without a name", ",b\n1,2\n", regression,
			[]string{"1"}, "b", nil, []float32{1}, []float32{2}},
		{"forms of numbers", "a,b\n-1e3,+.5\n0x1p4,1e-50\n", regression,
			[]string{"a"}, "b", nil, []float32{-1000, 16}, []float32{0.5, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, s, err := tabular.Read(strings.NewReader(test.text), test.c)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(s.Inputs, test.inputs) || s.Target != test.target || !slices.Equal(s.Classes, test.classes) {
				t.Errorf("schema %+v", s)
			}
			if x, y := values(d.X), values(d.Y); !slices.Equal(x, test.x) || !slices.Equal(y, test.y) {
				t.Errorf("inputs %v, targets %v; want %v, %v", x, y, test.x, test.y)
			}
			again, err := s.Read(strings.NewReader(test.text)) // with the schema
			if err != nil || !slices.Equal(values(again.X), test.x) || !slices.Equal(values(again.Y), test.y) {
				t.Errorf("read again: %v, %v", again, err)
			}
		})
	}
}

func requireError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("error\n  %v, want\n  %s", err, want)
		return
	}
	var e *tabular.Error
	if !errors.As(err, &e) || !errors.Is(err, nn.ErrData) {
		t.Errorf("%v is not an Error, or no nn.ErrData", err)
	}
}

// manyClasses has one class more than there may be.
func manyClasses() string {
	text := "a,b\n"
	for i := range 257 {
		text += "1,c" + strings.Repeat("x", i) + "\n"
	}
	return text
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	const ok = "a,b,c\n1,2,x\n"
	for _, test := range []struct {
		text string
		c    tabular.Config
		want string
	}{
		{"", tabular.Config{}, `an empty file`},
		{"a,b\n", tabular.Config{}, `no samples`},
		{"a\nx\n", tabular.Config{}, `line 1: no columns for inputs`},
		{"a,a\n", tabular.Config{}, `line 1: columns 1 and 2 are both called "a"`},
		{"a,\xff\n", tabular.Config{}, `line 1: column "2": its name is not UTF-8`},
		{ok, tabular.Config{Target: "d"}, `line 1: no column "d" among the 3`},
		{ok, tabular.Config{Target: "4"}, `line 1: no column "4" among the 3`},
		{ok, tabular.Config{Inputs: []string{"a", "0"}}, `line 1: no column "0" among the 3`},
		{ok, tabular.Config{Inputs: []string{"a", "c"}}, `line 1: column "c": both an input and the target`},
		{ok, tabular.Config{Inputs: []string{"b", "a", "2"}}, `line 1: column "b": an input twice`},
		{ok + "\n3,,y\n", tabular.Config{}, `line 4: column "b": missing value`},
		{ok + "3,4, \n", tabular.Config{}, `line 3: column "c": missing value`},
		{ok + "3,n/a,y\n", tabular.Config{}, `line 3: column "b": "n/a" is not a number`},
		{ok + "3,\"1,5\",y\n", tabular.Config{}, `line 3: column "b": "1,5" is not a number`},
		{ok + "NaN,4,y\n", tabular.Config{}, `line 3: column "a": "NaN" is not a number`},
		{ok + "3,-inf,y\n", tabular.Config{}, `line 3: column "b": "-inf" is not a number`},
		{ok + "3,1e39,y\n", tabular.Config{}, `line 3: column "b": "1e39" is beyond float32`},
		{ok + strings.Repeat("z", 50) + ",4,y\n", tabular.Config{}, `line 3: column "a": "` + strings.Repeat("z", 40) + `"… is not a number`},
		{ok + "\"3\n\n\",\n4,y\n", tabular.Config{}, `line 3: wrong number of fields: 2, but 3 columns`},
		{ok + "1,2,3,4\n", tabular.Config{}, `line 3: wrong number of fields: 4, but 3 columns`},
		{ok + "\"\n\",4,y\n", tabular.Config{}, `line 3: column "a": missing value`},
		{ok + "1,2,\"y\n", tabular.Config{}, `line 3: extraneous or missing " in quoted-field`},
		{"a,\"b\" \n", tabular.Config{}, `line 1: extraneous or missing " in quoted-field`},
		{ok + "1,2,a\"y\n", tabular.Config{}, `line 3: bare " in non-quoted-field`},
		{ok + "1,2,\xfe\n", tabular.Config{}, `line 3: column "c": a class that is not UTF-8`},
		{ok, tabular.Config{Regression: true}, `line 2: column "c": "x" is not a number`},
		{manyClasses(), tabular.Config{}, `line 258: column "b": more than 256 classes: is it a number to predict (Regression)?`},
		{ok + strings.Repeat("1", 300<<10), tabular.Config{}, `line 3: a record of more than 262144 bytes`},
		{ok + "1,2,\"" + strings.Repeat("\n", 300<<10), tabular.Config{}, `line 3: a record of more than 262144 bytes`},
	} {
		_, _, err := tabular.Read(strings.NewReader(test.text), test.c)
		requireError(t, err, test.want)
	}
}

func TestErrorsNameTheFile(t *testing.T) {
	path := write(t, "flowers.csv", "a,b\n1,x\nz,y\n")
	_, _, err := tabular.ReadFile(path, tabular.Config{})
	requireError(t, err, path+`: line 3: column "a": "z" is not a number`)
	_, err = tabular.ScanFile(path, tabular.Config{})
	requireError(t, err, path+`: line 3: column "a": "z" is not a number`)
	_, err = (&tabular.Schema{Inputs: []string{"c"}}).ReadFile(path)
	requireError(t, err, path+`: line 1: no column "c" among the 2`)
	_, err = (&tabular.Schema{Inputs: []string{"a", "a"}}).ReadFile(path)
	requireError(t, err, path+`: line 1: column "a": an input twice`)
}

func TestSchemaMustMakeSense(t *testing.T) {
	for _, s := range []tabular.Schema{
		{},
		{Inputs: []string{"a"}, Classes: make([]string, 257)},
		{Inputs: []string{"a"}, Scaler: &tabular.Scaler{}},
	} {
		if _, err := s.Read(strings.NewReader("a,b\n1,2\n")); err == nil {
			t.Errorf("%+v: no error", s)
		}
	}
}

func TestMissingValuesAreErrMissing(t *testing.T) {
	_, _, err := tabular.Read(strings.NewReader("a,b\n1,\n"), tabular.Config{})
	if !errors.Is(err, tabular.ErrMissing) {
		t.Error(err)
	}
}

func TestReadErrorsStayWhatTheyAre(t *testing.T) {
	broken := errors.New("broken")
	for _, text := range []string{"", "a,b\n1,", "a,b\n1,\"x", "a,b\n1,x\n"} {
		r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))
		if _, _, err := tabular.Read(r, tabular.Config{}); err != broken {
			t.Errorf("after %q: %v", text, err)
		}
	}
}

// A schema finds its columns by their names, whatever their order.
func TestSchemaReadsOtherFiles(t *testing.T) {
	_, s := read(t, "a,b,c\n1,2,x\n3,4,y\n5,6,z\n", tabular.Config{})
	s.Scaler = &tabular.Scaler{Mean: []float64{1, 2}, SD: []float64{1, 2}}
	d, err := s.Read(strings.NewReader("c,extra,b,a\nz,,6,5\nx,?,2,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if x, y := values(d.X), values(d.Y); !slices.Equal(x, []float32{4, 2, 0, 0}) || !slices.Equal(y, []float32{0, 0, 1, 1, 0, 0}) {
		t.Errorf("inputs %v, targets %v", x, y)
	}
	d, err = s.Read(strings.NewReader("b,a\n6,5\n")) // no target
	if err != nil || d.Y != nil || !slices.Equal(values(d.X), []float32{4, 2}) {
		t.Errorf("data %+v, error %v", d, err)
	}
	for _, test := range []struct{ text, want string }{
		{"a,b,c\n1,2,w\n", `line 2: column "c": "w" is none of the 3 classes`},
		{"a,c\n1,x\n", `line 1: no column "b" among the 2`},
	} {
		_, err := s.Read(strings.NewReader(test.text))
		requireError(t, err, test.want)
	}
}

// More rows than a chunk has, and rows larger than a chunk.
func TestReadKeepsManyNumbers(t *testing.T) {
	for _, columns := range []int{1, 7, 20000} {
		rows := 100000/columns + 3
		line := strings.Repeat("1,", columns) + "0\n"
		var text strings.Builder
		for range rows {
			text.WriteString(line)
		}
		d, _ := read(t, text.String(), tabular.Config{NoHeader: true})
		if d.X.Len() != rows || d.X.Width() != columns || d.Y.Len() != rows {
			t.Fatalf("%d × %d numbers and %d targets, want %d × %d", d.X.Len(), d.X.Width(), d.Y.Len(), rows, columns)
		}
		if x := values(d.X); slices.Min(x) != 1 || slices.Max(x) != 1 {
			t.Errorf("%d columns: numbers that are not 1", columns)
		}
	}
}
