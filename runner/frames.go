package runner

import (
	"encoding/binary"
	"fmt"
	"io"
)

// The streams of a container that the engine sends multiplexed.
const (
	streamStdout = 1
	streamStderr = 2
)

// maxFrame bounds what one frame may claim to hold, in bytes. The engine cuts
// log messages at 16 KiB and attached output at its copy buffer; anything far
// beyond means that the bytes are no frames.
const maxFrame = 16 << 20

// frameReader reads the engine's multiplexed format: an eight-byte header with
// the stream in byte 0 and the payload's length in bytes 4 to 7, then the
// payload. A frame that was cut short ends in io.ErrUnexpectedEOF.
type frameReader struct {
	r io.Reader
}

// header reads the next frame's stream and length. io.EOF is the regular end.
func (f frameReader) header() (stream byte, length int, err error) {
	var h [8]byte
	if _, err := io.ReadFull(f.r, h[:]); err != nil {
		return 0, 0, err
	}
	n := binary.BigEndian.Uint32(h[4:])
	if h[0] > 3 || n > maxFrame {
		return 0, 0, fmt.Errorf("the engine sent bytes that are no frame of a container's output: % x", h)
	}
	return h[0], int(n), nil
}

// next reads a whole frame. The payload is valid until the next call when buf
// is reused.
func (f frameReader) next(buf []byte) (stream byte, payload []byte, err error) {
	stream, n, err := f.header()
	if err != nil {
		return 0, nil, err
	}
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	payload = buf[:n]
	if _, err := io.ReadFull(f.r, payload); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return stream, payload, nil
}
