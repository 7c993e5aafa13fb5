package studio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
	"github.com/netstacks/netstacks-plugin/scaffold"
)

// bumped plans the next patch of a project.
func bumped(t *testing.T, dir string) Bump {
	t.Helper()
	b, err := PlanBump(dir, manifest.PartPatch)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func content(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// leftovers are the temporary files in the project's folder.
func leftovers(t *testing.T, dir string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, tempPrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func TestPackageOfTheNextVersionWritesTheManifestBehindIt(t *testing.T) {
	for _, endings := range []string{"\n", "\r\n"} {
		dir := project(t)
		path := filepath.Join(dir, manifest.FileName)
		text := strings.ReplaceAll(content(t, path), "\n", endings)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		write(t, dir, "real.json", text) // mode 0640
		link(t, "real.json", path)
		s := open(t, Options{Dir: dir, Engine: nobody(t)})
		output := filepath.Join(t.TempDir(), "out.nspkg")
		if err := s.PackageBumped(context.Background(), output, bumped(t, dir)); err != nil {
			t.Fatal(err)
		}
		want := strings.NewReplacer(`"version": "1.0.0"`, `"version": "1.0.1"`, "watch-me:1.0.0", "watch-me:1.0.1").Replace(text)
		if got := content(t, path); got != want || want == text {
			t.Errorf("the manifest is\n%s\nwant\n%s", got, want)
		}
		if info, err := os.Lstat(filepath.Join(dir, "real.json")); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		if target, err := os.Readlink(path); err != nil || target != "real.json" {
			t.Errorf("the link leads to %q, %v", target, err)
		}
		archive, err := nspkg.Open(output)
		if err != nil {
			t.Fatal(err)
		}
		if packed, err := fs.ReadFile(archive, manifest.FileName); err != nil || string(packed) != want {
			t.Errorf("packed is\n%s (%v)", packed, err)
		}
		archive.Close()
		sn := s.Snapshot()
		if b := sn.Package.Bump; b == nil || b.Old != "1.0.0" || b.New != "1.0.1" || b.NewImage != "netstacks-plugin-watch-me:1.0.1" || sn.Package.SHA256 == "" || sn.Manifest.Good.Version != "1.0.1" {
			t.Errorf("%+v", sn.Package)
		}
		if left := leftovers(t, dir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestPackageThatFailsLeavesTheVersion(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(t *testing.T, dir, output string)
		between func(t *testing.T, dir string) // after the version was planned
		want    string
	}{
		{name: "a secret", want: "secret", prepare: func(t *testing.T, dir, _ string) {
			write(t, dir, "token.txt", "gh"+"p_"+strings.Repeat("q1W2e3R4t5Y6", 3)+"\n")
		}},
		{name: "what validation refuses", want: "service/Dockerfile is missing", prepare: func(t *testing.T, dir, _ string) {
			if err := os.Remove(filepath.Join(dir, "service", "Dockerfile")); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "a file that no package may hold", want: "cannot pack", prepare: func(t *testing.T, dir, _ string) { write(t, dir, "nul", "") }},
		{name: "a folder in the output's place", want: "is a folder", prepare: func(t *testing.T, _, output string) {
			if err := os.MkdirAll(output, 0o755); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "a manifest that changed meanwhile", want: ErrChanged.Error(), between: func(t *testing.T, dir string) {
			write(t, dir, manifest.FileName, strings.Replace(content(t, filepath.Join(dir, manifest.FileName)), "Is watched", "Is changed", 1))
		}},
		{name: "a manifest that leads out of the project", want: "leads out of the plugin's directory", prepare: func(t *testing.T, dir, _ string) {
			path := filepath.Join(dir, manifest.FileName)
			outside := t.TempDir()
			write(t, outside, "m.json", content(t, path))
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			link(t, filepath.Join(outside, "m.json"), path)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := project(t)
			output := filepath.Join(t.TempDir(), "out.nspkg")
			if tt.prepare != nil {
				tt.prepare(t, dir, output)
			}
			b := bumped(t, dir)
			if tt.between != nil {
				tt.between(t, dir)
			}
			before := content(t, filepath.Join(dir, manifest.FileName))
			s := open(t, Options{Dir: dir, Engine: nobody(t)})
			if err := s.PackageBumped(context.Background(), output, b); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want %s", err, tt.want)
			}
			if after := content(t, filepath.Join(dir, manifest.FileName)); after != before {
				t.Errorf("the manifest is another:\n%s", after)
			}
			if info, err := os.Stat(output); err == nil && info.Mode().IsRegular() {
				t.Error("there is a package")
			}
			if left := leftovers(t, dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestVersionIsRaisedAndTakenBack(t *testing.T) {
	dir := project(t)
	s := open(t, Options{Dir: dir, Engine: nobody(t)})
	path := filepath.Join(dir, manifest.FileName)
	before := content(t, path)
	if err := s.Bump(context.Background(), manifest.PartMinor); err != nil {
		t.Fatal(err)
	}
	sn := s.Snapshot()
	if sn.Bump == nil || sn.Bump.New != "1.1.0" || sn.Manifest.Good.Version != "1.1.0" || sn.Manifest.Undo != "raised the version from 1.0.0 to 1.1.0" || !bytes.Equal(sn.Bump.Manifest(), []byte(content(t, path))) {
		t.Errorf("%+v", sn.Bump)
	}
	if err := s.UndoFix(context.Background()); err != nil {
		t.Fatal(err)
	}
	if content(t, path) != before {
		t.Error("the manifest is not what it was")
	}
	write(t, dir, manifest.FileName, `{"version": "1"}`)
	if err := s.Bump(context.Background(), manifest.PartMinor); err == nil || !strings.Contains(err.Error(), "NSP2011") {
		t.Errorf("error %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Bump(context.Background(), manifest.PartMinor); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestFilesOfGeneratedProjectsThatSayTheVersionToo(t *testing.T) {
	want := map[string][]string{
		"python":     {"service/main.py"},
		"typescript": {"service/package.json", "service/src/about.ts"},
		"rust":       {"service/Cargo.toml"},
		"go":         {"service/internal/api/openapi.json"},
	}
	for _, template := range scaffold.Templates() {
		t.Run(template.Name, func(t *testing.T) {
			plan, err := scaffold.NewPlan(scaffold.Answers{
				Name: "watch-me", DisplayName: "Watch Me", Description: "Is watched", Author: "Ada", Template: template.Name, Database: true, Port: 8080,
			}, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if err := plan.Write(); err != nil {
				t.Fatal(err)
			}
			s := open(t, Options{Dir: plan.Dir, Engine: nobody(t)})
			if err := s.Bump(context.Background(), manifest.PartPatch); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range s.Snapshot().Bump.Elsewhere {
				got = append(got, m.File)
				line := strings.Split(content(t, filepath.Join(plan.Dir, filepath.FromSlash(m.File))), "\n")[m.Line-1]
				if !strings.Contains(line, "1.0.0") {
					t.Errorf("%s:%d says %q", m.File, m.Line, line)
				}
				if lock := filepath.Base(m.File); (lock == "package.json" || lock == "Cargo.toml") != (m.Lock != "" && m.Command != "") {
					t.Errorf("%+v", m)
				}
			}
			if !slices.Equal(got, want[template.Name]) {
				t.Errorf("%v, want %v", got, want[template.Name])
			}
		})
	}
}

func TestLinesThatSayAVersion(t *testing.T) {
	tests := []struct {
		line string
		says bool
	}{
		{`version = "1.2.3"`, true},
		{`  "version": "1.2.3",`, true},
		{`    version="1.2.3",`, true},
		{`__version__ = '1.2.3'  # of the plugin`, true},
		{`export const VERSION = "1.2.3";`, true},
		{`pub const VERSION: &str = "1.2.3";`, true},
		{`	appVersion := "1.2.3" // told by /health`, true},
		{`LABEL org.opencontainers.image.version="1.2.3"`, true},
		{`LABEL version=1.2.3 \`, true},
		{`version: 1.2.3`, true},
		{`version = "1.2.30"`, false},
		{`version = "11.2.3"`, false},
		{`version = "1.2.3-rc.1"`, false},
		{`axum = { version = "1.2.3", features = [] }`, false},
		{`fastapi==1.2.3`, false},
		{`"fastify": "1.2.3",`, false},
		{`conversation("1.2.3")`, false},
		{`version = "1x2x3"`, false},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		write(t, dir, "a.py", "\n"+tt.line+"\n")
		got := mentions(dir, "1.2.3", []nspkg.Entry{{Path: "a.py", Size: int64(len(tt.line))}})
		if tt.says != (len(got) == 1) || tt.says && got[0] != (Mention{File: "a.py", Line: 2}) {
			t.Errorf("%s: %+v", tt.line, got)
		}
	}
	dir := t.TempDir()
	write(t, dir, "package-lock.json", strings.Repeat("\"version\": \"1.2.3\",\n", 30))
	write(t, dir, "many.toml", strings.Repeat("version = \"1.2.3\"\n", 30))
	got := mentions(dir, "1.2.3", []nspkg.Entry{{Path: "package-lock.json", Size: 10}, {Path: "many.toml", Size: 10}, {Path: "gone.py", Size: 10}})
	if len(got) != maxMentions || got[0].File != "many.toml" {
		t.Errorf("%d: %+v", len(got), got[:min(len(got), 1)])
	}
}

func TestOldTemporaryFilesOfKilledProcessesGo(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "manifest.json", "old")
	for _, name := range []string{tempPrefix + "123", tempPrefix + "456", tempPrefix + "notes", tempPrefix} {
		write(t, dir, name, "")
	}
	past := mustStat(t, filepath.Join(dir, "manifest.json")).ModTime().Add(-2 * staleAfter)
	for _, name := range []string{tempPrefix + "123", tempPrefix + "notes", tempPrefix} {
		if err := os.Chtimes(filepath.Join(dir, name), past, past); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteChanges(dir, []manifest.Change{{File: "manifest.json", Before: []byte("old"), After: []byte("new")}}); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint([]string{filepath.Join(dir, tempPrefix), filepath.Join(dir, tempPrefix+"456"), filepath.Join(dir, tempPrefix+"notes")})
	if got := fmt.Sprint(leftovers(t, dir)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func mustStat(t *testing.T, name string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// A question, such as for a key's password, may stand between the check and the package.
func TestPackageHoldsTheManifestThatWasChecked(t *testing.T) {
	dir := project(t)
	report := manifest.Check(os.DirFS(dir), manifest.Options{Path: dir})
	path := filepath.Join(dir, manifest.FileName)
	before := content(t, path)
	output := filepath.Join(t.TempDir(), "out.nspkg")
	pack := func() error {
		return open(t, Options{Dir: dir, Checked: &report, Engine: nobody(t)}).Package(context.Background(), output)
	}
	write(t, dir, manifest.FileName, strings.Replace(before, `"port": 8080`, `"port": 80`, 1))
	if err := pack(); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), manifest.FileName) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(output); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a package: %v", err)
	}
	write(t, dir, manifest.FileName, before)
	if err := pack(); err != nil {
		t.Error(err)
	}
}
