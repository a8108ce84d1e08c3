// Command arm64 generates the NEON kernels for arm64. It runs in the folder
// that takes the files (go generate in kernels/internal/micro) and writes
// neon_arm64.s, its Go stubs, neon_arm64.go, and the table of its kernels,
// neon_table_arm64.go.
//
// gemm.go holds the register tiles of GEMM, vector.go lowers the element-wise
// kernels of asm/formula, encode.go has the instructions that Go's assembler
// lacks, emit.go writes the text.
package main

import (
	"errors"
	"log"
	"os"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

func main() {
	log.SetFlags(0)
	if err := generate(); err != nil {
		log.Fatal("asm/arm64: ", err)
	}
}

// generate writes the files.
func generate() error {
	e := new(emitter)
	for rows := 1; rows <= tileRows; rows++ {
		e.gemm(rows)
	}
	e.peak()
	for _, k := range formula.Kernels() {
		e.kernel(k)
	}
	stubs, err := e.declarations()
	if err != nil {
		return err
	}
	table, err := formula.Table(header, "NEON", formula.Tile{Rows: tileRows, Vectors: tileVectors, Lanes: 4})
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile("neon_arm64.s", e.assembly(), 0o644),
		os.WriteFile("neon_arm64.go", stubs, 0o644),
		os.WriteFile("neon_table_arm64.go", table, 0o644),
	)
}
