package tabular_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/tabular"
)

// A stream has the samples that Read has, whatever its pieces.
func TestStreamIsRead(t *testing.T) {
	path := write(t, "people.csv", people)
	for _, c := range []tabular.Config{{}, {Target: "age", Inputs: []string{"height"}, Regression: true}} {
		s, err := tabular.ScanFile(path, c)
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for rows, wantSizes := range map[int][]int{1: {1, 1, 1, 1}, 2: {2, 2}, 3: {3, 1}, 4: {4}, 99: {4}} {
			stream := s.StreamFile(path, rows)
			for range 2 {
				sizes, x, y := collect(t, stream)
				if !slices.Equal(sizes, wantSizes) || !slices.Equal(x, values(want.X)) || !slices.Equal(y, values(want.Y)) {
					t.Errorf("pieces of %d: sizes %v, inputs %v, targets %v", rows, sizes, x, y)
				}
			}
		}
		for range s.StreamFile(path, 1) {
			break // and no more
		}
	}
}

func TestStreamEndsAtItsError(t *testing.T) {
	s, err := tabular.Scan(strings.NewReader(people), tabular.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text string
		rows int
		good int // pieces before the error
		want string
	}{
		{people + "1,2,old,bob\n", 3, 1, `line 6: column "age": "old" is not a number`},
		{people + "1,2,3,eve\n", 4, 1, `line 6: column "name": "eve" is none of the 3 classes`},
		{"height,feet,age\n1,2,3\n", 1, 0, `line 1: no column "name" among the 3`},
		{"height,feet,age,name\n", 1, 0, `no samples`},
	} {
		var errs []error
		good := 0
		for d, err := range s.Stream(strings.NewReader(test.text), test.rows) {
			if err != nil {
				errs = append(errs, err)
			} else if good++; d.X.Len() != test.rows {
				t.Errorf("a piece of %d", d.X.Len())
			}
		}
		if len(errs) != 1 || good != test.good {
			t.Fatalf("%d pieces, then errors %v", good, errs)
		}
		requireError(t, errs[0], test.want)
	}
	for _, err := range s.Stream(strings.NewReader(people), 0) {
		if err == nil {
			t.Error("pieces of no rows")
		}
	}
}

// Memory stays as it is however long the file: 2.4 MB of it in
// pieces take less than 1 MB.
func TestStreamMemoryDoesNotGrow(t *testing.T) {
	const rows = 200000
	text := "a,b,c\n" + strings.Repeat("1.25,-3.5,x\n", rows)
	s, err := tabular.Scan(strings.NewReader(text), tabular.Config{})
	if err != nil {
		t.Fatal(err)
	}
	n, most := 0, int64(0)
	base := liveHeap()
	for d, err := range nn.Shuffle(s.Stream(strings.NewReader(text), 100), 1000, 1, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if n += d.X.Len(); n%20000 < d.X.Len() {
			most = max(most, liveHeap()-base)
		}
	}
	runtime.KeepAlive(text)
	if n != rows || most > 1<<20 {
		t.Errorf("%d rows with %d bytes at a time, want %d with at most 1 MB", n, most, rows)
	}
}

// liveHeap is the number of bytes in use.
func liveHeap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
