# The targets that people use: run, test, bench, generate, check.

GO ?= go
QEMU_ARM64 ?= qemu-aarch64-static
QEMU_AMD64 ?= qemu-x86_64-static
LLVM_MCA ?= llvm-mca

.PHONY: run test bench bench-peers mca generate check
run: ## train the reference model
	$(GO) run ./cmd/mnist-fast

test: ## all tests, on the tiers that this machine has
	$(GO) test ./...

bench: ## the kernels, by tier
	$(GO) test -run '^$$' -bench . ./kernels/...
	$(GO) test -run '^$$' -bench Gemm ./bench

# PEERS_FLAGS are the flags of BenchmarkPeers (go doc ./bench), for instance
# '-peers.tier=avx2'. With PEERS_ROOT, a folder with a system of its own, it
# runs there (as root), with the libraries of that system.
bench-peers: ## GEMM beside C libraries and gonum
ifdef PEERS_ROOT
	CGO_ENABLED=0 $(GO) test -c -o $(PEERS_ROOT)/tmp/bench.test ./bench
	chroot $(PEERS_ROOT) /tmp/bench.test -test.run '^$$' -test.bench Peers $(PEERS_FLAGS)
else
	$(GO) test -run '^$$' -bench Peers ./bench $(PEERS_FLAGS)
endif

# Of version 19 or later: make mca LLVM_MCA=llvm-mca-19, of Debian's and Ubuntu's package llvm-19.
mca: ## how near the NEON tiles come to the FMLA limit, estimated by llvm-mca
	$(GO) test -count=1 -v -run MCA ./asm/arm64 -mca $(LLVM_MCA)

generate: ## rebuild the assembly
	$(GO) generate ./...

check: check-format check-generated check-vet check-build check-purego check-race check-bits check-emulated ## what CI checks beyond the tests

# Not a part of check, which needs no network but Go's: ONNX Runtime from npm, in a
# folder outside the repository (its install script would fetch parts for GPUs),
# and the safetensors package, if SAFETENSORS_PYTHON, or python3, has it.
NODE_PREFIX ?= $(HOME)/.cache/mnist-fast/node
.PHONY: check-formats
check-formats: ## exported models in the programs that they are for
	npm install --prefix '$(NODE_PREFIX)' --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
	ONNXRUNTIME_NODE='$(NODE_PREFIX)' $(GO) test -count=1 -v -run ONNXRuntime ./nn/onnx
	$(GO) test -count=1 -v -run ReferencePackage ./nn

.PHONY: check-format check-generated check-vet check-build check-purego check-race check-bits check-emulated
check-format:
	@files=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$files" || { echo "not formatted: $$files"; exit 1; }
	$(GO) mod tidy -diff

# Generated files are rebuilt from nothing and must come out the same.
check-generated:
	rm -f $$(grep -l '^// Code generated' kernels/internal/micro/*)
	$(GO) generate ./kernels/...
	git diff --exit-code
	test -z "$$(git status --porcelain --untracked-files=normal)"

PLATFORMS = linux/amd64 linux/arm64 linux/riscv64 js/wasm windows/amd64
check-vet:
	for p in $(PLATFORMS); do for tags in '' purego noasm; do \
		echo "vet $$p $$tags"; GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) vet -tags "$$tags" ./... || exit 1; \
	done; done

BINARIES = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
check-build:
	for p in $(BINARIES); do \
		echo "build $$p"; CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) build -o /dev/null ./cmd/mnist-fast || exit 1; \
	done

check-purego:
	$(GO) test -short -tags purego ./kernels/... ./nn/...

check-race:
	$(GO) test -short -race ./kernels/... ./nn/... ./cmd/...

# The weights of the reference run, on every tier, with every number of workers.
check-bits:
	$(GO) test -run 'TestBits$$' ./nn -all-workers

# Older and other processors, emulated: the tiers that each must and must not
# have, and the same bits as everywhere.
check-emulated:
	KERNELS_TEST_TIERS='generic avx2' $(GO) test -short -exec '$(QEMU_AMD64) -cpu Haswell' ./kernels/...
	KERNELS_TEST_TIERS=generic $(GO) test -short -exec '$(QEMU_AMD64) -cpu Nehalem' ./kernels/...
	GOARCH=arm64 KERNELS_TEST_TIERS='generic neon' $(GO) test -short -exec $(QEMU_ARM64) ./kernels/... ./nn
	GOARCH=arm64 $(GO) test -timeout 30m -exec $(QEMU_ARM64) -run 'TestBits$$' ./nn -all-workers
