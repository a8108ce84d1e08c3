// Package micro holds the innermost loops of package kernels: for each tier (a
// kind of processor) one Set, a row of data with the tier's register tile and
// its functions.
//
// The functions in generic*.go define what every tier computes, bit for bit.
// The assembly of the other tiers is generated from asm/ and lies in the files
// *_amd64.s and *_arm64.s.
//
// Nothing here checks its arguments: that is done once, at the exported edge of
// package kernels.
package micro

//go:generate go run github.com/mnist-fast/mnist-fast/asm/amd64
//go:generate go run github.com/mnist-fast/mnist-fast/asm/arm64
