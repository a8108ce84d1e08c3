//go:build !unix

package bench

// quiet does nothing: there are no peers here.
func quiet() {}
