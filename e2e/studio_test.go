package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/internal/needs"
	"github.com/netstacks/netstacks-plugin/scaffold"
	"github.com/netstacks/netstacks-plugin/studio"
)

// packagedFiles is exactly what the archive of a fresh plugin holds, in order.
func packagedFiles(t *testing.T) []string {
	t.Helper()
	a := scaffold.Defaults("e-studio")
	a.Description, a.Author = "x", "x"
	plan, err := scaffold.NewPlan(a, "")
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"manifest.json"}
	for _, f := range plan.Files {
		if f.Path != "manifest.json" {
			files = append(files, f.Path)
		}
	}
	return files
}

const (
	quick = 20 * time.Second // for the Studio itself
	slow  = 4 * time.Minute  // for a first build on a busy machine
)

// TestStudioFromEmptyFolderToPackage is the main job with the keyboard alone:
// wizard, project, build and run, healthy, a row in the panel, a package.
func TestStudioFromEmptyFolderToPackage(t *testing.T) {
	needs.Images(t, needs.PythonImage, needs.PostgresImage)
	removeImage(t, "netstacks-plugin-e-studio:1.0.0")
	dir := t.TempDir()
	term := needs.Start(t, needs.TerminalOptions{Dir: dir, Width: 120, Height: 40, Env: []string{
		"PLUGIN_NETWORK=" + testNetwork, "HOME=" + dir, "XDG_STATE_HOME=" + filepath.Join(dir, "state"),
	}}, needs.Binary(t), ".")

	term.WaitFor("No plugin here yet", quick)
	term.Keys("n")
	answer := func(title, text string) {
		t.Helper()
		term.WaitFor(`(?m)^ `+title+` `, quick)
		if text != "" {
			term.Keys("C-u")
			term.Type(text)
			term.WaitFor(`▸ `+text, quick)
		}
		term.Keys("Enter")
	}
	answer("Plugin name", "e-studio")
	answer("Template", "")
	term.WaitFor("▸ E Studio", quick) // the display name follows the name
	answer("Display name", "")
	answer("Description", "Watches sites")
	answer("Author", "Ada Lovelace")
	term.WaitFor("read_devices", quick)
	term.Keys("Space")
	term.WaitFor(`\[x\] read_devices`, quick)
	answer("Capabilities", "")
	answer("Database", "")
	answer("Port", "8090")
	if _, err := os.Stat(filepath.Join(dir, "e-studio")); err == nil {
		t.Error("something was written before the last confirmation")
	}
	answer(`Create the project\?`, "")

	term.WaitFor(`◆ e-studio 1\.0\.0`, quick)
	term.WaitFor(`✓ manifest +8/8 checks, the Controller's schema accepts it`, quick)
	project := filepath.Join(dir, "e-studio")
	editManifest(t, term, project)

	term.Keys("r")
	term.WaitFor(`● healthy`, slow)
	term.Keys("5")
	term.WaitFor("No data", quick)
	file, err := studio.LoadSessionFile(project)
	if err != nil {
		t.Fatal(err)
	}
	status, body, err := call(file, "acme", http.MethodPost, "/api/plugins/e-studio/admin/items", `{"name":"core-sw-1","description":"posted by the test"}`)
	if err != nil || status != http.StatusCreated {
		t.Fatalf("posting a row: %d %s, %v", status, body, err)
	}
	term.WaitFor("core-sw-1", quick) // by the panel's own interval, without a key

	term.Keys("p")
	term.WaitFor(`e-studio-1\.0\.0\.nspkg`, quick)
	term.WaitFor("Navigate to Plugins > Upload Plugin", quick)
	files, err := archiveFiles(filepath.Join(project, "e-studio-1.0.0.nspkg"))
	if err != nil {
		t.Fatal(err)
	}
	if want := packagedFiles(t); !slices.Equal(files, want) {
		t.Errorf("the archive lists\n%s\nwant\n%s", strings.Join(files, "\n"), strings.Join(want, "\n"))
	}

	term.Keys("q")
	term.WaitFor("stop", quick) // the dialog says what is lost
	term.Keys("y")
	if code := term.WaitExit(time.Minute); code != 0 {
		t.Errorf("the Studio ended with exit code %d:\n%s", code, term.Screen())
	}
	assertNothingLeft(t)
}

// editManifest breaks the manifest on disk and mends it; the Studio follows.
func editManifest(t *testing.T, term *needs.Terminal, project string) {
	t.Helper()
	path := filepath.Join(project, "manifest.json")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(data string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	term.Keys("2")
	write(strings.Replace(string(good), `"port": 8090`, `"port": 80`, 1))
	term.WaitFor(`port is 80`, quick)
	write(string(good[:len(good)/2]))
	term.WaitFor(`✗`, quick)
	write(string(good))
	term.WaitFor(`8/8`, quick)
	term.WaitGone(`✗`, quick)
	term.Keys("1")
	term.WaitFor("Pipeline", quick)
}

// TestStudioTellsWhatGoesWrong: no engine, and what to do.
func TestStudioTellsWhatGoesWrong(t *testing.T) {
	dir := smallPlugin(t, "e-nobody")
	term := needs.Start(t, needs.TerminalOptions{Dir: dir, Env: []string{
		"DOCKER_HOST=unix://" + filepath.Join(dir, "nobody.sock"), "HOME=" + t.TempDir(), "PLUGIN_NETWORK=" + testNetwork,
	}}, needs.Binary(t), ".")
	term.WaitFor("nobody.sock", quick)
	term.Keys("r")
	term.WaitFor(`✗`, quick)
	term.Keys("p") // packaging needs no engine
	term.WaitFor(`e-nobody-1\.0\.0\.nspkg`, quick)
	term.Keys("q")
	if code := term.WaitExit(quick); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestStudioCtrlCStopsAndRemovesEverything: the quick way out is as clean.
func TestStudioCtrlCStopsAndRemovesEverything(t *testing.T) {
	needs.Images(t, needs.PythonImage)
	dir := smallPlugin(t, "e-ctrlc")
	term := needs.Start(t, needs.TerminalOptions{Dir: dir, Env: []string{"PLUGIN_NETWORK=" + testNetwork, "HOME=" + t.TempDir()}}, needs.Binary(t), ".")
	term.WaitFor("Pipeline", quick)
	term.Keys("r")
	term.WaitFor(`● healthy`, slow)
	term.Keys("C-c")
	term.WaitExit(time.Minute)
	assertNothingLeft(t)
}
