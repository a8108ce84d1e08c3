package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// A fake is a machine that prints results. Its benchmarks are named without
// parts, so that a pattern matches as a regular expression.
type fake struct {
	times  [sides]map[string]float64 // ns
	noise  float64                   // relative, of each measurement
	fails  map[side]string           // what a side prints before it fails
	prints string                    // instead of results, if not empty
	rnd    *rand.Rand
}

func newFake(noise float64, old, new map[string]float64) *fake {
	return &fake{times: [sides]map[string]float64{old, old, new}, noise: noise, rnd: rand.New(rand.NewPCG(1, 1))}
}

func (f *fake) run(_ context.Context, s side, of suite, _ how) ([]byte, error) {
	if f.prints != "" {
		return []byte(f.prints), nil
	}
	var out strings.Builder
	pattern := regexp.MustCompile(of.pattern)
	for name, ns := range f.times[s] {
		if pattern.MatchString("Benchmark" + name) {
			fmt.Fprintf(&out, "Benchmark%s-2 10 %v ns/op\n", name, ns*(1+f.noise*f.rnd.Float64()))
		}
	}
	if text, ok := f.fails[s]; ok {
		return []byte(out.String() + text), errors.New("exit status 1")
	}
	return []byte(out.String()), nil
}

// measureFake compares on the fake machine.
func measureFake(t *testing.T, f *fake) (status int, text string) {
	t.Helper()
	var out strings.Builder
	o := options{rounds: 20, seed: 7}
	err := o.measure(context.Background(), &out, f.run, []suite{{"./p", "."}})
	return exitStatus(err), fmt.Sprintf("%s%v", &out, err)
}

func TestExitStatus(t *testing.T) {
	old := map[string]float64{"A": 1000, "B": 5000}
	for _, c := range []struct {
		name   string
		f      *fake
		status int
		want   []string
	}{
		{"the same", newFake(0.01, old, old), 0, []string{"noise of this machine"}},
		{"5 % slower", newFake(0.01, old, map[string]float64{"A": 1050, "B": 5000}), 1, []string{"SLOWER", "once more what seems slower: A", "slower (1): A"}},
		{"2 % slower", newFake(0.001, old, map[string]float64{"A": 1020, "B": 5000}), 0, []string{"+2.0 %"}},
		{"faster", newFake(0.01, old, map[string]float64{"A": 800, "B": 5000}), 0, []string{"faster (1): A"}},
		{"noisy", newFake(0.5, old, map[string]float64{"A": 1050, "B": 5000}), 0, []string{"cannot tell changes of 3 % in 2 of 2 benchmarks"}},
		{"noisy, but three times slower", newFake(0.5, old, map[string]float64{"A": 3000, "B": 5000}), 1, []string{"slower (1): A"}},
		{"removed", newFake(0.01, old, map[string]float64{"A": 1000}), 0, []string{"missing in the new revision: removed, renamed or failed (1): B"}},
		{"renamed", newFake(0.01, old, map[string]float64{"A": 1000, "C": 5000}), 0, []string{"(1): B", "only in the new revision (1): C"}},
		{"all renamed", newFake(0.01, old, map[string]float64{"C": 1000}), 2, []string{"nothing could be compared", "(2): "}},
		{"no benchmark at all", newFake(0, nil, nil), 2, []string{"nothing could be compared"}},
		{"broken", fails(newFake(0.01, old, map[string]float64{"A": 1000}), change, "--- FAIL: BenchmarkB (0.01s)\n"), 2, []string{"failed: new, ./p: --- FAIL: BenchmarkB\n", "(1): B"}},
		{"base broken", fails(newFake(0.01, map[string]float64{"A": 1000}, old), base, "panic: oh\n"), 2, []string{"failed: base, ./p: panic: oh\n"}},
		{"broken and slower", fails(newFake(0.01, old, map[string]float64{"A": 2000}), change, "panic: oh\n"), 1, []string{"failed: new, ./p: panic: oh\n", "slower (1): A"}},
		{"no result", &fake{prints: "BenchmarkA 10 abc ns/op\n"}, 2, []string{"base of ./p:1"}},
		{"no time", &fake{prints: "BenchmarkA 10 5 B/op\n"}, 2, []string{"A has no time"}},
	} {
		status, text := measureFake(t, c.f)
		if status != c.status {
			t.Errorf("%s: status %d, want %d; %s", c.name, status, c.status, text)
		}
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, text)
			}
		}
	}
}

