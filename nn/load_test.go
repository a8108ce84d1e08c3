package nn_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
)

// trainedFile is a small file with everything that one can have.
func trainedFile(tb testing.TB) []byte {
	m := newModel(tb, 2, nn.Dense{Units: 2, Activation: nn.Tanh, L1: 0.25, Dropout: 0.125}, nn.Dense{Units: 1})
	m.Metadata = map[string]string{"a": "b"}
	trainer := newTrainer(tb, m, nn.Config{
		Loss: nn.MeanSquaredError, BatchSize: 4, Workers: 1, Accumulate: 2, EMA: 0.5,
		Schedule: nn.LinearWarmup{Steps: 9, Then: nn.Constant{LearningRate: 0.25}},
	})
	fit(tb, trainer, regression(4, 2, 1), nn.FitConfig{Epochs: 3}) // a batch each; the last awaits another
	return save(tb, trainer)
}

func requireErrFormat(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, nn.ErrFormat) {
		t.Errorf("error %v, want %v", err, nn.ErrFormat)
	}
}

func TestLoadRefusesEveryOtherLength(t *testing.T) {
	file := trainedFile(t)
	longer := append(bytes.Clone(file), 0)
	for n := range len(longer) + 1 {
		if _, err := nn.Load(bytes.NewReader(longer[:n])); n != len(file) && !errors.Is(err, nn.ErrFormat) {
			t.Errorf("%d bytes, not %d: %v", n, len(file), err)
		}
	}
}

// A damaged byte is found, or it is one that says nothing, such as the case of
// a letter in the header: then the model and its training are the same.
func TestLoadNeverReadsAnotherModel(t *testing.T) {
	whole := trainedFile(t)
	flips := []byte{0x01, 0x20, 0x80, 0xff}
	if testing.Short() {
		flips = flips[:1]
	}
	found := 0
	for i := range whole {
		for _, flip := range flips {
			file := bytes.Clone(whole)
			file[i] ^= flip
			trainer, err := nn.LoadTrainer(bytes.NewReader(file), nn.Config{Workers: 1})
			if err != nil {
				found++
				if !errors.Is(err, nn.ErrFormat) {
					t.Errorf("byte %d ^ %#x: %v", i, flip, err)
				}
				continue
			}
			if !bytes.Equal(save(t, trainer), whole) {
				t.Errorf("byte %d ^ %#x: another model was read", i, flip)
			}
			trainer.Close()
		}
	}
	if all := len(whole) * len(flips); found < all*9/10 {
		t.Errorf("only %d of %d damages were found", found, all)
	}
}

