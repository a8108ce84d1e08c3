package digit

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // a format for Decode
	"image/png"
	"io"
)

// Limits of Decode: above what a camera gives for a digit, below what hurts.
const (
	maxPixels = 16 << 20
	maxSide   = 16 << 10
	maxBytes  = 32 << 20
)

// ErrTooLarge is wrapped by the error of [Decode] for a picture over its
// limits.
var ErrTooLarge = errors.New("picture too large")

// Decode reads a PNG or JPEG picture. It refuses, with [ErrTooLarge], one of
// more than 16 megapixels (2²⁴) or 16,384 pixels a side, by its header,
// before it decodes a pixel, and one of which it would read over 32 MiB. For
// what is neither PNG nor JPEG the error wraps [image.ErrFormat].
func Decode(r io.Reader) (image.Image, error) {
	limited := &io.LimitedReader{R: r, N: maxBytes + 1}
	img, err := decode(limited)
	if err != nil && limited.N == 0 {
		err = fmt.Errorf("%w: over %d bytes", ErrTooLarge, maxBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("digit: %w", err)
	}
	return img, nil
}

// decode reads a picture of any number of bytes.
func decode(r io.Reader) (image.Image, error) {
	var head bytes.Buffer // what DecodeConfig reads, to be read again
	c, _, err := image.DecodeConfig(io.TeeReader(r, &head))
	switch {
	case errors.Is(err, png.UnsupportedError("dimension overflow")): // of an int of 32 bits
		return nil, fmt.Errorf("%w: %w", ErrTooLarge, err)
	case err != nil:
		return nil, err
	case c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels:
		return nil, fmt.Errorf("%w: %d×%d pixels", ErrTooLarge, c.Width, c.Height)
	}
	img, _, err := image.Decode(io.MultiReader(&head, r))
	return img, err
}