func fails(f *fake, s side, text string) *fake {
	f.fails = map[side]string{s: text}
	return f
}

// The same program is not told to be slower, whatever the noise, and one that is
// 5 % slower is not missed where noise is 1 %.
func TestManySittings(t *testing.T) {
	old := map[string]float64{}
	for i := range 5 {
		old[fmt.Sprint("B", i)] = 1000
	}
	new := map[string]float64{}
	for name, ns := range old {
		new[name] = ns
	}
	new["B3"] = 1050
	for i := range 20 {
		f := newFake([]float64{0.01, 0.1, 1}[i%3], old, old)
		f.rnd = rand.New(rand.NewPCG(2, uint64(i)))
		if status, text := measureFake(t, f); status != 0 {
			t.Errorf("the same, sitting %d: status %d\n%s", i, status, text)
		}
		f = newFake(0.01, old, new)
		f.rnd = rand.New(rand.NewPCG(3, uint64(i)))
		if status, text := measureFake(t, f); status != exitRegression || !strings.Contains(text, "slower (1): B3\n") {
			t.Errorf("slower, sitting %d: status %d\n%s", i, status, text)
		}
	}
}

// More rounds are held while there is more noise than fineNoise, up to a limit.
func TestRoundsGoOnWhileThereIsNoise(t *testing.T) {
	for noise, want := range map[float64]int{0.001: 20, 0.5: 20 * patience} {
		old := map[string]float64{"A": 1000}
		f, calls := newFake(noise, old, old), 0
		run := func(ctx context.Context, s side, of suite, how how) ([]byte, error) {
			calls++
			return f.run(ctx, s, of, how)
		}
		rnd := rand.New(rand.NewPCG(4, 4))
		if _, err := sit(t.Context(), run, []benchmark{{"./p", "A"}}, 20, rnd); err != nil || calls != int(sides)*want {
			t.Errorf("noise %v: %d runs, want %d rounds; error %v", noise, calls, want, err)
		}
	}
}

func TestSequential(t *testing.T) {
	for name, want := range map[string]bool{"Vector/n=4": true, "Gemm/m=4/workers=1": true, "Gemm/m=4/workers=2": false, "Step/workers=16/batch=1": false} {
		if got := (benchmark{"./p", name}).sequential(); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A slow minute hits all sides, and is no change.
func TestDriftIsNoChange(t *testing.T) {
	var times series
	for round := range 20 {
		minute := 1000 * (1 + float64(round)/5)
		times[base] = append(times[base], minute*1.001)
		times[again] = append(times[again], minute*0.999)
		times[change] = append(times[change], minute*(1+0.001*float64(round%3-1)))
	}
	if v := judge(benchmark{}, &times); v.kind != equal || v.noise > 0.01 {
		t.Errorf("%+v", v)
	}
}

func TestInterruptEndsASitting(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	f := newFake(0.01, map[string]float64{"A": 1}, map[string]float64{"A": 1})
	calls := 0
	run := func(ctx context.Context, s side, of suite, how how) ([]byte, error) {
		if calls++; calls == 10 {
			cancel()
		}
		return f.run(ctx, s, of, how)
	}
	err := options{rounds: 20}.measure(ctx, new(strings.Builder), run, []suite{{"./p", "."}})
	if !errors.Is(err, context.Canceled) || calls != 10 {
		t.Errorf("error %v after %d runs", err, calls)
	}
}

func TestExactly(t *testing.T) {
	if got := exactly("Gemm/m=3.2/op=n+"); got != `^BenchmarkGemm$/^m=3\.2$/^op=n\+$` {
		t.Error(got)
	}
}

func TestLists(t *testing.T) {
	for _, list := range []string{"short", "long"} {
		if s, err := suites(list); err != nil || len(s) == 0 {
			t.Errorf("%s: %v, error %v", list, s, err)
		}
	}
	if _, err := suites("medium"); err == nil {
		t.Error("there is a list medium")
	}
}
