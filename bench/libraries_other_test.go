//go:build !((linux || darwin) && (amd64 || arm64))

package bench

import "testing"

// There is no way into C here, so there are no libraries.

func libraryNames() []string                             { return nil }
func threadKey(name string) string                       { return name }
func setEnvironment(map[string]string)                   {}
func visitC() (func(), error)                            { return func() {}, nil }
func openLibrary(name, path string) (*contestant, error) { return nil, errNotFound }
func hideLibraries(*testing.T)                           {}
