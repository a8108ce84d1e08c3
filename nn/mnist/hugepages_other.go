//go:build !linux

package mnist

func adviseHugePages([]byte) {}
