package nn_test

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// numbered has n samples: one pixel that is the sample's number, and a class that
// goes with it.
func numbered(n int) nn.Dataset {
	x, y := nn.Bytes{Columns: 1, Divisor: 1}, nn.Labels{Classes: 3}
	for i := range n {
		x.Data = append(x.Data, uint8(i))
		y.Of = append(y.Of, uint8(i%3))
	}
	return nn.Dataset{X: x, Y: y}
}

// orderOf returns the numbers of the samples of a stream.
func orderOf(t *testing.T, pieces iter.Seq2[nn.Dataset, error]) (order []int) {
	t.Helper()
	for d, err := range pieces {
		if err != nil {
			t.Fatal(err)
		}
		order = append(order, numbersOf(t, d)...)
	}
	return order
}

// numbersOf returns the numbers of samples, whose classes must go with them.
func numbersOf(t *testing.T, d nn.Dataset) (numbers []int) {
	t.Helper()
	core, x, y := kernels.NewCore(kernels.Auto), kernels.NewMat(1, 1), kernels.NewMat(1, 3)
	for i := range d.X.Len() {
		d.X.Gather(core, x, []int{i})
		d.Y.Gather(core, y, []int{i})
		n := int(x.Data[0])
		if nn.Argmax(y.Data) != n%3 {
			t.Errorf("sample %d has targets %v", n, y.Data)
		}
		numbers = append(numbers, n)
	}
	return numbers
}

func TestShuffleGivesEverySampleOnce(t *testing.T) {
	for _, n := range []int{1, 5, 200} {
		for _, size := range []int{1, 3, 64, 1000} {
			order := orderOf(t, nn.Shuffle(cut(numbered(n), 7), size, 1, 1))
			for i, number := range order {
				if number >= i+size { // it had not come yet
					t.Errorf("a buffer of %d gives sample %d as number %d", size, number, i)
				}
			}
			if slices.IsSorted(order) && size > 1 && n > 1 {
				t.Errorf("a buffer of %d leaves %d samples in order", size, n)
			}
			slices.Sort(order)
			if !slices.Equal(order, orderOf(t, cut(numbered(n), n))) {
				t.Errorf("a buffer of %d makes of %d samples %v", size, n, order)
			}
		}
	}
}

func TestShuffleDependsOnSeedAndEpochAlone(t *testing.T) {
	order := func(seed uint64, epoch int, sizes ...int) []int {
		return orderOf(t, nn.Shuffle(cut(numbered(200), sizes...), 50, seed, epoch))
	}
	want := order(1, 1, 200)
	if !slices.Equal(order(1, 1, 3, 9, 1), want) {
		t.Error("the order depends on the pieces")
	}
	if slices.Equal(order(2, 1, 200), want) || slices.Equal(order(1, 2, 200), want) {
		t.Error("two seeds or epochs have one order")
	}
}

func TestShufflePassesErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	after := func(d nn.Dataset, err error) iter.Seq2[nn.Dataset, error] {
		return func(yield func(nn.Dataset, error) bool) {
			_ = yield(numbered(5), nil) && yield(d, err)
		}
	}
	for _, test := range []struct {
		pieces iter.Seq2[nn.Dataset, error]
		size   int
		want   error
	}{
		{after(numbered(5), broken), 3, broken},
		{after(nn.Dataset{}, nil), 3, nn.ErrData},
		{after(pictures(5, 2, 3), nil), 3, nn.ErrData},
		{after(pictures(5, 1, 4), nil), 3, nn.ErrData},
		{after(numbered(5), nil), 0, nil},
	} {
		var last error
		for _, err := range nn.Shuffle(test.pieces, test.size, 1, 1) {
			if last != nil {
				t.Error("the stream goes on after an error")
			}
			last = err
		}
		if last == nil || test.want != nil && !errors.Is(last, test.want) {
			t.Errorf("error %v, want %v", last, test.want)
		}
	}
}

// Whoever stops reading is not called again.
func TestShuffleStops(t *testing.T) {
	for range nn.Shuffle(cut(numbered(200), 200), 1, 1, 1) {
		break
	}
	many := pictures(2000, 1, 3)
	for _, size := range []int{10, 5000} {
		for range nn.Shuffle(cut(many, 300), size, 1, 1) {
			break
		}
	}
}
