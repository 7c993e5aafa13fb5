package ui

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// backgroundWait bounds how long the first frame waits for the terminal to say
// whether its background is dark. A later answer still changes the theme.
const backgroundWait = 100 * time.Millisecond

// backgroundQuery asks for the background colour (OSC 11) and then for the
// device attributes (DA1), which practically every terminal answers: their
// answer without a colour before it means that there will be none.
const backgroundQuery = "\x1b]11;?\x1b\\\x1b[c"

// backgroundFoundMsg is the terminal's answer, or that there is none to be had in time.
type backgroundFoundMsg struct {
	known bool // false: no answer, assume dark
	dark  bool
}

// askBackground asks the terminal behind out; the answer comes in as input.
func askBackground(out io.Writer) tea.Cmd {
	return tea.Batch(
		func() tea.Msg {
			if _, err := io.WriteString(out, backgroundQuery); err != nil {
				return backgroundFoundMsg{}
			}
			return nil
		},
		tea.Tick(backgroundWait, func(time.Time) tea.Msg { return backgroundFoundMsg{} }),
	)
}

// terminalInput is the terminal's input without the answers to
// backgroundQuery, which go to found. Bubble Tea would take a late answer for
// keys, and its letters build and run things.
type terminalInput struct {
	*os.File
	found func(backgroundFoundMsg)
	held  []byte // the beginning of an answer whose end has not arrived
}

// maxAnswer bounds what is held back; no terminal answers at such length.
const maxAnswer = 96

// Read reads keys. It may return 0, nil when there was nothing but an answer.
func (t *terminalInput) Read(p []byte) (int, error) {
	if len(p) <= maxAnswer {
		return t.File.Read(p) // not bubbletea, whose buffer is larger
	}
	n, err := t.File.Read(p[:len(p)-len(t.held)])
	data := append(t.held, p[:n]...)
	t.held = nil
	keys := p[:0]
	for i := 0; i < len(data); {
		length, answer, whole := terminalAnswer(data[i:])
		switch {
		case length == 0:
			keys = append(keys, data[i])
			i++
		case whole:
			t.found(answer)
			i += length
		default:
			t.held = append([]byte(nil), data[i:]...)
			i = len(data)
		}
	}
	return len(keys), err
}

// terminalAnswer looks for an answer at the start of b. The length is 0 when
// there is none; whole is false when its end is missing.
func terminalAnswer(b []byte) (length int, answer backgroundFoundMsg, whole bool) {
	const osc, da = "\x1b]11;", "\x1b[?"
	switch {
	case len(b) < 2 || b[0] != 0x1b:
		return 0, answer, false
	case bytes.HasPrefix(b, []byte(osc)):
		end := bytes.IndexAny(b[len(osc):min(len(b), maxAnswer)], "\a\x1b")
		if end < 0 {
			return held(b), answer, false
		}
		end += len(osc)
		answer.dark, answer.known = parseBackground(string(b[len(osc):end]))
		if b[end] == '\a' {
			return end + 1, answer, true
		}
		if end+1 == len(b) {
			return len(b), answer, false
		}
		return end + 2, answer, true
	case bytes.HasPrefix(b, []byte(da)):
		end := bytes.IndexFunc(b[len(da):], func(r rune) bool { return r != ';' && (r < '0' || r > '9') })
		if end < 0 {
			return held(b), answer, false
		}
		if b[len(da)+end] != 'c' {
			return 0, answer, false
		}
		return len(da) + end + 1, answer, true
	case strings.HasPrefix(osc, string(b)):
		return len(b), answer, false
	}
	return 0, answer, false
}

// held returns the length to hold back, nothing when it is too long for an answer.
func held(b []byte) int {
	if len(b) > maxAnswer {
		return 0
	}
	return len(b)
}

// parseBackground reads "rgb:1e1e/2020/3030" or "rgba:…" and tells whether that is dark.
func parseBackground(s string) (dark, ok bool) {
	_, colour, found := strings.Cut(s, ":")
	parts := strings.Split(colour, "/")
	if !found || len(parts) < 3 {
		return false, false
	}
	var channel [3]float64
	for i := range channel {
		v, err := strconv.ParseUint(parts[i], 16, 64)
		if err != nil || len(parts[i]) > 4 {
			return false, false
		}
		channel[i] = float64(v) / float64(uint64(1)<<(4*len(parts[i]))-1)
	}
	return 0.2126*channel[0]+0.7152*channel[1]+0.0722*channel[2] < 0.5, true
}
