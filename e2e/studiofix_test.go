package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// TestStudioMendsAManifest: a finding beside its line, mended with a key and
// taken back with another; then what happens to the file and its folder from
// outside, with the last good state kept in sight.
func TestStudioMendsAManifest(t *testing.T) {
	dir := smallPlugin(t, "e-mend")
	path := filepath.Join(dir, "manifest.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	start, end := strings.Index(string(data), `"capabilities_required": [`), 0
	end = start + strings.Index(string(data[start:]), "]") + 1
	with := func(name string) string {
		return string(data[:start]) + "\"capabilities_required\": [\n    \"" + name + "\"\n  ]" + string(data[end:])
	}
	before, after := with("index_knowledge"), with("create_knowledge_document")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(want string) {
		t.Helper()
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("the file holds\n%s\n(%v), want\n%s", got, err, want)
		}
	}
	write(before)
	term := needs.Start(t, needs.TerminalOptions{Dir: dir, Width: 140, Height: 40, Env: []string{
		"DOCKER_HOST=unix://" + filepath.Join(t.TempDir(), "nobody.sock"), "HOME=" + t.TempDir(), "PLUGIN_NETWORK=" + testNetwork,
	}}, needs.Binary(t), ".")
	term.WaitFor("Pipeline", quick)

	term.Keys("2")
	term.WaitFor(`!\s+\d+\s+"index_knowledge"`, quick) // the mark beside the line
	term.WaitFor(`\+ +"create_knowledge_document"`, quick)
	term.Keys("x")
	term.WaitFor(`NSP3011 .*─╮`, quick)
	term.Keys("Escape")
	term.WaitGone(`─╮`, quick)
	term.Keys("f")
	term.WaitGone(`!\s+\d+\s+"index_knowledge"`, quick) // a warning alone: validation passed before, too
	holds(after)
	term.Keys("u")
	term.WaitFor(`!\s+\d+\s+"index_knowledge"`, quick)
	holds(before)
	term.Keys("A")
	term.WaitGone(`!\s+\d+\s+"index_knowledge"`, quick)
	if got, err := os.ReadFile(path); err != nil || !strings.Contains(string(got), `"create_knowledge_document"`) {
		t.Errorf("the file holds\n%s\n(%v)", got, err)
	}

	write(strings.Replace(after, `"port": 8080`, `"port": 80`, 1))
	term.WaitFor(`✗ port is 80`, quick)
	write(after[:len(after)/2])
	screen := term.WaitFor(`! manifest.json is cut off; this is how it was at`, quick)
	if !strings.Contains(screen, `"create_knowledge_document"`) || !strings.Contains(screen, "◆ e-mend 1.0.0") {
		t.Errorf("the last good state is lost:\n%s", screen)
	}
	write(after)
	term.WaitGone(`manifest.json is cut off`, quick)
	term.WaitFor(`Plugin validation passed`, quick)

	renameAwayAndBack(t, term, dir)
	write(before)
	term.WaitFor(`!\s+\d+\s+"index_knowledge"`, quick) // the watch is back too
	term.Keys("q")
	if code := term.WaitExit(quick); code != 0 {
		t.Errorf("exit code %d", code)
	}
	holds(before)
}

// renameAwayAndBack takes the project's folder away under an open Studio, which
// says so, keeps what it knew, and goes on when the folder is back.
func renameAwayAndBack(t *testing.T, term *needs.Terminal, dir string) {
	t.Helper()
	away := dir + "-away"
	if err := os.Rename(dir, away); err != nil {
		t.Fatal(err)
	}
	screen := term.WaitFor(`✗ The project's folder is gone`, quick)
	if !strings.Contains(screen, `"create_knowledge_document"`) {
		t.Errorf("the last good state is lost:\n%s", screen)
	}
	if err := os.Rename(away, dir); err != nil {
		t.Fatal(err)
	}
	term.WaitGone(`folder is gone`, quick)
	term.WaitFor(`Plugin validation passed`, quick)
}
