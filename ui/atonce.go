package ui

import (
	"bytes"
	"os"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
)

// screen is the terminal's output. Bubble Tea writes a frame with its next
// tick, up to 33 ms after it was made. That is soon enough for whatever moves
// by itself, but not for a finding that somebody has saved a file for: such a
// frame is drawn at once.
//
// Bubble Tea draws the same frame again with its tick, by the lines that differ
// from what it drew last. Until then every frame goes both ways, so that no
// line that it takes for unchanged can hold something else.
type screen struct {
	*os.File

	mu    sync.Mutex
	ahead []string // the lines that were drawn at once and that Bubble Tea has yet to draw; nil when there are none
}

// Write is Bubble Tea's way to the terminal.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(p) > len(ansi.CursorHomePosition) && bytes.HasPrefix(p, []byte(ansi.CursorHomePosition)) { // a frame
		s.ahead = nil
	}
	return s.File.Write(p)
}

// show is given every frame, width cells wide. It draws it when it is urgent, or
// when the one before was and Bubble Tea has not caught up.
func (s *screen) show(frame string, width int, urgent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if frame == "" || !urgent && s.ahead == nil {
		return
	}
	lines := strings.Split(frame, "\n")
	var b strings.Builder
	for i, line := range lines {
		if i < len(s.ahead) && s.ahead[i] == line {
			continue
		}
		b.WriteString(ansi.CursorPosition(1, i+1))
		b.WriteString(line)
		if ansi.StringWidth(line) < width { // else it would take the last cell away
			b.WriteString(ansi.EraseLineRight)
		}
	}
	s.ahead = lines
	// A terminal that cannot be written to ends the program elsewhere.
	_, _ = s.File.WriteString(b.String())
}
