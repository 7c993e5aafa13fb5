package ui

import (
	"os/exec"
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
	h.root.lookPath = func(string) (string, error) { return "", exec.ErrNotFound }
	h.press("e")
	h.shows("No editor is set or found: export EDITOR=vim")
}

func TestWithoutAnEditorSetTheUsualOnesAreTried(t *testing.T) {
	for _, c := range []struct {
		name, editor string
		here         []string
		want         string
	}{
		{"the author's own goes first", "code --wait", []string{"vi", "nano"}, "code --wait"},
		{"vi before nano", "", []string{"nano", "vi"}, "vi"},
		{"nano where there is no vi", " ", []string{"nano"}, "nano"},
		{"none at all", "", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := editorOr(c.editor, func(name string) (string, error) {
				if slices.Contains(c.here, name) {
					return "/usr/bin/" + name, nil
				}
				return "", exec.ErrNotFound
			})
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
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
