package ui

import (
	"slices"
	"strings"
	"testing"
)

func TestEditorsAreOpenedAtThePlace(t *testing.T) {
	for editor, want := range map[string][]string{
		"vim":                    {"vim", "+8", "/p/manifest.json"},
		"/usr/bin/nvim -u NONE":  {"/usr/bin/nvim", "-u", "NONE", "+8", "/p/manifest.json"},
		"nano":                   {"nano", "+8,11", "/p/manifest.json"},
		"emacs -nw":              {"emacs", "-nw", "+8:11", "/p/manifest.json"},
		"hx":                     {"hx", "/p/manifest.json:8:11"},
		"code --wait":            {"code", "--wait", "--goto", "/p/manifest.json:8:11"},
		`"/opt/my editor/ed" -x`: {"/opt/my editor/ed", "-x", "/p/manifest.json"},
	} {
		got, err := editorCommand(editor, "/p/manifest.json", 8, 11)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", editor, got, err, want)
		}
	}
	for _, editor := range []string{"", "  ", `vim "unclosed`} {
		if _, err := editorCommand(editor, "x", 1, 1); err == nil || !strings.Contains(err.Error(), "export EDITOR=vim") {
			t.Errorf("%q: %v", editor, err)
		}
	}
}

func TestEditOpensTheFocusedFinding(t *testing.T) {
	h := newHarness(t, sampleBroken(), 100, 30)
	h.press("2", "down")
	got := h.root.page().(*manifestPage).edit()()
	want := editRequestedMsg{path: "/home/ada/plugins/monitoring-integration/manifest.json", line: 11, column: 5}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	h.press("e")
	h.shows("No editor is set: export EDITOR=vim")
}

func TestFindingsCannotNameFilesOutsideTheProject(t *testing.T) {
	sn := sampleBroken()
	sn.Manifest.Report.Findings[0].File = "../../etc/passwd"
	h := newHarness(t, sn, 100, 30)
	h.press("2")
	if got := h.root.page().(*manifestPage).edit()().(editRequestedMsg); strings.Contains(got.path, "passwd") {
		t.Errorf("the editor would open %s", got.path)
	}
}
