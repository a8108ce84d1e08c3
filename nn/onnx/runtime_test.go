package onnx_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn/onnx"
)

// runtimeEnv names the folder where npm has installed onnxruntime-node, as by
// make check-formats.
const runtimeEnv = "ONNXRUNTIME_NODE"

// runModels runs models in ONNX Runtime: each line that it reads is a model's
// path and a batch, each that it writes what came out.
const runModels = `
const ort = require('onnxruntime-node');
const run = async ({path, rows}) => {
  const session = await ort.InferenceSession.create(path, {intraOpNumThreads: 1});
  const dims = [rows.length, rows[0].length];
  const {output} = await session.run({input: new ort.Tensor('float32', Float32Array.from(rows.flat()), dims)});
  if (session.inputNames + '' !== 'input' || session.outputNames + '' !== 'output' || output.dims[0] !== dims[0])
    throw new Error('inputs ' + session.inputNames + ', outputs ' + session.outputNames + ', dims ' + output.dims);
  return Array.from(output.data);
};
(async () => {
  for (const line of require('fs').readFileSync(0, 'utf8').trim().split('\n'))
    console.log(JSON.stringify(await run(JSON.parse(line))));
})();
`

type runtimeTask struct {
	Path string      `json:"path"`
	Rows [][]float32 `json:"rows"`
}

// ONNX Runtime computes what Predict does, for batches of different sizes.
func TestONNXRuntime(t *testing.T) {
	prefix := os.Getenv(runtimeEnv)
	if prefix == "" {
		t.Skipf("ONNX Runtime was not asked: %s does not name a folder where npm installed onnxruntime-node (make check-formats does it)", runtimeEnv)
	}
	var input strings.Builder
	tasks := json.NewEncoder(&input)
	var want []kernels.Mat
	for name, m := range models(t) {
		path := filepath.Join(t.TempDir(), name+".onnx")
		if err := onnx.ExportFile(path, m); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 2, 33} {
			rows := randomRows(n, m.Inputs())
			if err := tasks.Encode(runtimeTask{path, rows}); err != nil {
				t.Fatal(err)
			}
			want = append(want, predict(t, m, table(rows)))
		}
	}
	for i, got := range runInNode(t, prefix, input.String()) {
		requireNear(t, got, want[i].Data)
	}
}

func randomRows(n, width int) [][]float32 {
	r := rand.New(rand.NewPCG(uint64(n), 0))
	var rows [][]float32
	for x := range slices.Chunk(make([]float32, n*width), width) {
		for i := range x {
			x[i] = r.Float32()
		}
		rows = append(rows, x)
	}
	return rows
}

func runInNode(t *testing.T, prefix, input string) (outputs [][]float32) {
	t.Helper()
	c := exec.Command("node", "-e", runModels)
	c.Env = append(c.Environ(), "NODE_PATH="+filepath.Join(prefix, "node_modules"))
	c.Stdin, c.Stderr = strings.NewReader(input), os.Stderr
	text, err := c.Output()
	if err != nil {
		t.Fatal("node: ", err)
	}
	for line := range strings.Lines(string(text)) {
		var y []float32
		if err := json.Unmarshal([]byte(line), &y); err != nil {
			t.Fatal(err)
		}
		outputs = append(outputs, y)
	}
	if n := strings.Count(input, "\n"); len(outputs) != n {
		t.Fatalf("%d outputs of %d batches", len(outputs), n)
	}
	return outputs
}
