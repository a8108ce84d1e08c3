package nn

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A list is a slice in the JSON of a file. It ends at a length that no honest
// one has: "{}," is three bytes in a file, but a whole struct in memory.
type list[T any] []T

const maxList = 10_000

func (l *list[T]) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if start, err := d.Token(); err != nil || start != json.Delim('[') {
		return fmt.Errorf("%.20q is no list", text)
	}
	*l = nil
	for d.More() {
		if len(*l) == maxList {
			return fmt.Errorf("a list of more than %d", maxList)
		}
		var x T
		if err := d.Decode(&x); err != nil {
			return err
		}
		*l = append(*l, x)
	}
	return nil
}
