package main

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"math"
	"slices"
	"strings"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// pool is the symbol of the constants.
const pool = "constants<>"

// An emitter collects the functions of a file, their stubs and their constants.
type emitter struct {
	text, stubs bytes.Buffer
	constants   []uint32
	offsets     map[string]int64 // of the parameters of the function at hand
}

// begin starts a function.
func (e *emitter) begin(f formula.Function) {
	name, signature := f.Name+neon.Suffix, f.Signature()
	var size int64
	e.offsets, size = layout(signature)
	fmt.Fprintf(&e.text, "\n// %s: %s.\nTEXT ·%s(SB), NOSPLIT, $0-%d\n", name, f.Doc, name, size)
	fmt.Fprintf(&e.stubs, "\n// %s: %s.\n//\n//go:noescape\nfunc %s%s\n",
		name, f.Doc, name, strings.TrimPrefix(signature, "func"))
}

// layout returns the offsets of a signature's parameters and their total size.
func layout(signature string) (offsets map[string]int64, size int64) {
	f, err := types.Eval(token.NewFileSet(), nil, token.NoPos, signature)
	if err != nil {
		panic(fmt.Sprintf("asm/arm64: signature %q: %v", signature, err))
	}
	params := slices.Collect(f.Type.(*types.Signature).Params().Variables())
	sizes := types.SizesFor("gc", "arm64")
	offsets = map[string]int64{}
	for i, offset := range sizes.Offsetsof(params) {
		offsets[params[i].Name()] = offset
		size = offset + sizes.Sizeof(params[i].Type())
	}
	return offsets, size
}

// emit writes an instruction of Go's assembler, the destination last.
func (e *emitter) emit(format string, operands ...any) {
	name, rest, _ := strings.Cut(fmt.Sprintf(format, operands...), " ")
	e.text.WriteString(strings.TrimRight(fmt.Sprintf("\t%-7s %s", name, rest), " ") + "\n")
}

// vector writes a vector instruction, the destination first.
func (e *emitter) vector(o opcode, operands ...int) {
	word, text := o.encode(operands...)
	e.emit("WORD $0x%08x // %s", word, text)
}

func (e *emitter) label(name string) { fmt.Fprintf(&e.text, "\n%s:\n", name) }

// countDown subtracts a step from a register and jumps unless it is 0 then.
func (e *emitter) countDown(left string, step int, label string) {
	e.emit("SUBS $%d, %s", step, left)
	e.emit("BNE %s", label)
}

// param is the place of a parameter on the stack.
func (e *emitter) param(name string) string {
	offset, ok := e.offsets[name]
	if !ok {
		panic("asm/arm64: no parameter " + name)
	}
	return fmt.Sprintf("%s+%d(FP)", name, offset)
}

// loadParam loads an integer or pointer parameter.
func (e *emitter) loadParam(name, register string) {
	e.emit("MOVD %s, %s", e.param(name), register)
}

// loadStride loads a stride in elements and turns it into bytes.
func (e *emitter) loadStride(name, register string) {
	e.loadParam(name, register)
	e.emit("LSL $2, %s", register)
}

// storeParam changes an integer or pointer parameter in its place.
func (e *emitter) storeParam(register, name string) {
	e.emit("MOVD %s, %s", register, e.param(name))
}

// broadcastParam loads a float32 parameter into every lane.
func (e *emitter) broadcastParam(name string, v int) {
	e.emit("FMOVS %s, F%d", e.param(name), v)
	e.emit("VDUP V%d.S[0], V%d.S4", v, v)
}

// loadConstant loads a constant from the pool, at a register, into every lane.
func (e *emitter) loadConstant(bits uint32, base string, v int) {
	i := slices.Index(e.constants, bits)
	if i < 0 {
		i = len(e.constants)
		e.constants = append(e.constants, bits)
	}
	e.emit("FMOVQ %d(%s), F%d // 0x%08x", 16*i, base, v, bits)
}

// assembly is the .s file.
func (e *emitter) assembly() []byte {
	var b bytes.Buffer
	b.WriteString(formula.Header("arm64") + "#include \"textflag.h\"\n")
	b.Write(e.text.Bytes())
	b.WriteString("\n// Each constant stands in four lanes.\n")
	for i, bits := range e.constants {
		for half := range 2 {
			fmt.Fprintf(&b, "DATA %s+%d(SB)/8, $0x%08x%08x // %g\n", pool, 16*i+8*half, bits, bits, math.Float32frombits(bits))
		}
	}
	fmt.Fprintf(&b, "GLOBL %s(SB), RODATA|NOPTR, $%d\n", pool, 16*len(e.constants))
	return b.Bytes()
}

// declarations is the .go file with the stubs.
func (e *emitter) declarations() []byte {
	return []byte(formula.Header("arm64") + "package micro\n" + e.stubs.String())
}
