package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A suite is benchmarks of one package, by a pattern of go test.
type suite struct{ pkg, pattern string }

const (
	benchPackage = "./bench"
	microPackage = "./kernels/internal/micro"
)

// suites are those of a list. They measure the best tier that is here.
func suites(list string) ([]suite, error) {
	tier := "tier=" + kernels.Best().String()
	switch list {
	case "short":
		return []suite{
			{benchPackage, shortGemm() + "|^BenchmarkStep$/model=reference$/batch=32$/input=random$/" + tier + "$"},
			{microPackage, "^BenchmarkVector$/kernel=(Adam|Exp|ReLU|Tanh|Pixels)$/" + tier + "$"},
		}, nil
	case "long":
		return []suite{
			{benchPackage, "^BenchmarkGemm$/" + tier + "$/m=[0-9]{1,3}$" +
				"|^BenchmarkStep$/model=(reference|small|one-layer)$/batch=(1|32|128)$/input=/" + tier + "$" +
				"|^BenchmarkPredict$/model=(reference|small|one-layer)$/batch=(1|32|128)$/input=mnist$/" + tier + "$"},
			{microPackage, "^BenchmarkVector$/kernel=/" + tier + "$|^BenchmarkGemv$/" + tier + "$|^BenchmarkMoves$/" + tier + "$"},
		}, nil
	}
	return nil, fmt.Errorf("list %q: want short or long", list)
}

// shortGemm is the pattern of the products of the short list.
func shortGemm() string {
	return "^BenchmarkGemm$/tier=" + kernels.Best().String() + "$/m=(32|784|256)$/k=(784|32|256)$/n=256$/op=/workers=1$"
}

// exactly is a pattern for one name, which go test matches part by part.
func exactly(name string) string {
	parts := strings.Split("Benchmark"+name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}
