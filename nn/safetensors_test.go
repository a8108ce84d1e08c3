package nn_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
)

// A safetensors is a file in parts, as the format's own description has them:
// 8 bytes of the length of the header, little-endian; the header, JSON; numbers.
// It shares no code with the package.
type safetensors struct {
	header map[string]any
	data   []byte
}

// parse returns false for what is no such file.
func parse(file []byte) (safetensors, bool) {
	var s safetensors
	if len(file) < 8 {
		return s, false
	}
	size, rest := binary.LittleEndian.Uint64(file), file[8:]
	if size > uint64(len(rest)) || json.Unmarshal(rest[:size], &s.header) != nil {
		return s, false
	}
	s.data = rest[size:]
	return s, true
}

// bytes is the file again.
func (s safetensors) bytes() []byte {
	header, err := json.Marshal(s.header)
	if err != nil {
		panic(err)
	}
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), s.data...)
}

func (s safetensors) metadata() map[string]any {
	m, _ := s.header["__metadata__"].(map[string]any)
	return m
}

// seal makes the checksum right, so that what is wrong is found otherwise.
func (s safetensors) seal() safetensors {
	if m := s.metadata(); m != nil {
		model, _ := m["model"].(string)
		training, _ := m["training"].(string)
		fit, _ := m["fit"].(string)
		sum := sha256.Sum256(append([]byte(model+training+fit), s.data...))
		m["sha256"] = hex.EncodeToString(sum[:])
	}
	return s
}

// edited returns the file after a change, with the right checksum.
func edited(t *testing.T, file []byte, change func(s *safetensors)) []byte {
	t.Helper()
	s, ok := parse(file)
	if !ok {
		t.Fatal("not a safetensors file")
	}
	change(&s)
	return s.seal().bytes()
}

// Another reader of safetensors finds what save.go describes.
func TestFileIsSafetensors(t *testing.T) {
	m := newModel(t, 3, nn.Dense{Units: 2, Activation: nn.ReLU, L2: 0.5}, nn.Dense{Units: 1, Activation: nn.Sigmoid})
	trainer := newTrainer(t, m, nn.Config{Loss: nn.MeanSquaredError, BatchSize: 4})
	fit(t, trainer, regression(4, 3, 1), nn.FitConfig{Epochs: 3})

	file := save(t, trainer)
	s, ok := parse(file)
	if !ok {
		t.Fatal("not a safetensors file")
	}
	if begin := len(file) - len(s.data); begin%8 != 0 {
		t.Errorf("the numbers begin at byte %d, not at a multiple of 8", begin)
	}
	tensors := []struct {
		name  string
		shape []any
		want  []float32 // nil: moments
	}{
		{"dense_1.kernel", []any{3.0, 2.0}, m.Kernel(0).Data},
		{"dense_1.bias", []any{2.0}, m.Bias(0)},
		{"dense_2.kernel", []any{2.0, 1.0}, m.Kernel(1).Data},
		{"dense_2.bias", []any{1.0}, m.Bias(1)},
		{"optimizer.m.dense_1.kernel", []any{3.0, 2.0}, nil},
		{"optimizer.m.dense_1.bias", []any{2.0}, nil},
		{"optimizer.m.dense_2.kernel", []any{2.0, 1.0}, nil},
		{"optimizer.m.dense_2.bias", []any{1.0}, nil},
		{"optimizer.v.dense_1.kernel", []any{3.0, 2.0}, nil},
		{"optimizer.v.dense_1.bias", []any{2.0}, nil},
		{"optimizer.v.dense_2.kernel", []any{2.0, 1.0}, nil},
		{"optimizer.v.dense_2.bias", []any{1.0}, nil},
	}
	at := 0
	for _, want := range tensors {
		size := 4
		for _, d := range want.shape {
			size *= int(d.(float64))
		}
		entry := map[string]any{"dtype": "F32", "shape": want.shape, "data_offsets": []any{float64(at), float64(at + size)}}
		if got := s.header[want.name]; !reflect.DeepEqual(got, entry) {
			t.Errorf("%s: %v, want %v", want.name, got, entry)
		}
		for i, x := range want.want {
			if got := binary.LittleEndian.Uint32(s.data[at+4*i:]); got != math.Float32bits(x) {
				t.Errorf("%s: number %d is %v, want %v", want.name, i, math.Float32frombits(got), x)
			}
		}
		at += size
	}
	if at != len(s.data) || len(s.header) != len(tensors)+1 {
		t.Errorf("%d bytes of %d tensors, want %d of %d", len(s.data), len(s.header)-1, at, len(tensors))
	}

	model := `{"inputs":3,"layers":[` +
		`{"units":2,"activation":"relu","kernel_initializer":"glorot_uniform","l2":0.5},` +
		`{"units":1,"activation":"sigmoid","kernel_initializer":"glorot_uniform"}]}`
	training := `{"loss":"mean_squared_error","batch_size":4,"steps":3,"optimizer":"adam",` +
		`"settings":{"learning_rate":0.001,"beta_1":0.9,"beta_2":0.999,"epsilon":1e-7}}`
	sum := sha256.Sum256([]byte(model + training + string(s.data)))
	metadata := map[string]any{
		"format": "mnist-fast", "version": "1", "model": model, "training": training, "sha256": hex.EncodeToString(sum[:]),
	}
	if got := s.metadata(); !reflect.DeepEqual(got, metadata) {
		t.Errorf("metadata\n%v\nwant\n%v", got, metadata)
	}
}
