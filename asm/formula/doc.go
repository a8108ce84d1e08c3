// Package formula compiles the element-wise kernels: each is written once, in plain
// Go, in kernels/internal/micro, and becomes a straight-line program over vectors of
// float32. The generators in asm/amd64 and asm/arm64 lower the same program to their
// instructions, so a formula is changed in one place and stays the same on every
// tier.
//
// A program computes in IEEE single precision, one rounding an operation, with
// fused multiply-add where it says so. It uses nothing that processors define
// differently: no reciprocal estimates, no flush modes, no library calls. The
// functions in kernels/internal/micro are the definition that tests hold every
// lowering to, bit for bit.
//
// Of Go, kernels and what they call may use: a loop over the elements, *at(x, i),
// local names, +=, functions of float32, and if where it returns. A conversion to
// float32 is no operation.
package formula
