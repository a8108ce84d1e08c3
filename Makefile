# The targets that people use: run, test, bench, generate, check.

GO ?= go
QEMU_ARM64 ?= qemu-aarch64-static
QEMU_AMD64 ?= qemu-x86_64-static
LLVM_MCA ?= llvm-mca

.PHONY: run test bench bench-quick bench-record bench-compare bench-gate-check bench-peers bench-peers-gemm bench-peers-nn account report readme mca generate check
run: ## train the reference model
	$(GO) run ./cmd/mnist-fast

test: ## all tests, on the tiers that this machine has
	$(GO) test ./...

bench: ## everything, to bench.txt, in 10 to 20 minutes
	$(GO) run ./bench/run

bench-quick: ## what matters most, in two minutes, with a table at the end
	$(GO) run ./bench/run -quick

bench-record: ## everything, to bench/baseline/<cpu>/$(NAME).txt: current, or a version
	$(GO) run ./bench/run -record $(NAME)
NAME = current

# Of a change: make bench-compare BASE=main (go doc ./bench/compare).
bench-compare: ## what became slower since the revision BASE
	$(GO) run ./bench/compare $(COMPARE_FLAGS) $(BASE)
BASE = HEAD~1

# Wants a quiet machine, and an hour.
bench-gate-check: ## what bench-compare finds where nothing changed, and where GEMM got 5 % slower
	$(GO) test -run 'TestGate$$' -timeout 6h ./bench/compare -v -gate 20

# PEERS_FLAGS are the flags of BenchmarkPeers (go doc ./bench), for instance
# '-peers.tier=avx2', and NN_FLAGS those of bench/peers (go doc ./bench/peers).
# With PEERS_ROOT, a folder with a system of its own, they run there (as root),
# with the libraries of that system. What they measure is recorded in peers-*.txt.
bench-peers: bench-peers-gemm bench-peers-nn ## side by side with other libraries

ifdef PEERS_ROOT
bench-peers-gemm:
	CGO_ENABLED=0 $(GO) test -c -o $(PEERS_ROOT)/tmp/bench.test ./bench
	chroot $(PEERS_ROOT) /tmp/bench.test -test.run '^$$' -test.bench Peers -test.benchtime 1x -peers.o /tmp/peers-gemm.txt $(PEERS_FLAGS)
	cp $(PEERS_ROOT)/tmp/peers-gemm.txt .
bench-peers-nn:
	CGO_ENABLED=0 $(GO) build -o $(PEERS_ROOT)/tmp/peers ./bench/peers
	chroot $(PEERS_ROOT) /tmp/peers -o /tmp/peers-nn.txt $(NN_FLAGS)
	cp $(PEERS_ROOT)/tmp/peers-nn.txt .
else
bench-peers-gemm:
	$(GO) test -run '^$$' -bench Peers -benchtime 1x ./bench -peers.o $(CURDIR)/peers-gemm.txt $(PEERS_FLAGS)
bench-peers-nn:
	$(GO) run ./bench/peers -o peers-nn.txt $(NN_FLAGS)
endif

# Wants a quiet machine, for three minutes.
account: ## where the time of a step goes: bench/account.md, of what is recorded for this machine
	$(GO) run ./bench/run -account -record account
	$(GO) run ./bench/readme

report: ## a page and pictures of what was recorded, in bench/pictures
	$(GO) run ./bench/report

readme: ## the tables of README.md and bench/account.md, from what was recorded
	$(GO) run ./bench/readme

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

PLATFORMS = linux/amd64 linux/arm64 linux/arm linux/riscv64 js/wasm windows/amd64
check-vet:
	for p in $(PLATFORMS); do \
		echo "vet $$p"; GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) vet ./... || exit 1; \
		for tags in purego noasm; do \
			echo "vet $$p $$tags"; GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) vet -tags $$tags ./kernels/... || exit 1; \
		done; \
	done
	$(GO) vet -tags slowgemm ./kernels

BINARIES = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
check-build:
	for p in $(BINARIES); do \
		echo "build $$p"; CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) build -o /dev/null ./cmd/mnist-fast || exit 1; \
	done

check-purego:
	$(GO) test -short -tags purego ./kernels/... ./nn/...

# Without what takes minutes more under the detector and shows it nothing new: tests where
# nothing runs at once, and plain Go where there is a run with each tier.
RACELESS = TestGradients$$|Load(Of|FromAPipe|WeightsOf)|Everything|TestHelp(Names)?$$|TestInfo$$|UnknownTier|FullStdout|//tier=generic
check-race:
	$(GO) test -short -race -skip '$(RACELESS)' ./kernels/... ./nn/... ./cmd/...

# The weights of the reference run, on every tier, with every number of workers.
check-bits:
	$(GO) test -run 'TestBits$$' ./nn -all-workers

# Older and other processors, emulated: the tiers that each must and must not
# have, and the same bits as everywhere (of the reference run with NEON and one
# number of workers alone: in plain Go it takes minutes more). What is of Go and not of
# instructions is left to this processor, and so is what takes long in plain Go.
SCHEDULED = UnevenProducts|SteadyState|ManyGoroutines|HelpersComeAndGo
check-emulated:
	KERNELS_TEST_TIERS='generic avx2' $(GO) test -short -skip '$(SCHEDULED)' -exec '$(QEMU_AMD64) -cpu Haswell' ./kernels/...
	KERNELS_TEST_TIERS=generic $(GO) test -short -skip '$(SCHEDULED)|Blocking|TeamGemm|LargeProducts' -exec '$(QEMU_AMD64) -cpu Nehalem' ./kernels/...
	GOARCH=arm64 KERNELS_TEST_TIERS='generic neon' $(GO) test -short -skip '$(SCHEDULED)' -exec $(QEMU_ARM64) ./kernels/...
	GOARCH=arm64 $(GO) test -short -exec $(QEMU_ARM64) -run 'Bits|Keras|Series|Schedules|LeftOut' ./nn ./nn/augment
	GOARCH=arm64 $(GO) test -timeout 30m -exec $(QEMU_ARM64) -run 'TestBits$$/tier=neon/workers=3$$' ./nn

# Not a part of check, for it boots an emulated PC, which takes minutes, and wants
# what .ci/emulate-avx512 names. FLAGS are those of test programs:
# make check-avx512-emulated FLAGS='-test.run Sparse'.
.PHONY: check-avx512-emulated
check-avx512-emulated: ## the kernels of AVX-512, on an emulated processor that has it
	.ci/emulate-avx512 $(FLAGS)
