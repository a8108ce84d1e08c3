package nn

import (
	"fmt"
	"math"
	"strconv"
)

// A Monitor is the number of an epoch that callbacks and checkpoints go by. Of
// a loss, less is better; of an accuracy, more.
type Monitor uint8

// The monitors. The first two need validation data.
const (
	ValLoss Monitor = iota
	ValAccuracy
	TrainLoss
	TrainAccuracy
)

var monitorNames = []string{ValLoss: "val_loss", ValAccuracy: "val_accuracy", TrainLoss: "loss", TrainAccuracy: "accuracy"}

// String returns the name that Keras has for the monitor.
func (m Monitor) String() string { return nameOf(monitorNames, int(m), "Monitor") }

// ParseMonitor is the inverse of Monitor.String.
func ParseMonitor(name string) (Monitor, error) {
	i, err := indexOf(monitorNames, name, "monitor")
	return Monitor(i), err
}

// validate fails if there will be no such number.
func (m Monitor) validate(validation bool) error {
	switch {
	case int(m) >= len(monitorNames):
		return fmt.Errorf("unknown monitor %v", m)
	case (m == ValLoss || m == ValAccuracy) && !validation:
		return fmt.Errorf("monitor %v needs validation data", m)
	}
	return nil
}

// of is the monitor's number.
func (m Monitor) of(e Epoch) float64 {
	switch m {
	case ValLoss:
		return e.Validation.Loss
	case ValAccuracy:
		return e.Validation.Accuracy
	case TrainLoss:
		return e.Loss
	}
	return e.Accuracy
}

func (m Monitor) isAccuracy() bool { return m == ValAccuracy || m == TrainAccuracy }

// worst is what every number is better than.
func (m Monitor) worst() number {
	if m.isAccuracy() {
		return number(math.Inf(-1))
	}
	return number(math.Inf(1))
}

// better reports whether x is better than best by more than delta. NaN never is.
func (m Monitor) better(x float64, best number, delta float64) bool {
	if m.isAccuracy() {
		return x > float64(best)+delta
	}
	return x < float64(best)-delta
}

// A number is a float64 that JSON can hold whatever it is.
type number float64

func (n number) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

func (n *number) UnmarshalText(text []byte) error {
	x, err := strconv.ParseFloat(string(text), 64)
	*n = number(x)
	return err
}
