package augment

import (
	"math"
	"testing"
)

func TestSincos(t *testing.T) {
	for degrees := -180.0; degrees <= 180; degrees += 0.25 {
		sin, cos := sincos(degrees)
		wantSin, wantCos := math.Sincos(degrees * math.Pi / 180)
		if math.Abs(sin-wantSin) > 1e-15 || math.Abs(cos-wantCos) > 1e-15 {
			t.Errorf("sincos(%v) = %v, %v, want %v, %v", degrees, sin, cos, wantSin, wantCos)
		}
	}
	for quarters, want := range [][2]float64{{0, 1}, {1, 0}, {0, -1}} {
		if sin, cos := sincos(90 * float64(quarters)); sin != want[0] || cos != want[1] {
			t.Errorf("%d quarters: %v, %v, want exactly %v", quarters, sin, cos, want)
		}
	}
}

// The inverse takes every point back to where it came from.
func TestInverseOfPose(t *testing.T) {
	r := &random{}
	r.start(1, 0, 0)
	s := Settings{Shift: 5, Rotation: 180, Scale: 0.5, Shear: 1}
	for range 100 {
		p := s.draw(r)
		x, y := r.around(20), r.around(20)
		sin, cos := math.Sincos(p.rotation * math.Pi / 180)
		x1, y1 := p.scaleX*x+p.shear*p.scaleY*y, p.scaleY*y
		x1, y1 = cos*x1-sin*y1+p.x, sin*x1+cos*y1+p.y
		a := p.inverse()
		backX, backY := a.xx*x1+a.xy*y1+a.x0, a.yx*x1+a.yy*y1+a.y0
		if math.Hypot(backX-x, backY-y) > 1e-12 {
			t.Errorf("%+v takes (%v, %v) back to (%v, %v)", p, x, y, backX, backY)
		}
	}
}

// Every number of a pose is even over its range.
func TestPosesFillTheirRanges(t *testing.T) {
	const n = 20000
	s := Settings{Shift: 2, Rotation: 15, Scale: 0.25, Shear: 0.5}
	for _, c := range []struct {
		name      string
		get       func(p pose) float64
		low, high float64
	}{
		{"x", func(p pose) float64 { return p.x }, -2, 2},
		{"y", func(p pose) float64 { return p.y }, -2, 2},
		{"rotation", func(p pose) float64 { return p.rotation }, -15, 15},
		{"scaleX", func(p pose) float64 { return p.scaleX }, 0.75, 1.25},
		{"scaleY", func(p pose) float64 { return p.scaleY }, 0.75, 1.25},
		{"shear", func(p pose) float64 { return p.shear }, -0.5, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			var counts [10]int
			for i := range n {
				var r random
				r.start(1, 1, i)
				at := (c.get(s.draw(&r)) - c.low) / (c.high - c.low)
				if !(at >= 0 && at < 1) {
					t.Fatalf("sample %d: at %v of the range", i, at)
				}
				counts[int(at*10)]++
			}
			for i, count := range counts { // binomial: standard deviation 42
				if math.Abs(float64(count)-n/10) > 200 {
					t.Errorf("%d of %d in tenth %d", count, n, i)
				}
			}
		})
	}
}

// Streams of samples and epochs that are near have nothing in common.
func TestStreamsAreApart(t *testing.T) {
	seen := map[uint64]bool{}
	ones := 0
	for epoch := range 20 {
		for sample := range 500 {
			var r random
			r.start(1, epoch, sample)
			x := r.source.Uint64()
			if seen[x] {
				t.Fatalf("epoch %d, sample %d begins as another", epoch, sample)
			}
			seen[x] = true
			r.start(1, epoch, sample+1)
			for b := x ^ r.source.Uint64(); b != 0; b &= b - 1 {
				ones++
			}
		}
	}
	// Of 640,000 bits half should differ: standard deviation 400.
	if ones < 318000 || ones > 322000 {
		t.Errorf("%d of 640000 bits differ between neighbours", ones)
	}
}
