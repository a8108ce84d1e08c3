//go:build !unix

package bench

// quiet does nothing: there are no threads of C libraries to wait for here.
func quiet() {}
