package secrets

import "testing"

// TestNothingThatCanHaveAValueIsPassedBy tries everything of up to four pieces that may follow
// a name: where a value can be found behind it, mayBeNamed must not say that there is none.
func TestNothingThatCanHaveAValueIsPassedBy(t *testing.T) {
	pieces := []string{`\`, `"`, "'", "`", "]", " ", "\t", "string", "=", ":", "?", ">", ",", ".", "(", "\n", "x", "</token>"}
	found := 0
	var try func(rest string, depth int)
	try = func(rest string, depth int) {
		for _, before := range []string{"", "<"} {
			text := before + "token" + rest + "0123456789abcdef</token>\n"
			end := len(before) + len("token")
			end += nameEnd([]byte(text[end:]))
			_, _, assigned := behindSign(text, end)
			from, to := elementAt(text, len(before), end)
			if !assigned && from == to {
				continue
			}
			found++
			s := Scanner{buffer: []byte(text)}
			if !s.mayBeNamed(len(before) + len("token")) {
				t.Errorf("%q is passed by", text)
			}
		}
		if depth == 0 {
			return
		}
		for _, piece := range pieces {
			try(rest+piece, depth-1)
		}
	}
	try("", 4)
	if found < 1000 {
		t.Errorf("only %d texts can have a value", found)
	}
}
