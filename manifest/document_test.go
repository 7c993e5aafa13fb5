package manifest

import (
	"fmt"
	"strings"
	"testing"
)

func TestLocateFindsValuesAndKeys(t *testing.T) {
	text := "{\r\n  \"😀 é\": {\"a/b\": [1, true, \"x\"], \"m~n\": null},\r\n  \"port\": 8080, \"port\": 9\r\n}"
	d := Index([]byte(text))
	tests := []struct {
		pointer, value, key string
		line, column        int
	}{
		{"", text, "", 1, 1},
		{"/😀 é", `{"a/b": [1, true, "x"], "m~n": null}`, `"😀 é"`, 2, 10},
		{"/😀 é/a~1b", `[1, true, "x"]`, `"a/b"`, 2, 18},
		{"/😀 é/a~1b/2", `"x"`, "", 2, 28},
		{"/😀 é/m~0n", "null", `"m~n"`, 2, 41},
		{"/port", "9", `"port"`, 3, 25},
	}
	for _, tt := range tests {
		s, ok := d.Locate(tt.pointer)
		if !ok || text[s.Start:s.End] != tt.value || text[s.KeyStart:s.KeyEnd] != tt.key || s.Line != tt.line || s.Column != tt.column {
			t.Errorf("%q is at %+v, want %d:%d %s", tt.pointer, s, tt.line, tt.column, tt.value)
		}
		if tt.key != "" && s.KeyLine != tt.line {
			t.Errorf("the key of %q is at %d:%d", tt.pointer, s.KeyLine, s.KeyColumn)
		}
	}
	for _, pointer := range []string{"port", "/nothing", "/port/0", "/😀 é/a~1b/3", "/😀 é/a~1b/-1", "/😀 é/a~1b/02", "/"} {
		if s, ok := d.Locate(pointer); ok {
			t.Errorf("%q is at %+v, but there is no such value", pointer, s)
		}
	}
}

func TestPositionCountsCodePoints(t *testing.T) {
	tests := []struct {
		name, text string
		offset     int
		want       string
	}{
		{"start", "ab", 0, "1:1"},
		{"end", "ab", 2, "1:3"},
		{"beyond the end", "ab", 99, "1:3"},
		{"before the start", "ab", -1, "1:1"},
		{"empty", "", 0, "1:1"},
		{"behind two-byte letters", "éé!", 4, "1:3"},
		{"behind an emoji", "😀!", 4, "1:2"},
		{"behind what is not UTF-8", "\xff\xfe!", 2, "1:3"},
		{"behind a byte order mark", "\ufeffab", 3, "1:1"},
		{"at a byte order mark", "\ufeffab", 0, "1:1"},
		{"second line after CRLF", "a\r\nb", 3, "2:1"},
		{"the line feed itself", "a\nb", 1, "1:2"},
		{"last line", "a\n\nb", 3, "3:1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line, column := newSource([]byte(tt.text)).Position(tt.offset)
			if got := fmt.Sprintf("%d:%d", line, column); got != tt.want {
				t.Errorf("position %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLocateWorksOnBrokenText(t *testing.T) {
	d := Index([]byte("{ // comment\n name: 'alerts',\n}"))
	if s, ok := d.Locate("/name"); !ok || s.Line != 2 || s.Column != 8 {
		t.Errorf("name is at %+v, %t", s, ok)
	}
	if _, ok := Index([]byte(strings.Repeat("x", MaxSize+1))).Locate(""); ok {
		t.Error("a file that is too large has no values")
	}
}
