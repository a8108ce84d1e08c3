// Package mnistfast has only this test of the repository as a whole: which
// package may import which, and what a program that uses one links.
package mnistfast

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/mnist-fast/mnist-fast/"

// mayImport says what the packages at and below a path may import of this
// module, tests included. A package that is not listed is out of place.
var mayImport = map[string][]string{
	"internal/balance": {},
	"kernels":          {"kernels/...", "internal/balance"},
	"nn":               {"nn/...", "kernels", "internal/balance"},
	"bench":            {"bench/...", "nn/...", "kernels"},
	"cmd":              {"cmd/...", "nn/...", "kernels"},
	"asm":              {"asm/..."},
}

// links says which modules a program may link that imports only a package.
var links = map[string][]string{
	"kernels":      {"github.com/klauspost/cpuid/v2"},
	"kernels/blas": {"github.com/klauspost/cpuid/v2", "gonum.org/v1/gonum"},
	"nn":           {"github.com/klauspost/cpuid/v2"},
	"nn/gosource":  {"github.com/klauspost/cpuid/v2"},
	"nn/onnx":      {"github.com/klauspost/cpuid/v2", "google.golang.org/protobuf"},
}

// platforms are where files and imports differ.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64", "js/wasm"}

// A goPackage is what the go command says of a package.
type goPackage struct {
	ImportPath                         string
	Standard                           bool
	Module                             *struct{ Path string }
	Imports, TestImports, XTestImports []string
	CgoFiles                           []string
}

// in reports whether a pattern names a package of this module; x/... is x and
// all below it.
func in(pattern, path string) bool {
	dir, deep := strings.CutSuffix(pattern, "/...")
	return path == module+dir || deep && strings.HasPrefix(path, module+dir+"/")
}

// list asks the go command for packages of this module, with what they depend on.
func list(t *testing.T, platform string) (ours []goPackage, all map[string]goPackage) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command: ", err)
	}
	goos, goarch, _ := strings.Cut(platform, "/")
	c := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Module,Imports,TestImports,XTestImports,CgoFiles", module+"...")
	c.Env = append(c.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=1")
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %v", c, err)
	}
	all = map[string]goPackage{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
		if strings.HasPrefix(p.ImportPath, module) {
			ours = append(ours, p)
		}
	}
	if _, ok := all[module+"kernels"]; !ok {
		t.Fatal("package kernels is not in the list")
	}
	return ours, all
}

func TestImportsFollowTheLayout(t *testing.T) {
	for _, platform := range platforms {
		ours, _ := list(t, platform)
		for _, p := range ours {
			for _, complaint := range checkImports(p) {
				t.Errorf("%s: %s", platform, complaint)
			}
		}
	}
}

// checkImports compares a package with mayImport.
func checkImports(p goPackage) (complaints []string) {
	listed := false
	for dir, may := range mayImport {
		if !in(dir+"/...", p.ImportPath) {
			continue
		}
		listed = true
		for _, i := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			allowed := slices.ContainsFunc(may, func(pattern string) bool { return in(pattern, i) })
			if strings.HasPrefix(i, module) && !allowed {
				complaints = append(complaints, p.ImportPath+" imports "+i)
			}
		}
	}
	if !listed {
		complaints = append(complaints, p.ImportPath+" has no place in the layout")
	}
	if len(p.CgoFiles) > 0 {
		complaints = append(complaints, p.ImportPath+" uses cgo")
	}
	return complaints
}

func TestProgramsLinkFewModules(t *testing.T) {
	for _, platform := range platforms {
		_, all := list(t, platform)
		for dir, allowed := range links {
			if _, ok := all[module+dir]; !ok {
				t.Errorf("%s: there is no package %s", platform, dir)
			}
			for _, path := range linked(all, module+dir, allowed) {
				t.Errorf("%s: %s links %s", platform, dir, path)
			}
		}
	}
}

// linked lists the packages that one links beyond this module, the standard
// library and the modules allowed; these bring their own dependencies.
func linked(all map[string]goPackage, root string, allowed []string) (others []string) {
	seen := map[string]bool{}
	var visit func(path string)
	visit = func(path string) {
		p := all[path]
		if seen[path] || p.Standard || p.Module == nil || slices.Contains(allowed, p.Module.Path) {
			return
		}
		seen[path] = true
		if !strings.HasPrefix(path, module) {
			others = append(others, path)
		}
		for _, i := range p.Imports {
			visit(i)
		}
	}
	visit(root)
	return others
}

// The rules see each way to break them.
func TestRulesRefuse(t *testing.T) {
	pkg := func(path string, imports ...string) goPackage {
		return goPackage{ImportPath: module + path, Imports: imports}
	}
	test := pkg("kernels/internal/par")
	test.XTestImports = []string{module + "nn"}
	cgo := pkg("kernels")
	cgo.CgoFiles = []string{"c.go"}
	for _, c := range []struct {
		p    goPackage
		want string
	}{
		{pkg("nn", module+"kernels", module+"nn/mnist", "fmt"), ""},
		{pkg("cmd/mnist-fast", module+"nn", module+"kernels"), ""},
		{pkg("nn", module+"kernels/internal/micro"), "imports"},
		{pkg("nn/mnist", module+"bench"), "imports"},
		{pkg("kernels", module+"nn"), "imports"},
		{pkg("kernels", module+"nn/mnist"), "imports"},
		{pkg("bench/report", module+"asm/formula"), "imports"},
		{pkg("bench", module+"kernels/internal/micro"), "imports"},
		{pkg("nn", module+"cmd/mnist-fast"), "imports"},
		{pkg("kernelsextra"), "no place"},
		{pkg("util", "fmt"), "no place"},
		{test, "imports"},
		{cgo, "uses cgo"},
	} {
		got := strings.Join(checkImports(c.p), "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.p, got, c.want)
		}
	}

	foreign := func(path, module string, imports ...string) goPackage {
		return goPackage{ImportPath: path, Module: &struct{ Path string }{module}, Imports: imports}
	}
	all := map[string]goPackage{
		"root": foreign("root", module, "fmt", "a", "b"),
		"fmt":  {ImportPath: "fmt", Standard: true},
		"a":    foreign("a", "allowed", "c"),
		"b":    foreign("b", "forbidden", "a"),
		"c":    foreign("c", "brought along"),
	}
	if got := linked(all, "root", []string{"allowed"}); !slices.Equal(got, []string{"root", "b"}) {
		t.Errorf("linked: %v", got)
	}
}
