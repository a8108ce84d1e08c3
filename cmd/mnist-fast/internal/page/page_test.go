package page

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

// example is a page about n images of that many classes. The model takes each
// third for the class after its own.
func example(n, classes int) Page {
	const side = 5
	s := mnist.Set{Images: make([]uint8, n*side*side), Labels: make([]uint8, n), Height: side, Width: side}
	outputs := kernels.NewMat(n, classes)
	for i := range s.Labels {
		s.Labels[i] = uint8(i % classes)
		taken := i % classes
		if i%3 == 2 {
			taken = (taken + 1) % classes
		}
		outputs.Set(i, taken, 0.75)
	}
	kernel := kernels.NewMat(side*side, 100)
	for i := range kernel.Data {
		kernel.Data[i] = float32(i%7 - 3)
	}
	var history nn.History
	for epoch := range 10 {
		e := nn.Epoch{Epoch: epoch + 1, Metrics: nn.Metrics{Loss: 1 / float64(epoch+1), Accuracy: 0.9}}
		e.Validation = &e.Metrics
		history = append(history, e)
	}
	return Page{
		Facts: []Fact{{"weights", strings.Repeat("0123456789abcdef", 4)}, {"data", "<b>&"}}, History: history,
		Images: s, Outputs: outputs, Scores: scores(outputs, s.Labels), Kernel: kernel,
	}
}

// scores are those of the first outputs, one for each label.
func scores(outputs kernels.Mat, labels []uint8) *nn.ClassificationReport {
	r := nn.NewClassificationReport(outputs.Cols)
	targets := kernels.NewMat(len(labels), outputs.Cols)
	for i, l := range labels {
		targets.Set(i, int(l), 1)
	}
	if err := r.Add(outputs.Slice(0, len(labels), 0, outputs.Cols), targets); err != nil {
		panic(err)
	}
	return r
}

func write(t *testing.T, p Page) string {
	t.Helper()
	var file bytes.Buffer
	if err := Write(&file, p); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

func TestPage(t *testing.T) {
	text := write(t, example(300, 10))
	for _, want := range []string{
		"&lt;b&gt;&amp;", "24 of 100 wrong test images", "Weights of 64 units", "64 of 100 units",
		"training: 1 after epoch 1, 0.1 after epoch 10; validation", `<th scope="row">9</th>`, "2 taken for 3", "3: 75.0 %", "Most often: ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if n := strings.Count(text, "data:image/svg"); n != 4 {
		t.Errorf("%d curves, want 2 for light and 2 for dark pages", n)
	}
	if n := strings.Count(text, "data:image/png"); n != 24+64 {
		t.Errorf("%d pictures, want 24 errors and 64 units", n)
	}
}

// TestAlone checks that the page needs nothing else, and is for everybody.
func TestAlone(t *testing.T) {
	text := write(t, example(300, 10))
	for _, m := range regexp.MustCompile(`(?:src|srcset|href)="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[1], "data:image/") {
			t.Errorf("it refers to %.80q", m[1])
		}
	}
	for _, bad := range []string{"<script", "<link", "@import", "url(", "Zgotmpl"} {
		if strings.Contains(text, bad) {
			t.Errorf("there is %q in the page", bad)
		}
	}
	for _, tag := range regexp.MustCompile(`<img [^>]*>`).FindAllString(text, -1) {
		if !strings.Contains(tag, " alt=\"") {
			t.Errorf("%.40q…: no alt", tag)
		}
	}
	for _, tag := range regexp.MustCompile(`<th[ >][^>]*`).FindAllString(text, -1) {
		if !strings.Contains(tag, "scope=") {
			t.Errorf("%q: no scope", tag)
		}
	}
}

// TestLittle writes pages about models of which there is little to show.
func TestLittle(t *testing.T) {
	p := example(20, 10)
	p.History = nil
	p.Images.Labels = p.Images.Labels[:2] // both right
	p.Scores = scores(p.Outputs, p.Images.Labels)
	text := write(t, p)
	for _, want := range []string{"no history", "recognizes every test image"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	nan := math.NaN()
	p = example(20, 10)
	for i := range p.History {
		p.History[i].Loss, p.History[i].Validation = nan, nil
	}
	for _, m := range []kernels.Mat{p.Outputs, p.Kernel} {
		for i := range m.Data {
			m.Data[i] = float32(nan)
		}
	}
	p.Scores = scores(p.Outputs, p.Images.Labels)
	if text := write(t, p); !strings.Contains(text, "training: NaN") || !strings.Contains(text, "are no numbers") {
		t.Error("a model that is lost does not look like it")
	}
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{0: "0 %", 1: "100.0 %", 0.98765: "98.8 %", 0.0123: "1.2 %", 0.00042: "0.04 %", 2e-9: "2e-07 %"} {
		if got := percent(share); got != want {
			t.Errorf("%v: %s, want %s", share, got, want)
		}
	}
}

// TestWidth opens pages in a browser, if there is one, and checks that they
// need no scrolling to the side.
func TestWidth(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser: run it without -short")
	}
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
		}
	}
	if browser == "" {
		t.Skip("needs Chromium")
	}
	frames := ""
	for _, classes := range []int{10, 47} {
		p := example(47*300, classes) // counts of three digits
		for _, width := range []int{400, 1200} {
			frames += fmt.Sprintf("<iframe style='width:%dpx;height:900px;border:0' srcdoc=\"%s\"></iframe>", width, html.EscapeString(write(t, p)))
		}
	}
	const script = `<pre></pre><script>onload = () => { for (const f of document.querySelectorAll("iframe")) {
		const e = f.contentDocument.documentElement
		document.querySelector("pre").textContent += "needs " + e.scrollWidth + " of " + e.clientWidth + "\n" } }</script>`
	file := t.TempDir() + "/frames.html"
	if err := os.WriteFile(file, []byte(frames+script), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1300,900",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=10000", "--dump-dom", "file://"+file).Output()
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`needs (\d+) of (\d+)`).FindAllStringSubmatch(string(out), -1)
	if len(found) != 4 {
		t.Fatalf("the browser measured %d pages, want 4", len(found))
	}
	for _, m := range found {
		if m[1] != m[2] {
			t.Errorf("the page %s", m[0])
		}
	}
}
