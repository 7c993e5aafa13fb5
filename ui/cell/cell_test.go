package cell

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWidthCountsCellsNotBytes(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "héé": 3, "日本": 4, "\x1b[31mred\x1b[0m": 3, "✓ ok": 4} {
		if got := Width(text); got != want {
			t.Errorf("Width(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestCutKeepsWithinWidthAndMarksTheCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"monitoring", 20, "monitoring"}, {"monitoring", 5, "moni…"}, {"日本語", 4, "日…"}, {"abc", 0, ""}, {"abc", 1, "…"},
	} {
		if got := Cut(c.text, c.width); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
	if got := Cut("\x1b[31mabcdef\x1b[0m", 3); Width(got) != 3 || !strings.HasSuffix(got, "\x1b[0m") {
		t.Errorf("cutting coloured text gave %q, want three cells and the colour's end", got)
	}
}

func TestCutMiddleKeepsBothEnds(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"netstacks-plugin-a:1.0.0", 11, "netst…1.0.0"}, {"short", 11, "short"}, {"abcdefgh", 4, "abc…"}, {"日本語日本語", 7, "日…本語"},
	} {
		got := CutMiddle(c.text, c.width)
		if Width(got) > c.width {
			t.Errorf("CutMiddle(%q, %d) = %q, wider than asked", c.text, c.width, got)
		}
		if c.width != 7 && got != c.want {
			t.Errorf("CutMiddle(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestEndsNeverExceedTheWidth(t *testing.T) {
	for width := range 60 {
		if got := Ends("a fairly long text on the left", "right side", width); Width(got) > width {
			t.Errorf("Ends at %d is %d cells wide: %q", width, Width(got), got)
		}
	}
	if got, want := Ends("left", "right", 12), "left   right"; got != want {
		t.Errorf("Ends = %q, want %q", got, want)
	}
}

func TestCleanRemovesWhatSteersATerminal(t *testing.T) {
	for dirty, want := range map[string]string{
		"plain":                          "plain",
		"\x1b[2J\x1b[31mred\x1b[0m":      "red",
		"\x1b]0;title\x07text":           "text",
		"a\tb":                           "a   b",
		"two\nlines":                     "two lines",
		"bell\a back\b nul\x00 del\x7f":  "bell back nul del",
		"csi\u009b31mc1":                 "csi31mc1",
		"left\u202eright\u2066x\u200fy":  "leftrightxy",
		"⚠\ufe0f":                        "⚠",
		"bad\xffutf8":                    "bad\uFFFDutf8",
		"日本\t|":                          "日本  |",
		"half a sequence \x1b[31":        "half a sequence ",
		"\x1bPdevice control\x1b\\after": "after",
	} {
		if got := Clean(dirty); got != want {
			t.Errorf("Clean(%q) = %q, want %q", dirty, got, want)
		}
	}
}

func TestCleanDoesNotAllocateForHarmlessText(t *testing.T) {
	text := "GET /admin/items?org_id=1 200 OK"
	if n := testing.AllocsPerRun(100, func() { _ = Clean(text) }); n != 0 {
		t.Errorf("Clean allocates %v times for plain text", n)
	}
}

func TestSealKeepsColoursAndNothingElse(t *testing.T) {
	for line, want := range map[string]string{
		"\x1b[31mred\x1b[0m":             "\x1b[31mred\x1b[0m",
		"\x1b[38;2;1;2;3mx\x1b[0m":       "\x1b[38;2;1;2;3mx\x1b[0m",
		"\x1b[2Jcleared":                 "[2Jcleared",
		"\x1b]0;evil\x07title":           "]0;eviltitle",
		"a\rb\nc\x00":                    "ab c",
		"\x1b[31mok\x1b[0m\x1b[5;5Hjump": "\x1b[31mok\x1b[0m[5;5Hjump",
		"c1\u009b2J":                     "c1",
	} {
		got := Seal(line, 80)
		if line == "c1\u009b2J" {
			if strings.ContainsRune(got, '\u009b') {
				t.Errorf("Seal(%q) = %q keeps a C1 control character", line, got)
			}
			continue
		}
		if got != want {
			t.Errorf("Seal(%q) = %q, want %q", line, got, want)
		}
	}
	if got := Seal("abcdef", 3); got != "abc" {
		t.Errorf("Seal cut to %q, want abc", got)
	}
}

func TestASCIIKeepsWidthsAndUsesASCIIAlone(t *testing.T) {
	for line, want := range map[string]string{
		"✓ done · 3 s":         "+ done - 3 s",
		"┌─ Items ─┐":          "+- Items -+",
		"⠋ building":           "~ building",
		"日本":                   "????",
		"a name that is cut …": "a name that is cut ~",
		"\x1b[31m✗\x1b[0m bad": "\x1b[31mx\x1b[0m bad",
	} {
		got := ASCII(line)
		if got != want {
			t.Errorf("ASCII(%q) = %q, want %q", line, got, want)
		}
		if Width(got) != Width(line) {
			t.Errorf("ASCII(%q) changes the width from %d to %d", line, Width(line), Width(got))
		}
	}
}

func TestEveryGlyphOfTheStudioIsOneCellWide(t *testing.T) {
	for r := range asciiOf {
		if w := Width(string(r)); w != 1 {
			t.Errorf("%q is %d cells wide", r, w)
		}
	}
}

func TestNumbersReadWell(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 812: "812 B", 1024: "1 KB", 18934: "18.5 KB", 96889405: "92.4 MB", 256 << 20: "256 MB", 1023 * 1024: "1.0 MB", 3 << 40: "3 TB"} {
		if got := Size(bytes); got != want {
			t.Errorf("Size(%d) = %q, want %q", bytes, got, want)
		}
	}
	for bytes, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 18934: "18.9 kB", 198_600_000: "198.6 MB", 999_960_000: "1.0 GB", 3_250_000_000: "3.2 GB"} {
		if got := ImageSize(bytes); got != want {
			t.Errorf("ImageSize(%d) = %q, want %q", bytes, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-1: "0 ms", 34 * time.Millisecond: "34 ms", 3240 * time.Millisecond: "3.2 s", 999600 * time.Microsecond: "1.0 s", 21 * time.Second: "21 s",
		134 * time.Second: "2m14s", 3*time.Hour + 5*time.Minute: "3h05m", 52 * time.Hour: "2d04h",
	} {
		if got := Took(d); got != want {
			t.Errorf("Took(%v) = %q, want %q", d, got, want)
		}
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for d, want := range map[time.Duration]string{0: "just now", 4 * time.Second: "4 s ago", 2 * time.Minute: "2 min ago", 3 * time.Hour: "3 h ago", 50 * time.Hour: "2 d ago", -time.Minute: "just now"} {
		if got := Ago(now, now.Add(-d)); got != want {
			t.Errorf("Ago(%v) = %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1204: "1,204", 1234567: "1,234,567", -1204: "-1,204"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSparkShowsTheLatestValuesAgainstTheTop(t *testing.T) {
	if got, want := Spark([]float64{0, 50, 100, 200}, 100, 6), "▁▅██  "; got != want {
		t.Errorf("Spark = %q, want %q", got, want)
	}
	if got, want := Spark([]float64{1, 2, 3}, 0, 2), "▁▁"; got != want {
		t.Errorf("Spark without a top = %q, want %q", got, want)
	}
	if got := Spark(nil, 1, 0); got != "" {
		t.Errorf("Spark without room = %q", got)
	}
}

func TestBarShowsAtLeastAHair(t *testing.T) {
	for value, want := range map[int64]string{0: "", 1: "▏", 50: "▇▇▇▇▇", 100: "▇▇▇▇▇▇▇▇▇▇", 400: "▇▇▇▇▇▇▇▇▇▇"} {
		if got := Bar(value, 100, 10); got != want {
			t.Errorf("Bar(%d) = %q, want %q", value, got, want)
		}
	}
}

func TestWrapKeepsWordsWithHyphensWhole(t *testing.T) {
	got := Wrap("or name another with --host or my-plugin-name", 24)
	if want := []string{"or name another with", "--host or my-plugin-name"}; !slices.Equal(got, want) {
		t.Errorf("Wrap = %q, want %q", got, want)
	}
}

func TestWrapStaysWithinWidth(t *testing.T) {
	for _, line := range Wrap("A run builds the image, then starts averyveryverylongwordwithoutanyspace and more.", 12) {
		if Width(line) > 12 {
			t.Errorf("wrapped line %q is wider than 12", line)
		}
	}
}
