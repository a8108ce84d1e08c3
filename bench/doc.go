// Package bench measures the kernels and the trainer, alone and beside other
// libraries. It has only tests; run them from the root of the repository. The
// commands below it make use of them, and are told of by go doc:
//
//	bench/run      records everything with the machine it ran on; a table in two minutes
//	bench/compare  what a change made slower, with an exit status
//	bench/peers    training and prediction beside PyTorch, ONNX Runtime, scikit-learn
//	bench/report   a page and pictures of what was recorded
//	bench/readme   the tables of README.md and account.md, from what was recorded
//
// bench/baseline has what was recorded, in a folder for each kind of processor:
// current.txt, a file for each released version (v1.2.3.txt), account.txt, and
// peers-*.txt.
//
// # The kernels
//
// BenchmarkGemm multiplies matrices of many shapes (the products of the reference
// model, and squares) on every tier that the machine has:
//
//	go test ./bench -run '^$' -bench Gemm -count 10 | tee new.txt
//	go tool benchstat -col /tier new.txt
//
// The name of a case says all about it, as in
//
//	Gemm/tier=avx512/m=32/k=784/n=256/op=nn/workers=1
//
// and so selects it: -bench 'Gemm/tier=avx2/m=32/.*/workers=1'. The product is
// m × k by k × n; the letters of op say of each operand whether it lies in memory
// as it is (n) or transposed (t). The results are
//
//	sec/op     the time of a product
//	GFLOP/s    10⁹ multiplications and additions in a second
//	ceiling-%  GFLOP/s in percent of what the tier's fused multiply-adds reach on
//	           registers alone, on all workers, measured just before and after
//
// Processors differ, clocks change and neighbours interfere, so compare what was
// measured side by side. ceiling-% is the fairest of the three between machines.
// benchstat tells a change from chance, given some ten runs of each side:
//
//	go tool benchstat old.txt new.txt
//	go tool benchstat -col /workers -filter '/tier:avx512 .unit:GFLOP/s' new.txt
//	go tool benchstat -col /tier -row /m,/k,/n,/op -filter '/workers:1' new.txt
//
// The results are headed by what they depend on: commit, processor, caches, system,
// and the FMA ceiling of each tier, in GFLOP/s of one worker.
//
// # Training and prediction
//
// BenchmarkStep is a step of training, BenchmarkEpoch a pass over MNIST, and
// BenchmarkPredict a prediction:
//
//	Step/model=reference/batch=32/input=mnist/tier=avx2/workers=2
//
// The models are reference (784-256-128-10), wide (784-2048-2048-10), small
// (64-64-64-4) and one-layer (784-30-10). input=random has no zeros, which MNIST has
// many of. samples/s counts samples; GFLOP/s counts the operations of the products.
//
// # The account of a step
//
// BenchmarkStepAccount says where the time of a step goes, from a CPU profile that is
// sorted by the kernel at work and by what called it, and what each part must take, at
// the rates that the same process reaches:
//
//	StepAccount/model=reference/input=mnist/batch=32/tier=avx2/workers=2/part=updates
//	go test ./bench -run '^$' -bench StepAccount/model=reference -benchtime 1x
//
// The profile takes -account.time, by default 5 s, and not -benchtime. The results are
//
//	sec/op         the time of the part, as the mean of the workers
//	samples        those of the profile that it is from
//	deviation-sec  the standard error of the time, which comes from counting them
//	floor-sec      what the part must take: the longest of fma-sec, bytes-sec and
//	               divider-sec
//	floor-%        the floor in percent of the time
//
// The profile is taken again if something else ran on the cores just before it or just
// after, as under Peers, below, for up to -account.wait, by default 30 s.
//
// part=all is the step. Its alone-% is how often nothing else ran there, in the end;
// its busy-% is how much of the time the workers had a processor: were it less than 95
// or so, something else ran in this system. Its other results are the rates.
// account.md says what the parts are, and has tables.
//
// BenchmarkScaling is a step over sizes of batches and widths of layers, 0.3 s a point:
//
//	Scaling/batch=4096/tier=avx2/workers=2
//	Scaling/width=4096/tier=avx2/workers=2
//
// # Peers
//
// BenchmarkPeers lets C libraries (OpenBLAS, BLIS, oneDNN, MKL) and gonum compute
// the same products in the same process, and prints a table:
//
//	go test ./bench -run '^$' -bench Peers
//
// It takes some two minutes, and is skipped where no library is found,
// or none can be called: the way into C is github.com/ebitengine/purego, on Linux
// and macOS, amd64 and arm64. On Debian, libopenblas0-pthread, libblis4-pthread,
// libdnnl3.6 and libmkl-rt are such libraries. Flags:
//
//	-peers.tier=avx2      our tier, by default the best; the peers keep to AVX2, too
//	-peers.workers=2      threads of each contestant, by default 1
//	-peers.rounds=20      measurements of each, by default 10
//	-peers.wait=5s        how long each may wait to have the core to itself, by default 1s
//	-peers.packed=false   ours reads weights as they lie; by default it packs them once
//	-peers.shapes=b32     only shapes whose names match, a regular expression
//	-peers.with=gonum,openblas=/opt/lib/libopenblas.so
//	                      only these peers, with the path of a library that is
//	                      elsewhere; BENCH_PEERS in the environment is the default
//
//	-peers.o=peers-gemm.txt
//	                      a file for all measurements, in benchmark format
//
// To compare with the libraries of another system, unpacked in a folder, as root:
//
//	make bench-peers PEERS_ROOT=/srv/sid PEERS_FLAGS='-peers.tier=avx2'
//
// The columns are the median GFLOP/s of each contestant, and of the ceiling; then
// ours as a share of the ceiling, of the best peer, and of gonum. A ~ marks a
// share of the best peer that may be chance. The last lines are geometric means
// over all shapes, and the shapes at which a peer is faster.
//
// A * marks products with weights, an operand that many products have in common.
// Ours packs them beforehand, by kernels.Core.Pack, as who trains or predicts can;
// the peers get them as they lie, and may have functions for that, too, which are not
// called here. -peers.packed=false shows what the packing is worth.
//
// What makes the comparison fair:
//
//   - The contestants take turns, shape by shape, round by round: a slow minute of
//     the machine hits them all. Each turn waits until threads left spinning by
//     the one before are asleep, then warms up, with a call at least; more than one
//     thread get 25 ms, for the operating system to find a processor for each.
//   - A and B are shared and begin at cache lines; each has a C of its own. Before
//     anything is measured, all results must agree with ours.
//   - Times are counted in cycles, by a chain of multiplications before and after each
//     millisecond, and told for the median clock: some clocks change by a fifth within
//     milliseconds. So is the ceiling.
//   - A millisecond in which something else ran on the core is measured again: in a
//     virtual machine, another one's program on the core's second hardware thread takes
//     up to half of the speed, unseen by any count. Additions that a core alone can make
//     several of at once, before and after, take longer then. A line below the table
//     says how much could not be had without.
//   - The way into C and back takes some 35 ns, which is measured in every round
//     and subtracted. Our products are followed by the same, so that they have no
//     advantage by filling the processor's pipeline without a break.
//   - The libraries get the number of threads, and the instructions of the tier,
//     by the environment variables that the benchmark prints; what those named
//     before in the environment does not count. Each library's function is
//     checked to come from its own file.
//
// Two things to keep in mind. BLIS built with pthreads starts its threads anew in
// every call, and does so more slowly in a process of Go than in one of C. And
// MKL picks its kernels by the maker of the processor.
package bench
