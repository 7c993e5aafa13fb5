package ui

import "testing"

func TestTheOtherFindingsAreNamedBesideTheFocusedOne(t *testing.T) {
	h, _ := manifestPageOf(t, sampleMendable(), 80, 24)
	h.press("j", "j")
	for _, text := range []string{"✗ manifest.json:8: port is 80", "! manifest.json:11: index_knowledge", "! manifest.json:19: a probe may take"} {
		if len(h.rows(text)) != 1 {
			t.Errorf("%q is out of sight:\n%s", text, h.screen())
		}
	}
	h, p := manifestPageOf(t, sampleMendable(), 120, 40)
	if len(h.rows("line 8   port is 80, the Controller takes a")) != 1 || len(h.rows("number from 1024 to 65535")) == 0 {
		t.Errorf("messages do not go on in a second line:\n%s", h.screen())
	}
	for rows := range 12 {
		for p.focus = range p.items {
			lines := p.list(44, rows)
			if len(lines) > rows {
				t.Errorf("%d lines for %d", len(lines), rows)
			}
		}
	}
}
