package augment

import "math"

// A pose says where an image is put: its points are scaled, sheared and turned
// about its middle, and then moved.
type pose struct {
	scaleX, scaleY float64
	shear          float64 // of x by y
	rotation       float64 // in degrees, from x to y
	x, y           float64 // in pixels
}

// draw returns a pose within the settings.
func (s Settings) draw(r *random) pose {
	return pose{
		scaleX:   1 + r.around(s.Scale),
		scaleY:   1 + r.around(s.Scale),
		shear:    r.around(s.Shear),
		rotation: r.around(s.Rotation),
		x:        r.around(s.Shift),
		y:        r.around(s.Shift),
	}
}

// An affine map takes the point (x, y) to (xx·x + xy·y + x0, yx·x + yy·y + y0).
type affine struct{ xx, xy, x0, yx, yy, y0 float64 }

// inverse is the map from a point of the new image to one of the old, both seen
// from the middle: what to show there.
func (p pose) inverse() affine {
	sin, cos := sincos(p.rotation)
	a := affine{
		xx: (cos + float64(p.shear*sin)) / p.scaleX,
		xy: (sin - float64(p.shear*cos)) / p.scaleX,
		yx: -sin / p.scaleY,
		yy: cos / p.scaleY,
	}
	a.x0 = -float64(a.xx*p.x) - float64(a.xy*p.y)
	a.y0 = -float64(a.yx*p.x) - float64(a.yy*p.y)
	return a
}

// sincos returns sine and cosine of an angle, the same bits on every machine:
// Taylor's series for the part beyond a multiple of 90 degrees.
func sincos(degrees float64) (sin, cos float64) {
	quarters := 0
	for ; degrees > 45; degrees -= 90 {
		quarters++
	}
	for ; degrees < -45; degrees += 90 {
		quarters += 3
	}
	x := degrees * (math.Pi / 180)
	term := 1.0 // xⁿ / n!
	for n := 0.0; n < 20; n += 4 {
		cos += term
		term *= x / (n + 1)
		sin += term
		term *= x / (n + 2)
		cos -= term
		term *= x / (n + 3)
		sin -= term
		term *= x / (n + 4)
	}
	for range quarters {
		sin, cos = cos, -sin
	}
	return sin, cos
}
