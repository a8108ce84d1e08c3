package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A build is the benchmarks of one revision: a program for each package. A
// package that the revision does not have has none.
type build map[string]program

// A program is the benchmarks of a package.
type program struct {
	path string
	dir  string // the package's folder, where tests run
}

// execute runs a command in a folder and returns what it prints.
func execute(ctx context.Context, dir string, env []string, name string, args ...string) ([]byte, error) {
	return executeOn(ctx, anyCPU, dir, env, name, args...)
}

// executeOn is execute on one processor.
func executeOn(ctx context.Context, cpu int, dir string, env []string, name string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Env = dir, append(c.Environ(), env...)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := startOn(cpu, c)
	if err == nil {
		err = c.Wait()
	}
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.Bytes(), err
}

// checkout unpacks a revision of the repository into a folder, or returns the
// folder that the repository itself is in if no revision is named. Nothing is
// left behind in .git, whatever interrupts.
func checkout(ctx context.Context, revision, dir string) (root string, err error) {
	top, err := execute(ctx, ".", nil, "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return "", err
	}
	root = strings.TrimSpace(string(top))
	if revision == "" {
		return root, nil
	}
	file := dir + ".zip"
	if _, err := execute(ctx, root, nil, "git", "archive", "--format=zip", "-0", "-o", file, revision+"^{commit}"); err != nil {
		return "", fmt.Errorf("revision %s: %w", revision, err)
	}
	archive, err := zip.OpenReader(file)
	if err != nil {
		return "", err
	}
	defer archive.Close()
	return dir, os.CopyFS(dir, archive)
}

// buildAll compiles the benchmarks of the suites at a revision, into a folder.
// The same source gives the same bytes, wherever it is.
func buildAll(ctx context.Context, suites []suite, revision, tags, dir string) (build, error) {
	root, err := checkout(ctx, revision, filepath.Join(dir, "source"))
	if err != nil {
		return nil, err
	}
	b := build{}
	for _, s := range suites {
		p := program{filepath.Join(dir, strings.NewReplacer("/", "_", ".", "").Replace(s.pkg)+".test"), filepath.Join(root, filepath.FromSlash(s.pkg))}
		if _, err := os.Stat(p.dir); err != nil {
			continue
		}
		if _, err := execute(ctx, root, []string{"CGO_ENABLED=0"}, "go", "test", "-c", "-trimpath", "-buildvcs=false", "-tags", tags, "-o", p.path, s.pkg); err != nil {
			return nil, fmt.Errorf("%s does not build at %s: %w", s.pkg, nameOf(revision), err)
		}
		if _, err := os.Stat(p.path); err == nil { // none if there are no tests
			b[s.pkg] = p
		}
	}
	return b, nil
}

func nameOf(revision string) string {
	if revision == "" {
		return "the working folder"
	}
	return revision
}

// same reports whether two builds are the same programs, byte for byte.
func same(a, b build) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	for pkg := range a {
		x, err := os.ReadFile(a[pkg].path)
		if err != nil {
			return false, err
		}
		if _, ok := b[pkg]; !ok {
			return false, nil
		}
		y, err := os.ReadFile(b[pkg].path)
		if err != nil || !bytes.Equal(x, y) {
			return false, err
		}
	}
	return true, nil
}
