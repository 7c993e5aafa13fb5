package studio

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
)

func TestCleanLine(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"plain", "hello", "hello"},
		{"colour", "\x1b[31mred\x1b[0m", "red"},
		{"title and clipboard", "\x1b]0;owned\x07a\x1b]52;c;AAAA\x1b\\b", "ab"},
		{"tabs", "a\tb", "a       b"},
		{"carriage return shows what a terminal would", "10%\r20%\r30%", "30%"},
		{"line end", "x\r\n", "x"},
		{"bell and backspace", "a\a\bb", "ab"},
		{"C1 control", "a\u009b31mb", "a31mb"},
		{"bidirectional override", "a\u202eb", "ab"},
		{"invalid UTF-8", "a\xffb", "a\uFFFDb"},
		{"wide and combining runes stay", "漢é🙂", "漢é🙂"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := CleanLine(test.in); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if got := CleanLine(strings.Repeat("x", 1<<20)); len(got) > maxLineRunes+len("…") {
		t.Errorf("a line of a megabyte stays %d bytes long", len(got))
	}
}

func FuzzCleanLine(f *testing.F) {
	f.Add("\x1b[31mred\x1b]0;t\x07")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range CleanLine(s) {
			if unicode.IsControl(r) || isBidiControl(r) {
				t.Fatalf("%q keeps %q", s, r)
			}
		}
	})
}

func TestLogKeepsTheNewestLines(t *testing.T) {
	var l Log
	const extra = 5
	for i := range logCapacity + extra {
		l.add(LogLine{Text: fmt.Sprint(i)})
	}
	if l.Len() != logCapacity || l.Dropped() != extra {
		t.Fatalf("kept %d, dropped %d", l.Len(), l.Dropped())
	}
	for _, test := range []struct {
		name    string
		from, n int
		want    []string
	}{
		{"oldest", 0, 2, []string{"5", "6"}},
		{"newest", logCapacity - 1, 10, []string{fmt.Sprint(logCapacity + extra - 1)}},
		{"before the start", -3, 1, []string{"5"}},
		{"past the end", logCapacity, 1, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := l.Window(test.from, test.n)
			if len(got) != len(test.want) {
				t.Fatalf("got %d lines, want %d", len(got), len(test.want))
			}
			for i := range got {
				if got[i].Text != test.want[i] {
					t.Errorf("line %d is %q, want %q", i, got[i].Text, test.want[i])
				}
			}
		})
	}
}
