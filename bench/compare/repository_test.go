package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// source is a benchmark that takes a time.
func source(name, body string) string {
	return "package p\n\nimport (\n\t\"testing\"\n\t\"time\"\n)\n\nfunc Benchmark" + name +
		"(b *testing.B) {\n\tfor b.Loop() {\n\t\ttime.Sleep(100*time.Microsecond)\n\t\t" + body + "\n\t}\n}\n"
}

// git runs git in the folder.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	c := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@x", "-c", "core.hooksPath=/dev/null"}, args...)...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Skipf("needs git: %v: %s", err, out)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// The whole way, in a repository of its own: build, run, tell.
func TestRepository(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs: run it without -short")
	}
	dir, temp := t.TempDir(), t.TempDir()
	t.Chdir(dir)
	t.Setenv("TMPDIR", temp)
	t.Setenv("GOFLAGS", "-mod=mod")
	git(t, dir, "init", "-q")
	write(t, dir, "go.mod", "module p\n\ngo 1.26\n")
	write(t, dir, "p_test.go", source("P", ""))
	write(t, dir, "q_test.go", source("Q", ""))
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-qm", "one")

	compare := func(args ...string) (status int, text string) {
		var out strings.Builder
		args = append([]string{"compare", "-bench", ".", "-pkg", ".", "-rounds", "8", "-count", "1", "-benchtime", "3x"}, args...)
		return run(context.Background(), args, &out, &out), out.String()
	}
	expect := func(what string, wantStatus int, want string, args ...string) {
		t.Helper()
		if status, text := compare(args...); status != wantStatus || !strings.Contains(text, want) {
			t.Errorf("%s: status %d, want %d with %q\n%s", what, status, wantStatus, want, text)
		}
	}
	expect("the same", 0, "byte for byte", "HEAD")
	expect("no such revision", 2, "revision nowhere", "nowhere")
	expect("no argument", 2, "one or two revisions")
	expect("few rounds", 2, "3 rounds", "-rounds", "3", "HEAD")

	write(t, dir, "p_test.go", source("P", "time.Sleep(10*time.Millisecond)"))
	write(t, dir, "q_test.go", source("R", ""))
	expect("slower and renamed", 1, "slower (1): P\nin the base, but missing in the new revision: removed, renamed or failed (1): Q\n", "-save", "saved", "HEAD")
	if text, err := os.ReadFile("saved/new.txt"); err != nil || !strings.Contains(string(text), "BenchmarkP") {
		t.Errorf("saved: %s, error %v", text, err)
	}
	write(t, dir, "p_test.go", source("P", "b.Fatal()"))
	expect("broken", 2, "failed: new, .: --- FAIL: BenchmarkP\n", "HEAD")
	write(t, dir, "p_test.go", source("P", "syntax error"))
	expect("does not build", 2, "does not build at the working folder", "HEAD")
	write(t, dir, "p_test.go", "//go:build never\n\npackage p\n")
	write(t, dir, "q_test.go", "package p\n")
	expect("all removed", 2, "nothing could be compared", "HEAD")

	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		for _, e := range left {
			if strings.HasPrefix(e.Name(), "bench-compare") {
				t.Errorf("left behind: %s", e.Name())
			}
		}
	}
}
