package manifest

import (
	"fmt"
	"testing"
)

func TestInsideTextFindsTheBytesOfATextInTheFile(t *testing.T) {
	for _, tt := range []struct {
		text, inside string // as the file has it, and a part of what it stands for
		want         string // the file's own text of that part
	}{
		{`"plain"`, "ai", "ai"},
		{`"plain"`, "plain", "plain"},
		{`"ü→😀x"`, "x", "x"},
		{`"ü→😀x"`, "→😀", "→😀"},
		{`"a\n\tb"`, "\tb", `\tb`},
		{`"https:\/\/a:b@c"`, "//a", `\/\/a`},
		{`"\u0041\u00e9\ud83d\ude00z"`, "é😀", `\u00e9\ud83d\ude00`},
		{`"\u0041\u00e9\ud83d\ude00z"`, "z", "z"},
		{`"\\\"q\""`, `"q"`, `\"q\"`},
		{`""`, "", ""},
		{`"ab"`, "", ""},
		{`"half \ud83d pair x"`, "x", "x"},
		{`"no \escape x"`, "x", "x"},
		{`'single x'`, "x", "x"},
		{`“curled é x”`, "é x", "é x"},
	} {
		d := Index([]byte(fmt.Sprintf(`{"a": %s, "b": 1}`, tt.text)))
		n := d.root.get("a")
		for i := range len(n.text) - len(tt.inside) + 1 {
			if n.text[i:i+len(tt.inside)] != tt.inside {
				continue
			}
			from, to := d.insideText(n, i), d.insideText(n, i+len(tt.inside))
			if got := string(d.data[from:to]); got != tt.want {
				t.Errorf("%s: %q stands at %q, want %q", tt.text, tt.inside, got, tt.want)
			}
			break
		}
	}
}

func TestInsideTextOfTheMiddleOfACharacter(t *testing.T) {
	d := Index([]byte(`{"a": "\u00e9é"}`))
	n := d.root.get("a")
	var got []int
	for i := range len(n.text) + 2 {
		got = append(got, d.insideText(n, i))
	}
	if want := []int{7, 7, 13, 14, 15, 15}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the bytes of %q stand at %v, want %v", n.text, got, want)
	}
}