// What a sealed file, whose checksum is right, says of itself is checked.
func TestLoadRefusesFilesThatLie(t *testing.T) {
	whole := trainedFile(t)
	entry := func(s *safetensors, name string) map[string]any { return s.header[name].(map[string]any) }
	add := func(s *safetensors, shape any, size int) {
		end := len(s.data)
		s.header["more"] = map[string]any{"dtype": "F32", "shape": shape, "data_offsets": []int{end, end + size}}
	}
	replace := func(key, old, new string) func(*safetensors) {
		return func(s *safetensors) {
			text := s.metadata()[key].(string)
			if !strings.Contains(text, old) {
				t.Fatalf("no %q in %s", old, text)
			}
			s.metadata()[key] = strings.Replace(text, old, new, 1)
		}
	}
	for _, test := range []struct {
		name   string
		change func(s *safetensors)
	}{
		{"other format", func(s *safetensors) { s.metadata()["format"] = "pt" }},
		{"later version", func(s *safetensors) { s.metadata()["version"] = "2" }},
		{"no metadata", func(s *safetensors) { delete(s.header, "__metadata__") }},
		{"metadata of another type", func(s *safetensors) { s.header["__metadata__"] = 7 }},
		{"no model", func(s *safetensors) { delete(s.metadata(), "model") }},
		{"tensor without entry", func(s *safetensors) { delete(s.header, "dense_2.bias") }},
		{"tensor under another name", func(s *safetensors) {
			s.header["dense_3.bias"] = s.header["dense_2.bias"]
			delete(s.header, "dense_2.bias")
		}},
		{"one place for two tensors", func(s *safetensors) {
			entry(s, "dense_1.bias")["data_offsets"] = entry(s, "dense_1.kernel")["data_offsets"]
		}},
		{"entry of another type", func(s *safetensors) { s.header["dense_1.bias"] = "F32" }},
		{"type F64", func(s *safetensors) { entry(s, "dense_1.bias")["dtype"] = "F64" }},
		{"transposed shape", func(s *safetensors) { entry(s, "dense_2.kernel")["shape"] = []int{1, 2} }},
		{"shape of another size", func(s *safetensors) { entry(s, "dense_1.kernel")["shape"] = []int{2, 3} }},
		{"negative shape", func(s *safetensors) { entry(s, "dense_1.kernel")["shape"] = []int{-2, -2} }},
		{"shape that overflows", func(s *safetensors) { entry(s, "dense_1.kernel")["shape"] = []int{1 << 30, 1 << 30, 1 << 4} }},
		{"huge shape", func(s *safetensors) {
			entry(s, "dense_1.kernel")["shape"] = []int{1 << 30, 1 << 9}
			entry(s, "dense_1.kernel")["data_offsets"] = []uint64{0, 1 << 41}
		}},
		{"one more tensor, of negative size", func(s *safetensors) { add(s, []int{-1}, -4) }},
		{"one more tensor, of a size that overflows", func(s *safetensors) { add(s, []uint64{1 << 31, 1 << 31}, 0) }},
		{"offsets the wrong way round", func(s *safetensors) { entry(s, "dense_1.kernel")["data_offsets"] = []int{16, 0} }},
		{"negative offsets", func(s *safetensors) { entry(s, "dense_1.kernel")["data_offsets"] = []int{-16, 0} }},
		{"unknown activation", replace("model", "tanh", "mish")},
		{"unknown initializer", replace("model", "glorot_uniform", "orthogonal")},
		{"negative penalty", replace("model", `"l1":0.25`, `"l1":-1`)},
		{"penalty beyond float32", replace("model", `"l1":0.25`, `"l1":1e39`)},
		{"dropout of all", replace("model", `"dropout":0.125`, `"dropout":1`)},
		{"setting of a later program", replace("model", `"dropout"`, `"noise"`)},
		{"other inputs", replace("model", `"inputs":2`, `"inputs":3`)},
		{"huge layer", replace("model", `"units":2`, `"units":1000000000000`)},
		{"negative layer", replace("model", `"units":2`, `"units":-2`)},
		{"model of another type", func(s *safetensors) { s.metadata()["model"] = `[]` }},
		{"model without layers", func(s *safetensors) { s.metadata()["model"] = `{"inputs":2}` }},
		{"setting of training of a later program", replace("training", `"ema_momentum"`, `"momentum"`)},
		{"two texts of training", func(s *safetensors) { s.metadata()["training"] = s.metadata()["training"].(string) + "{}" }},
		{"training of another type", func(s *safetensors) { s.metadata()["training"] = `[]` }},
		{"metadata that are no texts", func(s *safetensors) { s.metadata()["metadata"] = `{"a":1}` }},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := nn.Load(bytes.NewReader(edited(t, whole, test.change)))
			requireErrFormat(t, err)
		})
	}
	for _, test := range []struct {
		name   string
		change func(s *safetensors)
	}{
		{"unknown loss", replace("training", "mean_squared_error", "hinge")},
		{"loss that does not fit", replace("training", "mean_squared_error", "categorical_crossentropy")},
		{"unknown optimizer", replace("training", `"adam"`, `"lion"`)},
		{"optimizer with other moments", replace("training", `"adam"`, `"rmsprop"`)},
		{"bad learning rate", replace("training", `"learning_rate":0.001`, `"learning_rate":-1`)},
		{"settings of another type", replace("training", `"learning_rate":0.001`, `"learning_rate":"fast"`)},
		{"negative steps", replace("training", `"steps":1`, `"steps":-1`)},
		{"steps without end", func(s *safetensors) {
			replace("training", `"steps":1`, `"steps":1000000000000000000`)(s)
			replace("training", `"beta_2":0.999`, `"beta_2":0.9999999999999999`)(s)
		}},
		{"huge batch", replace("training", `"batch_size":4`, `"batch_size":1000000000000`)},
		{"negative batch", replace("training", `"batch_size":4`, `"batch_size":-4`)},
		{"EMA of 1", replace("training", `"ema_momentum":0.5`, `"ema_momentum":1`)},
		{"no average", replace("training", `"ema_momentum":0.5`, `"ema_momentum":0`)},
		{"more batches than an update has", replace("training", `"accumulated":1`, `"accumulated":2`)},
		{"fewer batches than none", replace("training", `"accumulated":1`, `"accumulated":-1`)},
		{"gradients of no batch", replace("training", `"accumulated":1`, `"accumulated":0`)},
		{"unknown schedule", replace("training", "linear_warmup", "cyclic")},
		{"bad schedule", replace("training", `"settings":{"learning_rate":0.25}`, `"settings":{"learning_rate":-1}`)},
		{"schedule with another's setting", replace("training", `"settings":{"learning_rate":0.25}`, `"settings":{"factor":1}`)},
		{"warm-up to nothing", replace("training", `,{"name":"constant","settings":{"learning_rate":0.25}}`, ``)},
		{"endless schedule", func(s *safetensors) {
			scaled := `{"name":"scaled","settings":{"factor":1}},`
			replace("training", `"schedule":[`, `"schedule":[`+strings.Repeat(scaled, 1000))(s)
		}},
		{"no training", func(s *safetensors) { s.metadata()["training"] = `null` }},
	} {
		t.Run("training/"+test.name, func(t *testing.T) {
			file := edited(t, whole, test.change)
			if strconv.IntSize > 32 { // which do not hold some of the numbers
				load(t, file) // the model itself is sound
			}
			_, err := nn.LoadTrainer(bytes.NewReader(file), nn.Config{Workers: 1})
			requireErrFormat(t, err)
		})
	}
	load(t, edited(t, whole, func(*safetensors) {})) // an honest file, by the same way
}

