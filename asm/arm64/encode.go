package main

import (
	"fmt"
	"strings"
)

// An opcode is a vector instruction. Go's assembler lacks most of those on
// floats and reverses the operands of the others, so all vector arithmetic is
// encoded here and reads as in Arm's manual, the destination first:
// https://developer.arm.com/documentation/ddi0602/latest/SIMD-FP-Instructions
//
// Its operands are numbers below 32, of registers or of bits to shift by, in the
// order of operandBits.
type opcode struct {
	name     string
	operands string // format of their numbers
	bits     uint32 // with zeros for the operands
}

// operandBits are the lowest bits of the operands: Vd, Vn, and Vm or a shift.
var operandBits = [...]int{0, 5, 16}

const (
	two4S    = "V%d.4S, V%d.4S"
	three4S  = "V%d.4S, V%d.4S, V%d.4S"
	three2D  = "V%d.2D, V%d.2D, V%d.2D"
	three16B = "V%d.16B, V%d.16B, V%d.16B"
)

var (
	fadd        = opcode{"FADD", three4S, 0x4E20D400}
	fsub        = opcode{"FSUB", three4S, 0x4EA0D400}
	fmul        = opcode{"FMUL", three4S, 0x6E20DC00}
	fdiv        = opcode{"FDIV", three4S, 0x6E20FC00}
	fsqrt       = opcode{"FSQRT", two4S, 0x6EA1F800}
	fmla        = opcode{"FMLA", three4S, 0x4E20CC00}
	fmlaElement = opcode{"FMLA", "V%d.4S, V%d.4S, V%d.S[0]", 0x4F801000}
	fmls        = opcode{"FMLS", three4S, 0x4EA0CC00}
	fcmgt       = opcode{"FCMGT", three4S, 0x6EA0E400}
	fcmge       = opcode{"FCMGE", three4S, 0x6E20E400}
	and         = opcode{"AND", three16B, 0x4E201C00}
	bic         = opcode{"BIC", three16B, 0x4E601C00}
	orr         = opcode{"ORR", three16B, 0x4EA01C00}
	bit         = opcode{"BIT", three16B, 0x6EA01C00}
	add         = opcode{"ADD", three4S, 0x4EA08400}
	shl         = opcode{"SHL", "V%d.4S, V%d.4S, #%d", 0x4F205400}
	uxtlBytes   = opcode{"UXTL", "V%d.8H, V%d.8B", 0x2F08A400}
	uxtlHalves  = opcode{"UXTL", "V%d.4S, V%d.4H", 0x2F10A400}
	moviZero    = opcode{"MOVI", "V%d.4S, #0x0", 0x4F000400}
	ucvtf       = opcode{"UCVTF", two4S, 0x6E21D800}
	loadIndexed = opcode{"LDR", "Q%d, [X%d,X%d]", 0x3CE06800}
	trn1        = opcode{"TRN1", three4S, 0x4E802800}
	trn2        = opcode{"TRN2", three4S, 0x4E806800}
	trn1Doubles = opcode{"TRN1", three2D, 0x4EC02800}
	trn2Doubles = opcode{"TRN2", three2D, 0x4EC06800}
)

// encode returns the machine word of an instruction and its text.
func (o opcode) encode(operands ...int) (word uint32, text string) {
	if len(operands) != strings.Count(o.operands, "%d") {
		panic(fmt.Sprintf("asm/arm64: %s with %d operands", o.name, len(operands)))
	}
	word = o.bits
	numbers := make([]any, len(operands))
	for i, x := range operands {
		if x < 0 || x > 31 {
			panic(fmt.Sprintf("asm/arm64: %s with operand %d", o.name, x))
		}
		word |= uint32(x) << operandBits[i]
		numbers[i] = x
	}
	return word, o.name + " " + fmt.Sprintf(o.operands, numbers...)
}
