package image

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// collect runs the chunks through a splitter and flushes it.
func collect(chunks ...string) []string {
	var l lines
	var got []string
	emit := func(line string) { got = append(got, line) }
	for _, c := range chunks {
		l.write([]byte(c), emit)
	}
	l.flush(emit)
	return got
}

func TestLinesArePutTogetherFromChunks(t *testing.T) {
	long := strings.Repeat("é", maxLine/2)
	for _, tc := range []struct {
		name   string
		chunks []string
		want   []string
	}{
		{"whole lines", []string{"a\nb\n"}, []string{"a", "b"}},
		{"torn line", []string{"cur", "l: (6) could", " not resolve\n"}, []string{"curl: (6) could not resolve"}},
		{"no end", []string{"a\nb"}, []string{"a", "b"}},
		{"empty lines are kept", []string{"\n\na\n"}, []string{"", "", "a"}},
		{"windows ends", []string{"a\r\nb\r", "\n"}, []string{"a", "b"}},
		{"a progress bar leaves its last state", []string{"10%\r50%", "\r", "100%\n"}, []string{"100%"}},
		{"repeated returns", []string{"a\r\r\n"}, []string{"a"}},
		{"return at the very end", []string{"a\r"}, []string{"a"}},
		{"torn character", []string{"caf\xc3", "\xa9\n"}, []string{"café"}},
		{"too long a line comes in pieces", []string{"x" + long + "\n"}, []string{"x" + long[:maxLine-2], "é"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := collect(tc.chunks...); !slices.Equal(got, tc.want) {
				t.Errorf("got %.80q, want %.80q", got, tc.want)
			}
		})
	}
}

// However a stream is cut into chunks, the same lines come out; none holds an
// end of line, and none is too long.
func FuzzLinesDoNotDependOnChunks(f *testing.F) {
	f.Add("a\r\nb\rc\n\nd", uint(3))
	f.Add("é\xff\r\r\n", uint(1))
	f.Fuzz(func(t *testing.T, text string, size uint) {
		whole := collect(text)
		var chunks []string
		step := int(size%64) + 1
		for i := 0; i < len(text); i += step {
			chunks = append(chunks, text[i:min(i+step, len(text))])
		}
		if got := collect(chunks...); !slices.Equal(got, whole) {
			t.Fatalf("in chunks of %d: %q, at once: %q", step, got, whole)
		}
		for _, line := range whole {
			if strings.ContainsAny(line, "\r\n") || len(line) > maxLine {
				t.Fatalf("not a line: %q", line)
			}
			if utf8.ValidString(text) && !utf8.ValidString(line) {
				t.Fatalf("a character was torn apart: %q", line)
			}
		}
	})
}
