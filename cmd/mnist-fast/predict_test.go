package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEval(t *testing.T) {
	data := smallData(t)
	model := smallModel(t, data)
	result := jsonLines(t, mustCall(t, "eval", "-model", model, "-data", data, "-json"))[0]
	if x, ok := result["test_accuracy"].(float64); !ok || x < 0.7 || result["images"] != float64(smallTest) {
		t.Errorf("result %v", result)
	}
	if n := len(result["classes"].([]any)); n != 10 || len(result["confusion"].([]any)) != 10 {
		t.Errorf("%d classes in %v", n, result)
	}
	top := result["top_k_accuracy"].([]any)
	for k, share := range top {
		if share := share.(float64); k > 0 && share < top[k-1].(float64) || k == 9 && math.Abs(share-1) > 1e-9 {
			t.Errorf("top-k accuracies %v", top)
		}
	}
	if math.Abs(top[0].(float64)-result["test_accuracy"].(float64)) > 1e-9 {
		t.Errorf("accuracy %v, top 1 %v", result["test_accuracy"], top[0])
	}
	out := mustCall(t, "eval", "--model", model, "--data", data, "--loss", "mean_squared_error")
	if !strings.Contains(out, "784-32-10") || !strings.Contains(out, "accuracy") || !strings.Contains(out, "precision") || !strings.Contains(out, "\n    9 ") {
		t.Errorf("result %q", out)
	}
}

func TestPredict(t *testing.T) {
	model, dir := smallModel(t, smallData(t)), t.TempDir()
	args := []string{"predict", "-model", model, "-json"}
	var labels []int
	for i := range 20 {
		name := filepath.Join(dir, fmt.Sprintf("%d.png", i))
		labels = append(labels, writePicture(t, name, i))
		args = append(args, name)
	}
	right := 0
	for i, p := range jsonLines(t, mustCall(t, args...)) {
		if p["picture"] != args[4+i] || p["probability"].(float64) < p["runner_up_probability"].(float64) {
			t.Errorf("prediction %v", p)
		}
		if p["class"] == float64(labels[i]) {
			right++
		}
	}
	if right < 14 {
		t.Errorf("%d of 20 pictures are right", right)
	}
}

// TestPredictStandardInput reads one picture there, between others that are bad.
func TestPredictStandardInput(t *testing.T) {
	model, dir := smallModel(t, smallData(t)), t.TempDir()
	picture, bomb := filepath.Join(dir, "1.png"), filepath.Join(dir, "bomb.png")
	writePicture(t, picture, 0)
	writeFile(t, bomb, pngHeader(100_000, 100_000))
	file, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var stdout, stderr bytes.Buffer
	args := []string{"mnist-fast", "predict", "-model", model, "nowhere.png", model, bomb, "-", dir}
	status := run(t.Context(), args, file, &stdout, &stderr)
	if status != exitFailure || !strings.HasPrefix(stdout.String(), "-: ") || strings.Count(stdout.String(), "\n") != 1 {
		t.Errorf("status %d, stdout %q", status, stdout.String())
	}
	complaints := strings.Split(stderr.String(), "\n")
	if len(complaints) != 5 {
		t.Fatalf("stderr %q: want a line for each bad picture", stderr.String())
	}
	for i, name := range []string{"nowhere.png", model, bomb, dir} {
		if !strings.HasPrefix(complaints[i], "mnist-fast: "+name+": ") {
			t.Errorf("complaint %q: want one about %s", complaints[i], name)
		}
	}
}

// pngHeader is the start of a picture of that size.
func pngHeader(width, height uint32) []byte {
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	chunk = binary.BigEndian.AppendUint32(chunk, height)
	chunk = append(chunk, 8, 0, 0, 0, 0)
	file := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	return binary.BigEndian.AppendUint32(append(file, chunk...), crc32.ChecksumIEEE(chunk))
}

func TestNewPrediction(t *testing.T) {
	p, err := newPrediction("x", []float32{0.1, 0.7, 0.2})
	if err != nil || p.Class != 1 || p.RunnerUp != 2 {
		t.Errorf("%+v, %v", p, err)
	}
	nan := float32(math.NaN())
	if _, err := newPrediction("x", []float32{nan, nan, nan}); err == nil {
		t.Error("a class from no numbers")
	}
}

func TestInfo(t *testing.T) {
	out := mustCall(t, "info")
	for _, want := range []string{"processor", "caches", "workers", "generic", "best here"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	info := jsonLines(t, mustCall(t, "info", "-json"))[0]
	for _, tier := range info["tiers"].([]any) {
		tier := tier.(map[string]any)
		gemm, _ := tier["gemm_gflops"].(float64)
		problem, _ := tier["problem"].(string)
		if usable := tier["usable"].(bool); usable != (gemm > 0) || usable == (problem != "") {
			t.Errorf("tier %v", tier)
		}
	}
}

func TestVersion(t *testing.T) {
	if out := mustCall(t, "version"); !strings.HasPrefix(out, "mnist-fast ") || !strings.Contains(out, "go1.") {
		t.Errorf("version %q", out)
	}
}
