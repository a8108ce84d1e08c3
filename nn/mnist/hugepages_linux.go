package mnist

import "syscall"

// adviseHugePages asks for huge pages behind b. They are a matter of speed
// alone, so a refusal is none of the caller's business.
func adviseHugePages(b []byte) {
	const hugePage = 2 << 20
	if len(b) >= hugePage {
		_ = syscall.Madvise(b, syscall.MADV_HUGEPAGE)
	}
}
