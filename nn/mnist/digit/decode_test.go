package digit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// stroke returns a white picture with a black upright stroke.
func stroke(width, height int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := height / 4; y < height*3/4; y++ {
		for x := width * 2 / 5; x < width*3/5; x++ {
			img.SetGray(x, y, color.Gray{})
		}
	}
	return img
}

func pngFile(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegFile(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pngOfSize returns the start of a PNG file that claims to be of a size.
func pngOfSize(width, height uint32) []byte {
	chunk := []byte("IHDR")
	chunk = binary.BigEndian.AppendUint32(chunk, width)
	chunk = binary.BigEndian.AppendUint32(chunk, height)
	chunk = append(chunk, 8, 0, 0, 0, 0) // 8 bits a pixel, grey
	file := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	file = append(file, chunk...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(chunk))
}

func TestDecodeReadsPNGAndJPEG(t *testing.T) {
	img := stroke(40, 30)
	for name, file := range map[string][]byte{"PNG": pngFile(t, img), "JPEG": jpegFile(t, img)} {
		got, err := Decode(iotest.OneByteReader(bytes.NewReader(file)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got.Bounds() != img.Bounds() {
			t.Errorf("%s: bounds %v, want %v", name, got.Bounds(), img.Bounds())
		}
	}
}

func TestDecodeRefusesLargePicturesByTheirHeader(t *testing.T) {
	for _, size := range [][2]uint32{
		{4097, 4096},
		{1<<31 - 1, 1},
		{1, 16<<10 + 1},
		{1 << 20, 1 << 20},
	} {
		_, err := Decode(bytes.NewReader(pngOfSize(size[0], size[1])))
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%d×%d: error %v, want ErrTooLarge", size[0], size[1], err)
		}
	}
	_, err := Decode(bytes.NewReader(pngOfSize(4096, 4096)))
	if err == nil || errors.Is(err, ErrTooLarge) {
		t.Errorf("at the limit: error %v, want that the rest is missing", err)
	}
}

func TestDecodeStopsReadingAtItsLimit(t *testing.T) {
	file := jpegFile(t, stroke(40, 30))
	comment := append([]byte{0xff, 0xfe, 0xff, 0xff}, make([]byte, 0xfffd)...)
	endless := io.MultiReader(bytes.NewReader(file[:2]), &repeat{data: comment})
	if _, err := Decode(endless); !errors.Is(err, ErrTooLarge) {
		t.Errorf("error %v, want ErrTooLarge", err)
	}
}

// repeat is an endless reader of data, over and over.
type repeat struct {
	data []byte
	at   int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := copy(p, r.data[r.at:])
	r.at = (r.at + n) % len(r.data)
	return n, nil
}

func TestDecodeRefusesDamagedFiles(t *testing.T) {
	p, j := pngFile(t, stroke(40, 30)), jpegFile(t, stroke(40, 30))
	flipped := bytes.Clone(p)
	flipped[len(p)/2] ^= 1
	for _, test := range []struct {
		name string
		file []byte
		want error // nil for any
	}{
		{"empty", nil, image.ErrFormat},
		{"text", []byte("this is not a picture"), image.ErrFormat},
		{"GIF", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"), image.ErrFormat},
		{"PNG cut in its header", p[:20], io.ErrUnexpectedEOF},
		{"PNG cut in its pixels", p[:len(p)/2], nil},
		{"PNG with a flipped bit", flipped, nil},
		{"JPEG cut in its header", j[:20], io.ErrUnexpectedEOF},
		{"JPEG cut in its pixels", j[:len(j)-20], nil},
		{"JPEG of noise", append(j[:2:2], "no marker starts like this"...), nil},
	} {
		_, err := Decode(bytes.NewReader(test.file))
		if err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", test.name, err, test.want)
		} else if !strings.HasPrefix(err.Error(), "digit: ") {
			t.Errorf("%s: error %q does not say where it is from", test.name, err)
		}
	}
}

// FuzzDecode checks that no file makes Decode exceed its limits, nor Decode
// or Prepare panic.
func FuzzDecode(f *testing.F) {
	f.Add(pngFile(f, stroke(10, 12)))
	f.Add(jpegFile(f, stroke(10, 12)))
	f.Add(pngFile(f, image.NewNRGBA(image.Rect(0, 0, 3, 2))))
	f.Add(pngOfSize(1<<31-1, 1<<31-1))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, file []byte) {
		img, err := Decode(bytes.NewReader(file))
		if err != nil {
			return
		}
		if b := img.Bounds(); b.Dx()*b.Dy() > maxPixels {
			t.Fatalf("decoded %v", b)
		}
		pixels, err := Prepare(img, 28, 28)
		if err == nil && len(pixels) != 28*28 {
			t.Errorf("%d pixels", len(pixels))
		}
	})
}
