package account

import (
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// Measure measures rates with the kernels themselves, on all workers at once; flops
// is the ceiling of the fused multiply-adds. Read and Rewrite measure when they are
// called, once for each size, while the team is open.
func Measure(team *kernels.Team, flops float64) Rates {
	return Rates{Flops: flops, Updates: updates(team), Read: remember(func(bytes float64) float64 {
		return stream(team, bytes, func(k *kernels.Core, x []float32) int {
			half := len(x) / 2
			k.Dot(x[:half], x[half:2*half])
			return 2 * half * number
		})
	}), Rewrite: remember(func(bytes float64) float64 {
		return stream(team, bytes, func(k *kernels.Core, x []float32) int {
			k.Scale(x, x, 1)
			return 2 * len(x) * number
		})
	})}
}

// remember calls f once for each argument.
func remember(f func(float64) float64) func(float64) float64 {
	known := map[float64]float64{}
	return func(x float64) float64 {
		if _, ok := known[x]; !ok {
			known[x] = f(x)
		}
		return known[x]
	}
}

// stream measures passes over so many bytes, shared out among the workers; pass
// returns how many bytes it moves. It returns GB/s.
func stream(team *kernels.Team, bytes float64, pass func(k *kernels.Core, x []float32) int) float64 {
	data := make([][]float32, team.Workers())
	for i := range data {
		data[i] = make([]float32, max(16, int(bytes)/number/len(data)))
	}
	return fastest(team, func(rank int, k *kernels.Core) int { return pass(k, data[rank]) })
}

// updates measures Adam in the first-level cache, in weights in a ns.
func updates(team *kernels.Team) float64 {
	const n = 992 // rows of a power of two would fall into the same sets of a cache
	step := kernels.AdamStep{LR: 1e-3, C1: 0.1, C2: 1e-3, Eps: 1e-7, Decay: 1}
	data := make([][]float32, team.Workers())
	for i := range data {
		data[i] = make([]float32, 4*n)
		for j := range data[i] {
			data[i][j] = 0.01 + float32(j%7)
		}
	}
	return fastest(team, func(rank int, k *kernels.Core) int {
		x := data[rank]
		k.Adam(x[:n], x[n:2*n], x[2*n:3*n], x[3*n:], step)
		return n
	})
}

// fastest is the sum of the workers' rates, each in the fastest of some turns, all at
// work at once: what a call returns, in a ns.
func fastest(team *kernels.Team, call func(rank int, k *kernels.Core) int) (sum float64) {
	const enough, atLeast = 15 * time.Millisecond, 30 // turns: any one can be interrupted
	rates := make([]float64, team.Workers())
	team.Run(func(rank int, k *kernels.Core) {
		one := func() int { return call(rank, k) }
		calls := callsOfTurn(one)
		team.Barrier(rank)
		best := 0.0
		for i, began := 0, time.Now(); i < atLeast || time.Since(began) < enough; i++ {
			best = max(best, turn(calls, one))
		}
		rates[rank] = best
	})
	for _, r := range rates {
		sum += r
	}
	return sum
}

// callsOfTurn is how many calls take long enough to be timed.
func callsOfTurn(call func() int) (calls int) {
	const long = 50e3 // ns
	for calls = 1; ; calls *= 2 {
		best := max(turn(calls, call), turn(calls, call), turn(calls, call))
		if float64(calls*call())/best > long {
			return calls
		}
	}
}

// turn makes some calls and returns their rate.
func turn(calls int, call func() int) float64 {
	done, start := 0, time.Now()
	for range calls {
		done += call()
	}
	return float64(done) / float64(max(1, time.Since(start)))
}