func TestLoadRefusesOtherFiles(t *testing.T) {
	for name, file := range map[string]string{
		"empty":        "",
		"PNG":          "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
		"text":         "a model, honestly",
		"HDF5":         "\x89HDF\r\n\x1a\n" + strings.Repeat("\x00", 100),
		"empty header": strings.Repeat("\x00", 8),
		"null":         "\x04\x00\x00\x00\x00\x00\x00\x00null",
		"list":         "\x02\x00\x00\x00\x00\x00\x00\x00[]",
		"no tensors":   "\x02\x00\x00\x00\x00\x00\x00\x00{}",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := nn.Load(strings.NewReader(file))
			requireErrFormat(t, err)
		})
	}
}

// A header's length, and a tensor's, is not believed before it is there.
func TestLoadTakesNoMemoryForWhatIsNotThere(t *testing.T) {
	const limit = 1 << 20
	promise := func(header string, size uint64) []byte {
		return append(binary.LittleEndian.AppendUint64(nil, size), header...)
	}
	tensor := `{"dense_1.kernel":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}`
	for name, file := range map[string][]byte{
		"header of 2 MiB": promise("{", 2<<20),
		"more than 2 MiB": promise(strings.Repeat(" ", 3<<20), 3<<20), // is there, but too much
		"header of 2⁶⁴-1": promise("{", 1<<64-1),
		"header of 2⁶³":   promise("{", 1<<63),
		"tensor of 4 GB":  promise(tensor, uint64(len(tensor))),
	} {
		used := heap.Allocated(func() {
			_, err := nn.Load(bytes.NewReader(file))
			requireErrFormat(t, err)
		})
		if used > limit {
			t.Errorf("%s: took %d bytes, want at most %d", name, used, limit)
		}
	}
}

// A file that cannot be read is not a damaged one alone: the cause is there.
func TestLoadReportsReadErrors(t *testing.T) {
	file, broken := trainedFile(t), errors.New("broken")
	for _, n := range []int{0, 5, 20, len(file) - 10} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			_, err := nn.Load(io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken)))
			if !errors.Is(err, broken) {
				t.Errorf("Load returned %v", err)
			}
		})
	}
}

func TestLoadFileNamesTheFile(t *testing.T) {
	path := t.TempDir() + "/model"
	if _, err := nn.LoadFile(path); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("no file: %v", err)
	}
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := nn.LoadFile(path); !errors.Is(err, nn.ErrFormat) || !strings.Contains(err.Error(), path) {
		t.Errorf("no model: %v", err)
	}
}
