// Package micro holds the innermost loops of package kernels: for each tier (a
// kind of processor) one Set, a row of data with the tier's register tiles and
// its functions.
//
// The functions in generic*.go define what every tier computes, bit for bit.
// The assembly of the other tiers and the tables of their functions are
// generated from asm/, the element-wise kernels by compiling generic_vector.go and
// generic_math.go, and lie in *_amd64.* and *_arm64.*; so is the list of the
// element-wise kernels, vectors.go. set_*.go says which tiers the processor can run.
//
// Nothing here checks its arguments: that is done once, at the exported edge of
// package kernels.
package micro

//go:generate go run github.com/mnist-fast/mnist-fast/asm/amd64
//go:generate go run github.com/mnist-fast/mnist-fast/asm/arm64
