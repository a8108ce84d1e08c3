package main

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// example writes a folder of results of every kind.
func example(t *testing.T) string {
	dir := t.TempDir()
	var text strings.Builder
	text.WriteString("cpu-name: Test <1>\ntier: avx2\nfma-ceiling-avx2: 100\npkg: p\n")
	for i, shape := range []string{"m=32/k=784/n=256/op=nn", "m=1/k=784/n=256/op=nn", "m=512/k=512/n=512/op=tn"} {
		for j, tier := range []string{"generic", "avx2"} {
			for range 2 {
				fmt.Fprintf(&text, "BenchmarkGemm/tier=%s/%s/workers=1-2 1 1000 ns/op %d GFLOP/s\n", tier, shape, 1+80*j+5*i)
			}
		}
	}
	for i, kernel := range []string{"Exp", "Adam", "ReLU"} {
		fmt.Fprintf(&text, "BenchmarkVector/kernel=%s/tier=generic/n=4096 1 %d ns/op\nBenchmarkVector/kernel=%[1]s/tier=avx2/n=4096 1 100 ns/op\n", kernel, 1000*(i+1))
	}
	var account strings.Builder
	for i, input := range []string{"mnist", "random"} {
		for workers := 1; workers <= 2; workers++ {
			name := fmt.Sprintf("BenchmarkStepAccount/model=reference/input=%s/batch=32/tier=avx2/workers=%d/part=", input, workers)
			for j, ns := range []int{12, 40, 120 * (1 - i), 90 + 150*i, 20 + 100*i, 10, 60 * (workers - 1), 30, 3} {
				part := []string{"inputs", "first-forward", "first-update", "products", "updates", "activations", "waiting", "go", "away"}[j]
				if ns == 0 {
					fmt.Fprintf(&account, "%s%s 100 0 samples\n", name, part) // as go test writes it
					continue
				}
				fmt.Fprintf(&account, "%s%s 100 %d ns/op 50 samples\n", name, part, 1000*ns/workers)
			}
			fmt.Fprintf(&account, "%sall 100 %d ns/op 40 floor-%%\n", name, 1000*(325+130*i+60*(workers-1))/workers)
		}
	}
	const step = "BenchmarkStep/model=reference/batch=32/input=mnist/tier=avx2/workers=1 1 1000 ns/op %d GFLOP/s\n"
	var peers strings.Builder
	for i, peer := range []string{"ours", "torch", "sklearn"} {
		fmt.Fprintf(&peers, "BenchmarkPeerEpoch/samples=60000/model=784-256-128-10/input=mnist/batch=32/peer=%s/tier=avx2/workers=2 1 %d ns/op\n", peer, (i+1)*900000000)
		fmt.Fprintf(&peers, "BenchmarkPeerEpoch/samples=6000/model=784-30-10/input=random/batch=1/peer=%s/tier=avx2/workers=2 1 %d ns/op\n", peer, (i+1)*700000000)
		fmt.Fprintf(&peers, "BenchmarkPeerPredict/model=784-256-128-10/input=mnist/batch=1/peer=%s/tier=avx2/workers=2 1 %d ns/op\n", peer, (i+1)*9000)
		fmt.Fprintf(&peers, "BenchmarkPeerPredict/model=784-256-128-10/input=mnist/batch=32/peer=%s/tier=avx2/workers=2 1 %d ns/op\n", peer, (i+1)*60000)
	}
	for i, peer := range []string{"ours", "openblas"} {
		fmt.Fprintf(&peers, "BenchmarkPeerGemm/peer=%s/tier=avx2/shape=fwd1/m=32/k=784/n=256/op=nn/workers=1 1 1000 ns/op %d GFLOP/s\n", peer, 75-5*i)
	}
	for name, text := range map[string]string{
		"current.txt": text.String() + fmt.Sprintf(step, 50), "v0.10.0.txt": text.String() + fmt.Sprintf(step, 40),
		"v0.9.0.txt": "tier: avx2\n" + fmt.Sprintf(step, 30), "peers-all.txt": peers.String(), "account.txt": account.String(), "transcribed.txt": "BenchmarkX 1 1 ns/op\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReport(t *testing.T) {
	dir, out := example(t), t.TempDir()
	if folder := os.Getenv("REPORT_EXAMPLE"); folder != "" { // to look at
		out = folder
	}
	if err := write(dir, out); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(out, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	if len(page) > 2<<20 {
		t.Errorf("the page has %d bytes", len(page))
	}
	if out := regexp.MustCompile(`(src|href)="(https?:)?//|url\(["']?http|<script`).Find(page); out != nil {
		t.Errorf("the page needs the network: %s", out)
	}
	for _, name := range []string{"gemm", "speedup", "epoch", "predict", "account", "history"} {
		if !strings.Contains(string(page), `<figure id="`+name+`">`) {
			t.Errorf("the page has no %s", name)
		}
		f, err := os.Open(filepath.Join(out, name+".png"))
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := png.Decode(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.Close()
	}
	if !strings.Contains(string(page), "Test &lt;1&gt;") || strings.Contains(string(page), "ZgotmplZ") {
		t.Error("the page does not quote what it shows")
	}
}

// Every value on a picture is the median of the lines that the page names.
func TestFiguresAreTraceable(t *testing.T) {
	r, err := read(example(t))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.versions); n != 3 || r.versions[0].name != "v0.9.0" || r.versions[2].name != "current" {
		t.Errorf("versions %v", r.versions)
	}
	for _, f := range r.figures() {
		for _, p := range f.points {
			for _, place := range p.Sources() {
				file, line, _ := strings.Cut(place, ".txt:")
				text, err := os.ReadFile(file + ".txt")
				if err != nil {
					t.Fatal(err)
				}
				first := 0
				fmt.Sscanf(line, "%d", &first)
				if lines := strings.Split(string(text), "\n"); !strings.HasPrefix(lines[first-1], "Benchmark"+p.from.Base) {
					t.Errorf("%s, %s %s: %s is %q", f.name, p.label, p.series, place, lines[first-1])
				}
			}
		}
	}
	history := r.history()
	if history.points[0].label != "v0.9.0" || history.points[0].value != 30 || history.points[4].value != 50 {
		t.Errorf("history: %v %v", history.labels(), history.series())
	}
	if account := r.account(); len(account.labels()) != 4 || account.series()[2] != "first-update" || !strings.HasPrefix(account.labels()[3], "reference, mnist, batch 32, avx2\n1 worker: 325.0µs, floor 40 %") {
		t.Errorf("account: %q %v", account.labels(), account.series())
	}
	for _, p := range r.gemm().points { // ours of the sitting that the peers were in, not of another
		if p.series == "avx2" && p.value != 75 {
			t.Errorf("products: %+v", p)
		}
	}
	if epoch := r.epoch(); len(epoch.points) != 3 { // of the reference model alone
		t.Errorf("epoch: %+v", epoch.points)
	}
	if gemm := r.gemm(); gemm.points[0].label != "1×784×256" || gemm.limit != 100 || len(gemm.series()) != 3 {
		t.Errorf("products: %v %v %v", gemm.labels(), gemm.limit, gemm.series())
	}
}

// Without a version, what there is an account of is drawn.
func TestOnlyAnAccount(t *testing.T) {
	dir := example(t)
	for _, name := range []string{"current.txt", "v0.9.0.txt", "v0.10.0.txt"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := read(dir)
	if err != nil || r.account().empty() || !r.gemm().empty() && r.gemm().points[0].from.Base != "PeerGemm" {
		t.Errorf("%v", err)
	}
}

func TestSource(t *testing.T) {
	s := newSource(filepath.FromSlash("bench/pictures"), "bench/baseline/x/current.txt:3-8")
	if s.Link != "../baseline/x/current.txt#L3-L8" || s.Text != "bench/baseline/x/current.txt:3-8" {
		t.Errorf("%+v", s)
	}
}

func TestNothingRecorded(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, dir); err == nil || !strings.Contains(err.Error(), "-record current") {
		t.Errorf("an empty folder: error %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "current.txt"), []byte("nothing\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := write(dir, dir); err == nil || !strings.Contains(err.Error(), "no results") {
		t.Errorf("an empty file: error %v", err)
	}
}

// The pictures that README.md shows are those of what was recorded. Their last
// digits are those of amd64, where no multiplication is fused with an addition.
func TestPicturesAreCurrent(t *testing.T) {
	const pictures, recorded = "../pictures", "../baseline/amd-epyc-f-25-m-1"
	committed, err := filepath.Glob(filepath.Join(pictures, "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	if committed == nil {
		t.Fatal("no pictures: make report")
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors round the last digits of a picture otherwise")
	}
	out := t.TempDir()
	if err := write(recorded, out); err != nil {
		t.Fatal(err)
	}
	for _, file := range committed {
		want, err := os.ReadFile(filepath.Join(out, filepath.Base(file)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what was recorded: make report (error %v)", file, err)
		}
	}
}
