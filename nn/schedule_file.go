package nn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// A scheduleText is a schedule in a file. One that changes another is followed
// by that other.
type scheduleText struct {
	Name     string          `json:"name"`
	Settings json.RawMessage `json:"settings"`
}

// maxSchedules is how many schedules one may be made of.
const maxSchedules = 16

// chain lists a schedule and those that it changes.
func chain(s Schedule) []Schedule {
	var list []Schedule
	for s != nil && len(list) <= maxSchedules {
		list = append(list, s)
		switch changed := s.(type) {
		case LinearWarmup:
			s = changed.Then
		case Scaled:
			s = changed.Of
		default:
			s = nil
		}
	}
	return list
}

func encodeSchedule(s Schedule) ([]scheduleText, error) {
	var texts []scheduleText
	for _, part := range chain(s) {
		settings, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		texts = append(texts, scheduleText{part.Name(), settings})
	}
	return texts, nil
}

// decodeSchedule is the inverse of encodeSchedule.
func decodeSchedule(texts []scheduleText) (Schedule, error) {
	if len(texts) > maxSchedules {
		return nil, fmt.Errorf("a schedule of %d: want at most %d", len(texts), maxSchedules)
	}
	var whole Schedule
	for _, text := range slices.Backward(texts) {
		s, err := text.decode(whole)
		if err != nil {
			return nil, fmt.Errorf("schedule %.40q: %w", text.Name, err)
		}
		whole = s
	}
	return whole, nil
}

// decode is the schedule that the text describes; it may change the one behind it.
func (t scheduleText) decode(behind Schedule) (Schedule, error) {
	switch t.Name {
	case "constant":
		return decodeAs[Constant](t.Settings)
	case "piecewise_constant_decay":
		return decodeAs[PiecewiseConstantDecay](t.Settings)
	case "exponential_decay":
		return decodeAs[ExponentialDecay](t.Settings)
	case "cosine_decay":
		return decodeAs[CosineDecay](t.Settings)
	case "one_cycle":
		return decodeAs[OneCycle](t.Settings)
	case "linear_warmup":
		s, err := decodeAs[LinearWarmup](t.Settings)
		s.Then = behind
		return s, err
	case "scaled":
		s, err := decodeAs[Scaled](t.Settings)
		s.Of = behind
		return s, err
	}
	return nil, fmt.Errorf("not known to this program")
}

// maxText is the most bytes of a text that describes something. More layers than
// have one so long are more than a header has room for.
const maxText = 1 << 20

// decodeAs reads JSON. A member that this program does not know is an error: it
// may be a setting of a later version, without which training would differ.
func decodeAs[T any](text []byte) (value T, err error) {
	if len(text) > maxText {
		return value, fmt.Errorf("%d bytes: want at most %d", len(text), maxText)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&value); err != nil {
		return value, fmt.Errorf("%.200v", err) // it may quote all of the text
	}
	if _, err := d.Token(); err != io.EOF {
		return value, fmt.Errorf("more than one value")
	}
	return value, nil
}
