package mnist

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Why Zstandard: size of the training images, 47 MB as stored, and time to
// decode them on two cores, in parts of 2 MiB, into memory touched before:
//
//	gzip, whole, standard library   9.9 MB  157 ms
//	zstd, level "best"              9.2 MB   23 ms
//	zstd, level "better"            9.7 MB   18 ms
//	s2, level "best"               12.4 MB   14 ms
//
// Level "better" is within 4 ms of s2 for 2.7 MB less in every program.

// A frame is an independently compressed part of a file.
type frame struct {
	data []byte // compressed
	size int    // decompressed, in bytes
}

// expand decompresses the frames of a Zstandard file in parallel, each
// straight into its place in one buffer of exact size.
func expand(z []byte) ([]byte, error) {
	frames, size, err := split(z)
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return nil, err
	}
	defer dec.Close()

	out := alloc(size)
	errs := make([]error, len(frames))
	var wg sync.WaitGroup
	at := 0
	for i, f := range frames {
		dst := out[at : at : at+f.size] // the decoder appends, within this capacity
		at += f.size
		wg.Go(func() { _, errs[i] = dec.DecodeAll(f.data, dst) })
	}
	wg.Wait()
	return out, errors.Join(errs...)
}

// split cuts a Zstandard file into its frames, and returns their total size
// once decompressed. Every frame must state its size.
func split(z []byte) (frames []frame, size int, err error) {
	for len(z) > 0 {
		var h zstd.Header
		if err := h.Decode(z); err != nil {
			return nil, 0, fmt.Errorf("zstd frame %d: %w", len(frames), err)
		}
		if !h.HasFCS || h.HasCheckSum {
			return nil, 0, fmt.Errorf("zstd frame %d: want a size and no checksum", len(frames))
		}
		n, err := blocksLen(z[h.HeaderSize:])
		if err != nil {
			return nil, 0, fmt.Errorf("zstd frame %d: %w", len(frames), err)
		}
		n += h.HeaderSize
		frames = append(frames, frame{data: z[:n], size: int(h.FrameContentSize)})
		size += int(h.FrameContentSize)
		z = z[n:]
	}
	return frames, size, nil
}

// blocksLen returns the length of the blocks of the frame that z starts in,
// from their headers (RFC 8878, section 3.1.1.2).
func blocksLen(z []byte) (int, error) {
	const headerLen, rle = 3, 1
	for at := 0; at+headerLen <= len(z); {
		h := binary.LittleEndian.Uint32([]byte{z[at], z[at+1], z[at+2], 0})
		last, kind, n := h&1 == 1, h>>1&3, int(h>>3)
		if kind == rle {
			n = 1 // a single byte, repeated
		}
		at += headerLen + n
		if last && at <= len(z) {
			return at, nil
		}
	}
	return 0, io.ErrUnexpectedEOF
}
