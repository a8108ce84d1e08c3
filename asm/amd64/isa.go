package main

import (
	"fmt"
	"slices"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// An isa is an instruction set and what the kernels make of it.
type isa struct {
	formula.Tier
	newVector func(*build.Context) reg.VecVirtual
}

// avx2 needs AVX, AVX2 and FMA3. A 6×2 tile keeps 12 accumulators, a row of b in
// two registers and an element of a in one or two: all 16 registers. The lower
// tiles are for few rows, which would leave the FMA units waiting for each other.
var avx2 = isa{
	Tier: formula.Tier{
		Suffix: "AVX2", Lanes: 8, Chains: 12, NonZero: "AVX2", SparseUpdates: true,
		Tiles: []formula.Tile{{Rows: 3, Vectors: 4}, {Rows: 6, Vectors: 2}, {Rows: 6, Vectors: 1}},
	},
	newVector: func(c *build.Context) reg.VecVirtual { return c.YMM() },
}

// avx512 needs AVX-512 F, DQ, BW and VL, BMI2 and FMA3. A 14×2 tile keeps 28
// accumulators, a row of b in two registers and an element of a in one or two: all
// 32 registers. Comparisons give k registers; loads and stores take them.
var avx512 = isa{
	Tier: formula.Tier{
		Suffix: "AVX512", Lanes: 16, Chains: 28, Masks: true, NonZero: "AVX2", SparseUpdates: true,
		Tiles: []formula.Tile{{Rows: 3, Vectors: 8}, {Rows: 14, Vectors: 2}, {Rows: 14, Vectors: 1}},
	},
	newVector: func(c *build.Context) reg.VecVirtual { return c.ZMM() },
}

// A generator builds the file of one instruction set.
type generator struct {
	*build.Context
	isa
	constants map[uint32]operand.Mem
}

// begin starts a function.
func (g *generator) begin(f formula.Function) {
	g.Function(f.Name + g.Suffix)
	g.Doc(f.Name + g.Suffix + ": " + f.Doc + ".")
	g.Attributes(attr.NOSPLIT)
	g.Pragma("noescape")
	g.SignatureExpr(f.Signature())
}

func (g *generator) end() {
	g.VZEROUPPER()
	g.RET()
}

func (g *generator) vec() reg.VecVirtual { return g.newVector(g.Context) }

func (g *generator) vecs(n int) []reg.VecVirtual {
	vs := make([]reg.VecVirtual, n)
	for i := range vs {
		vs[i] = g.vec()
	}
	return vs
}

// loadParam loads an integer or pointer parameter.
func (g *generator) loadParam(name string) reg.Register {
	return g.Load(g.Param(name), g.GP64())
}

// loadStride loads a stride in elements and turns it into bytes.
func (g *generator) loadStride(name string) reg.Register {
	r := g.loadParam(name)
	g.SHLQ(operand.Imm(2), r)
	return r
}

// broadcast loads a float32 into every lane.
func (g *generator) broadcast(from operand.Mem) reg.VecVirtual {
	v := g.vec()
	g.VBROADCASTSS(from, v)
	return v
}

// param is the place of a parameter on the stack.
func (g *generator) param(name string) operand.Mem {
	p, err := g.Param(name).Resolve()
	if err != nil {
		panic(fmt.Sprintf("parameter %s: %v", name, err))
	}
	return p.Addr
}

// constant is the memory that holds a constant: in every lane, or once for AVX-512, see
// broadcastConstants.
func (g *generator) constant(bits uint32) operand.Mem {
	if _, ok := g.constants[bits]; !ok {
		lanes := g.Lanes
		if g.Masks {
			lanes = 1
		}
		lane := func(int) operand.Constant { return operand.U32(bits) }
		g.constants[bits] = g.table(fmt.Sprintf("const%s_%08x", g.Suffix, bits), lanes, lane)
	}
	return g.constants[bits]
}

// broadcastConstants has AVX-512's instructions read a constant into every lane. The
// linker aligns data to 32 bytes: in every second program, by chance, whole vectors of 64
// lay across two lines of the cache, which took Exp 1.55 times as long.
func (g *generator) broadcastConstants(file *ir.File) {
	for _, f := range file.Functions() {
		for _, in := range f.Instructions() {
			for _, c := range g.constants {
				if g.Masks && in.Opcode != "VBROADCASTSS" && slices.Contains(in.Operands, operand.Op(c)) {
					in.Suffixes = append(in.Suffixes, "BCST")
				}
			}
		}
	}
}

// table is the memory that holds n numbers.
func (g *generator) table(name string, n int, number func(i int) operand.Constant) operand.Mem {
	m := g.StaticGlobal(name)
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range n {
		x := number(i)
		g.AddDatum(i*x.Bytes(), x)
	}
	return m
}
