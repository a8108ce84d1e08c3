package tabular

import (
	"errors"
	"fmt"

	"github.com/mnist-fast/mnist-fast/nn"
)

// An Error says where a file is not what it should be, and why. It is an
// nn.ErrData.
type Error struct {
	File   string // "" if it is not known
	Line   int    // from 1; 0: not one line, but the file
	Column string // its name; "": not one column
	Err    error  // the reason
}

func (e *Error) Error() string {
	text := ""
	if e.File != "" {
		text = e.File + ": "
	}
	if e.Line > 0 {
		text += fmt.Sprintf("line %d: ", e.Line)
	}
	if e.Column != "" {
		text += fmt.Sprintf("column %q: ", e.Column)
	}
	return text + e.Err.Error()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is nn.ErrData.
func (e *Error) Is(target error) bool { return target == nn.ErrData }

// inFile adds the name of the file to an error.
func inFile(path string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.File = path
	}
	return err
}
