package main

import (
	"encoding/binary"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/arch/arm64/arm64asm"
)

const assembly = "../../kernels/internal/micro/neon_arm64.s"

// checkWord compares what a disassembler reads with what was meant.
func checkWord(t *testing.T, word uint32, want string) {
	t.Helper()
	in, err := arm64asm.Decode(binary.LittleEndian.AppendUint32(nil, word))
	if err != nil {
		t.Errorf("%#08x (%s): %v", word, want, err)
	} else if got := in.String(); got != want {
		t.Errorf("%#08x is %s, want %s", word, got, want)
	}
}

// opcodes are all whose operands may be any of 32 registers.
var opcodes = []opcode{
	fadd, fsub, fmul, fdiv, fsqrt, fmla, fmlaElement, fmls, fcmgt, fcmge, and, bic, orr, bit, add, shl, moviZero,
	uxtlBytes, uxtlHalves, ucvtf, trn1, trn2, trn1Doubles, trn2Doubles,
}

func TestInstructions(t *testing.T) {
	choices := [][]int{{0, 1, 2}, {31, 30, 29}, {16, 8, 4}, {15, 23, 27}, {1, 0, 31}, {2, 31, 0}}
	for _, o := range opcodes {
		for _, choice := range choices {
			operands := choice[:strings.Count(o.operands, "%d")]
			word, text := o.encode(operands...)
			checkWord(t, word, text)
		}
	}
}

func TestGeneratedWords(t *testing.T) {
	file, err := os.ReadFile(assembly)
	if err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile(`(?m)^\tWORD +\$(0x[0-9a-f]{8}) // (.+)$`).FindAllStringSubmatch(string(file), -1)
	if all := strings.Count(string(file), "WORD"); all == 0 || all != len(words) {
		t.Fatalf("%d of %d WORDs have a comment", len(words), all)
	}
	for _, m := range words {
		word, err := strconv.ParseUint(m[1], 0, 32)
		if err != nil {
			t.Fatal(err)
		}
		checkWord(t, uint32(word), m[2])
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, operands := range [][]int{{0, 1}, {0, 1, 2, 3}, {32, 0, 0}, {0, 0, 32}, {0, -1, 0}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("FADD took operands %v", operands)
				}
			}()
			fadd.encode(operands...)
		}()
	}
}
