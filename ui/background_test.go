package ui

import (
	"os"
	"testing"
)

func TestAnswersOfTheTerminalAreTakenOutOfTheKeys(t *testing.T) {
	for _, c := range []struct {
		name    string
		chunks  []string
		keys    string
		answers []backgroundFoundMsg
	}{
		{"keys alone", []string{"abc\x1b[A\x1b"}, "abc\x1b[A\x1b", nil},
		{"dark, BEL", []string{"\x1b]11;rgb:1e1e/1e1e/2e2e\a"}, "", []backgroundFoundMsg{{known: true, dark: true}}},
		{"light, ST", []string{"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"}, "", []backgroundFoundMsg{{known: true}}},
		{"short channels and alpha", []string{"\x1b]11;rgba:ff/ff/ff/ff\a"}, "", []backgroundFoundMsg{{known: true}}},
		{"between keys", []string{"a\x1b]11;rgb:0/0/0\ab"}, "ab", []backgroundFoundMsg{{known: true, dark: true}}},
		{"split in the middle", []string{"x\x1b]11;rgb:00", "00/0000/0000\x1b", "\\y"}, "xy", []backgroundFoundMsg{{known: true, dark: true}}},
		{"device attributes", []string{"\x1b[?62;1;4cq"}, "q", []backgroundFoundMsg{{}}},
		{"both", []string{"\x1b]11;rgb:ffff/ffff/dddd\a\x1b[?1;2c"}, "", []backgroundFoundMsg{{known: true}, {}}},
		{"an answer without a colour", []string{"\x1b]11;?\a"}, "", []backgroundFoundMsg{{}}},
		{"another report", []string{"\x1b[?1049h"}, "\x1b[?1049h", nil},
		{"alt and a bracket", []string{"\x1b]", "z"}, "\x1b]z", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			defer w.Close()
			var answers []backgroundFoundMsg
			in := &terminalInput{File: r, found: func(m backgroundFoundMsg) { answers = append(answers, m) }}
			keys := ""
			buf := make([]byte, 256)
			for _, chunk := range c.chunks {
				if _, err := w.WriteString(chunk); err != nil {
					t.Fatal(err)
				}
				n, err := in.Read(buf)
				if err != nil {
					t.Fatal(err)
				}
				keys += string(buf[:n])
			}
			if keys != c.keys {
				t.Errorf("keys %q, want %q", keys, c.keys)
			}
			if len(answers) != len(c.answers) {
				t.Fatalf("answers %v, want %v", answers, c.answers)
			}
			for i := range answers {
				if answers[i] != c.answers[i] {
					t.Errorf("answer %d is %+v, want %+v", i, answers[i], c.answers[i])
				}
			}
		})
	}
}

func TestEndlessAnswersDoNotSwallowInput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	in := &terminalInput{File: r, found: func(backgroundFoundMsg) {}}
	long := make([]byte, 200)
	for i := range long {
		long[i] = '1'
	}
	if _, err := w.WriteString("\x1b]11;" + string(long)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 256)
	n, err := in.Read(buf)
	if err != nil || n != 205 {
		t.Errorf("read %d bytes, %v; want all 205", n, err)
	}
}

func TestTheFirstFrameWaitsForTheBackgroundAndALaterAnswerStillCounts(t *testing.T) {
	h := newRootHarness(t, Options{Open: noProject}, 80, 24)
	h.root.ready = false
	if got := h.screen(); got != "" {
		t.Errorf("a frame before the background is known:\n%s", got)
	}
	h.root.Update(backgroundFoundMsg{})
	if h.screen() == "" || !h.root.st.th.Dark {
		t.Error("silence is not taken for a dark background")
	}
	h.root.Update(backgroundFoundMsg{known: true})
	if h.root.st.th.Dark {
		t.Error("a late answer is ignored")
	}
}
