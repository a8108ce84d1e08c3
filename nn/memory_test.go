package nn_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
)

// A file may ask for batches of 16 million samples, or have a layer so wide
// that the buffers for a few samples are large: there are none before they are
// used.
func TestLoadTrainerTakesMemoryForTheFileAlone(t *testing.T) {
	wide := newTrainer(t, newModel(t, 1, nn.Dense{Units: 200_000}, nn.Dense{Units: 1}), nn.Config{Loss: nn.MeanSquaredError, Workers: 1})
	for name, file := range map[string][]byte{
		"large batch": edited(t, trainedFile(t), func(s *safetensors) {
			text := s.metadata()["training"].(string)
			s.metadata()["training"] = strings.Replace(text, `"batch_size":4`, fmt.Sprintf(`"batch_size":%d`, 1<<24), 1)
		}),
		"wide layer": save(t, wide),
	} {
		t.Run(name, func(t *testing.T) {
			heap.RequireTwice(t, len(file), heap.More, func() { loadTrainer(t, file, nn.Config{Workers: 2}) })
		})
	}
}

// The numbers of a large file are read once and laid out once.
func TestLoadOfALargeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	trainer := newTrainer(t, newModel(t, 1000, nn.Dense{Units: 1000}, nn.Dense{Units: 300}, nn.Dense{Units: 10}), nn.Config{Loss: nn.MeanSquaredError, Workers: 1})
	if err := trainer.SaveFile(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	heap.RequireTwice(t, int(info.Size()), 4_000_000, func() {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		loaded, err := nn.LoadTrainer(f, nn.Config{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		loaded.Close()
	})
}

// Short things in a header become long ones in memory, so it must be short. Each
// error that wraps another copies what it quotes.
func TestLoadOfLongHeaders(t *testing.T) {
	const size = 2<<20 - 1000
	whole := func(header string) []byte {
		return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	}
	var entries strings.Builder
	for i := 0; entries.Len() < size; i++ {
		fmt.Fprintf(&entries, `"%x":0,`, i)
	}
	var metadata strings.Builder
	for i := 0; metadata.Len() < size; i++ {
		fmt.Fprintf(&metadata, `"%x":"",`, i)
	}
	metadataOf := func(key, begin, again, end string) []byte {
		s, ok := parse(checkpointFile(t))
		if !ok {
			t.Fatal("no file")
		}
		s.metadata()[key] = begin + strings.Repeat(again, max(1, size/len(again)*9/10)) + end
		return s.seal().bytes()
	}
	for name, file := range map[string][]byte{
		"entries":   whole("{" + entries.String() + `"z":0}`),
		"metadata":  whole(`{"__metadata__":{` + metadata.String() + `"z":""}}`),
		"shapes":    whole(`{"a":{"dtype":"F32","shape":[` + strings.Repeat("1,", size/2) + `1],"data_offsets":[0,4]}}`),
		"layers":    metadataOf("model", `{"inputs":2,"layers":[`, "{},", "{}]}"),
		"callbacks": metadataOf("fit", `{"callbacks":[`, "{},", "{}]}"),
		// What errors could quote, four bytes for each.
		"type":       whole(`{"a":{"dtype":"` + strings.Repeat("\x7f", size-60) + `","shape":[0],"data_offsets":[0,0]}}`),
		"version":    metadataOf("version", "", "\x7f", ""),
		"activation": metadataOf("model", `{"inputs":2,"layers":[{"activation":"`, "\x7f", `"}]}`),
		"member":     metadataOf("model", `{"`, strings.Repeat("\x7f", size/2), `":0}`),
	} {
		t.Run(name, func(t *testing.T) {
			if len(file) > size+4000 {
				t.Fatalf("%d bytes", len(file))
			}
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			heap.RequireTwice(t, len(file), heap.More, func() {
				_, err := nn.ResumeTrainer(path, nn.Config{Workers: 1})
				requireErrFormat(t, err)
			})
		})
	}
}

// Numbers of 16 bits become twice as large: there is no room for the file beside
// them, though it may come from a pipe.
func TestLoadFromAPipe(t *testing.T) {
	var own bytes.Buffer
	trainer := newTrainer(t, newModel(t, 1000, nn.Dense{Units: 1000}, nn.Dense{Units: 10}), nn.Config{Loss: nn.MeanSquaredError, Workers: 1})
	if err := trainer.Save(&own); err != nil {
		t.Fatal(err)
	}
	kernel := func(dtype string, size int) []byte {
		const rows, columns = 1000, 2001
		return foreignFile(foreignTensor{"a.kernel", dtype, []int{rows, columns}, make([]byte, size*rows*columns)})
	}
	for name, file := range map[string][]byte{
		"F16": kernel("F16", 2), "BF16": kernel("BF16", 2), "F32": kernel("F32", 4), "F64": kernel("F64", 8), "a model file": own.Bytes(),
	} {
		t.Run(name, func(t *testing.T) {
			want := loadWeights(t, file, nn.ReLU, nn.Linear).SHA256()
			var m *nn.Sequential
			var err error
			heap.RequireTwice(t, len(file), 6_000_000, func() {
				m, err = nn.LoadWeights(pipe{bytes.NewReader(file)}, nn.ReLU, nn.Linear)
			})
			if err != nil {
				t.Fatal(err)
			}
			requireSHA256(t, m, want)
		})
	}
}

// pipe is what does not tell how much it has.
type pipe struct{ io.Reader }
