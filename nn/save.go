package nn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// A model file is a safetensors file. Its tensors are dense_1.kernel (inputs ×
// units, as in Keras), dense_1.bias, dense_2.kernel and so on, and, if training
// is to go on, its state, as optimizer.m.dense_1.kernel and so on. Its metadata
// say how the model is built and trained; what is not used is left out, and a
// file with a setting that the reading program does not know is refused. A
// checkpoint has the state of a call of Fit besides.
const (
	fileFormat  = "mnist-fast"
	fileVersion = 1
)

// The metadata of a file.
const (
	formatKey   = "format"
	versionKey  = "version"
	modelKey    = "model"    // modelText in JSON
	trainingKey = "training" // trainingText in JSON, if training is to go on
	fitKey      = "fit"      // fitText in JSON, of a checkpoint
	userKey     = "metadata" // Sequential.Metadata in JSON, if there are any
	sha256Key   = "sha256"   // of these texts, from model on, and of the numbers of the file
)

type modelText struct {
	Inputs int             `json:"inputs"`
	Layers list[layerText] `json:"layers"`
}

type layerText struct {
	Units      int     `json:"units"`
	Activation string  `json:"activation"`
	Kernel     string  `json:"kernel_initializer"`
	L1         float32 `json:"l1,omitempty"`
	L2         float32 `json:"l2,omitempty"`
	Dropout    float32 `json:"dropout,omitempty"`
}

// Save writes the model, its architecture and its weights.
func (m *Sequential) Save(w io.Writer) error {
	return writeModel(w, m, nil, nil)
}

// Save writes the model with the state of its training, from which LoadTrainer
// goes on.
func (t *Trainer) Save(w io.Writer) error { return t.save(w, nil, nil) }

// save writes the state of a call of Fit, too, if there is one.
func (t *Trainer) save(w io.Writer, fit *fitText, ofFit []tensor) error {
	training, err := t.text()
	if err != nil {
		return err
	}
	texts := map[string]any{trainingKey: training}
	if fit != nil {
		texts[fitKey] = fit
	}
	var more []tensor
	for _, kept := range t.step.kept() {
		more = append(more, t.model.tensors(kept.numbers, kept.prefix)...)
	}
	return writeModel(w, t.model, texts, append(more, ofFit...))
}

// writeModel writes a model with further texts, by their keys, and tensors.
func writeModel(w io.Writer, m *Sequential, texts map[string]any, more []tensor) error {
	if len(m.layers) == 0 {
		return errors.New("nn: a model without layers: NewSequential makes one that has some")
	}
	tensors := append(m.tensors(m.weights, ""), more...)
	metadata := map[string]string{formatKey: fileFormat, versionKey: strconv.Itoa(fileVersion)}
	if err := setJSON(metadata, modelKey, m.text()); err != nil {
		return err
	}
	for key, text := range texts {
		if err := setJSON(metadata, key, text); err != nil {
			return err
		}
		if n := len(metadata[key]); n > maxText {
			return fmt.Errorf("nn: a text of %d bytes about %s: want at most %d", n, key, maxText)
		}
	}
	if len(m.Metadata) > 0 {
		if err := setJSON(metadata, userKey, m.Metadata); err != nil {
			return err
		}
	}
	metadata[sha256Key] = checksum(metadata, tensors)
	return writeTensors(w, metadata, tensors)
}

// text describes the model.
func (m *Sequential) text() modelText {
	text := modelText{Inputs: m.inputs}
	for _, l := range m.layers {
		text.Layers = append(text.Layers, layerText{l.Units, l.Activation.String(), l.Kernel.String(), l.L1, l.L2, l.Dropout})
	}
	return text
}

func checksum(metadata map[string]string, tensors []tensor) string {
	return hashTensors(tensors, metadata[modelKey], metadata[trainingKey], metadata[fitKey], metadata[userKey])
}

func setJSON(metadata map[string]string, key string, value any) error {
	text, err := json.Marshal(value)
	metadata[key] = string(text)
	return err
}

// tensors are the weights, or numbers laid out like them, by their names in a
// file. The kernels are copies.
func (m *Sequential) tensors(weights []float32, prefix string) []tensor {
	var ts []tensor
	for i, p := range m.params {
		kernel := m.kernel(weights, i)
		name := fmt.Sprintf("%sdense_%d.", prefix, i+1)
		ts = append(ts,
			tensor{name + "kernel", []int{p.inputs, p.units}, kernel.Data},
			tensor{name + "bias", []int{p.units}, p.of(weights).bias})
	}
	return ts
}

// SaveFile writes the model to a file of that name. An existing file is
// replaced in one go once the new one is complete; a device or a pipe is
// written to.
func (m *Sequential) SaveFile(path string) error { return writeFile(path, m.Save) }

// SaveFile is Save to a file, as Sequential.SaveFile.
func (t *Trainer) SaveFile(path string) error { return writeFile(path, t.Save) }
