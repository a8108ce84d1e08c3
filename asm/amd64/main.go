// Command amd64 generates the assembly kernels for amd64 with avo. It runs in
// the folder that takes the files (go generate in kernels/internal/micro) and
// writes a .s file and the Go stubs for each instruction set.
//
// gemm.go holds the register tiles of GEMM, vector.go lowers the element-wise
// kernels of asm/formula, isa.go says what an instruction set offers.
package main

import (
	"log"
	"os"

	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

func main() {
	log.SetFlags(0)
	if err := generate(avx2); err != nil {
		log.Fatal("asm/amd64: ", err)
	}
}

// generate writes the two files of one instruction set.
func generate(s isa) error {
	g := newGenerator(s)
	for rows := 1; rows <= s.tileRows; rows++ {
		g.gemm(rows)
	}
	g.peak()
	for _, k := range formula.Kernels() {
		g.vector(k)
	}
	file, err := g.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}

	config := printer.Config{Name: "asm/amd64", Pkg: "micro"}
	for name, p := range map[string]printer.Printer{
		s.file + ".s":  printer.NewGoAsm(config),
		s.file + ".go": printer.NewStubs(config),
	} {
		text, err := p.Print(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
