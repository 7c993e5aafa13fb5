//go:build !windows

package ui

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/netstacks/netstacks-plugin/studio"
)

// glass is what a terminal shows of what was written to it: lines, of plain text.
type glass struct {
	lines []string
	row   int
	col   int
}

// take acts on text, line breaks, and the sequences that frames are made of.
func (g *glass) take(t *testing.T, out string) {
	t.Helper()
	for len(out) > 0 {
		switch {
		case strings.HasPrefix(out, "\x1b["):
			end := strings.IndexAny(out[2:], "HKm") + 2
			var row, col int
			switch sequence := out[:end+1]; {
			case sequence == ansi.CursorHomePosition:
				g.row, g.col = 0, 0
			case sequence == ansi.EraseLineRight:
				g.lines[g.row] = g.lines[g.row][:min(g.col, len(g.lines[g.row]))]
			case func() bool { n, _ := fmt.Sscanf(sequence, "\x1b[%d;%dH", &row, &col); return n >= 1 }():
				g.row, g.col = max(row, 1)-1, max(col, 1)-1
			default:
				t.Fatalf("what is %q?", sequence)
			}
			out = out[end+1:]
		case out[0] == '\r':
			g.col, out = 0, out[1:]
		case out[0] == '\n':
			g.row, out = g.row+1, out[1:]
		default:
			line := g.lines[g.row]
			g.lines[g.row] = line[:g.col] + out[:1] + line[min(g.col+1, len(line)):]
			g.col, out = g.col+1, out[1:]
		}
	}
}

// TestFramesDrawnAtOnceAndByBubbleTeaAgree: whatever the order of frames and of
// Bubble Tea's ticks, an urgent frame is on the screen at once, and after a tick
// the last frame is.
func TestFramesDrawnAtOnceAndByBubbleTeaAgree(t *testing.T) {
	const height, width = 4, 6
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 0))
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		s := &screen{File: write}
		g := &glass{lines: make([]string, height)}
		took := func() {
			t.Helper()
			buf := make([]byte, 1<<16)
			n, err := read.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			g.take(t, string(buf[:n]))
		}
		var latest, drawn []string // the last frame, and what Bubble Tea drew last
		var log []string
		for range 40 {
			if latest == nil || random.IntN(3) > 0 { // a frame
				latest = make([]string, height)
				for i := range latest {
					latest[i] = strings.Repeat([]string{"a", "b"}[random.IntN(2)], 1+random.IntN(width))
				}
				urgent := random.IntN(3) == 0
				log = append(log, fmt.Sprint("frame ", latest, urgent))
				direct, same := urgent || s.ahead != nil, slices.Equal(s.ahead, latest)
				s.show(strings.Join(latest, "\n"), width, urgent)
				if direct && !same {
					took()
				}
				if direct && !slices.Equal(g.lines, latest) {
					t.Fatalf("seed %d: an urgent frame is not on the screen: %q\n%s", seed, g.lines, strings.Join(log, "\n"))
				}
				continue
			}
			log = append(log, "tick")
			if slices.Equal(latest, drawn) {
				continue
			}
			out := ansi.CursorHomePosition
			for i, line := range latest {
				if i >= len(drawn) || drawn[i] != line {
					out += line
					if len(line) < width {
						out += ansi.EraseLineRight
					}
				}
				if i < height-1 {
					out += "\r\n"
				}
			}
			if _, err := s.Write([]byte(out + ansi.CursorPosition(0, height))); err != nil {
				t.Fatal(err)
			}
			took()
			drawn = latest
			if !slices.Equal(g.lines, latest) {
				t.Fatalf("seed %d: after a tick the screen shows %q\n%s", seed, g.lines, strings.Join(log, "\n"))
			}
		}
		_ = read.Close()
		_ = write.Close()
	}
}

func TestOnlyANewCheckIsUrgent(t *testing.T) {
	h := newHarness(t, sampleRunning(), 100, 30)
	h.root.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("2")})
	h.root.Update(clockTickMsg{})
	h.root.Update(snapshotChangedMsg{owner: h.root.owner})
	if h.root.urgent {
		t.Error("a frame is urgent without a check")
	}
	h.project.set(func(sn *studio.Snapshot) { sn.Manifest.At = sampleNow })
	h.root.Update(snapshotChangedMsg{owner: h.root.owner})
	if !h.root.urgent {
		t.Error("the frame of a new check waits")
	}
}
