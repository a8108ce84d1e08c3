package main

import (
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// processors lists those that this process may use.
func processors() (list []int) {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return nil
	}
	for cpu := range 1024 { // as many as a set can hold
		if set.IsSet(cpu) {
			list = append(list, cpu)
		}
	}
	return list
}

// startOn starts a command on one processor: it inherits what is set for the
// thread that starts it.
func startOn(cpu int, c *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, only unix.CPUSet
	if cpu == anyCPU || unix.SchedGetaffinity(0, &before) != nil {
		return c.Start()
	}
	only.Set(cpu)
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		return err
	}
	defer unix.SchedSetaffinity(0, &before)
	return c.Start()
}
