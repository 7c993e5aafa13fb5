package scaffold

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// planIn returns a plan for a plugin below dir.
func planIn(t *testing.T, dir string) Plan {
	t.Helper()
	p, err := NewPlan(good(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tree returns the paths of all that is below dir, in order.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if path != dir {
			rel, _ := filepath.Rel(dir, path)
			found = append(found, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func mustBeWritten(t *testing.T, p Plan) {
	t.Helper()
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, path := range tree(t, p.Dir) {
		if info, err := os.Stat(filepath.Join(p.Dir, path)); err == nil && info.Mode().IsRegular() {
			files = append(files, path)
		}
	}
	slices.Sort(files)
	if !slices.Equal(files, paths(p)) {
		t.Errorf("the files are %v, want %v", files, paths(p))
	}
	for _, f := range p.Files {
		got, err := os.ReadFile(filepath.Join(p.Dir, f.Path))
		if err != nil || string(got) != string(f.Content) {
			t.Errorf("%s: %v, or other content", f.Path, err)
		}
	}
}

func TestWriteMakesTheProjectAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	mustBeWritten(t, planIn(t, dir))
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("beside the project there is %v", entries)
	}
}

func TestWriteMakesTheOutputDirectory(t *testing.T) {
	mustBeWritten(t, planIn(t, filepath.Join(t.TempDir(), "a", "b")))
}

func TestWriteToTheCurrentDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"", "."} {
		p := planIn(t, dir)
		mustBeWritten(t, p)
		os.RemoveAll(p.Dir)
	}
}

func TestWriteTakesOverAnEmptyDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "my-plugin"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustBeWritten(t, planIn(t, dir))
}

func TestPermissionsFollowTheUmask(t *testing.T) {
	dir := t.TempDir()
	p := planIn(t, dir)
	mustBeWritten(t, p)
	reference := filepath.Join(dir, "reference")
	if err := os.Mkdir(reference, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(reference+"/file", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for made, like := range map[string]string{
		p.Dir: reference, p.Dir + "/service/routes": reference, p.Dir + "/service/main.py": reference + "/file",
	} {
		got, err := os.Stat(made)
		want, _ := os.Stat(like)
		if err != nil || got.Mode() != want.Mode() {
			t.Errorf("%s: %v %v, want %v", made, got.Mode(), err, want.Mode())
		}
	}
}

func TestWriteRefusesATakenPlaceAndTouchesNothing(t *testing.T) {
	for what, occupy := range map[string]func(path string) error{
		"is not empty": func(path string) error {
			return errors.Join(os.Mkdir(path, 0o755), os.WriteFile(path+"/keep", []byte("mine"), 0o600))
		},
		"is not a directory": func(path string) error { return os.WriteFile(path, []byte("mine"), 0o600) },
		"is a symbolic link": func(path string) error { return os.Symlink(filepath.Dir(path), path) },
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			p := planIn(t, dir)
			if err := occupy(p.Dir); err != nil {
				t.Fatal(err)
			}
			before := tree(t, dir)
			err := p.Write()
			var exists *ExistsError
			if !errors.As(err, &exists) || exists.Path != p.Dir || exists.What != what {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(err.Error(), p.Dir+" already exists and "+what+"; choose another name") {
				t.Errorf("the message is %q", err)
			}
			if after := tree(t, dir); !slices.Equal(after, before) {
				t.Errorf("there is %v now, before %v", after, before)
			}
		})
	}
}

// What appears in the project's place while its files are written is kept.
func TestMoveInLeavesALatecomerAlone(t *testing.T) {
	dir := t.TempDir()
	p := planIn(t, dir)
	staged := filepath.Join(dir, "staged")
	if err := errors.Join(p.writeFiles(staged), os.Mkdir(p.Dir, 0o755), os.WriteFile(p.Dir+"/keep", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	var exists *ExistsError
	if err := p.moveIn(staged); !errors.As(err, &exists) {
		t.Errorf("got %v", err)
	}
	if got := tree(t, p.Dir); !slices.Equal(got, []string{"keep"}) {
		t.Errorf("the latecomer's directory holds %v", got)
	}
}

func TestFailureLeavesNothingBehind(t *testing.T) {
	for what, tc := range map[string]struct {
		spoil func(t *testing.T, dir string, p *Plan)
		want  string
	}{
		"a file in the way of a directory": {
			func(_ *testing.T, _ string, p *Plan) {
				p.Files = append(p.Files, File{Path: "manifest.json/below", Mode: 0o644})
			}, "file exists",
		},
		"the same file twice": {
			func(_ *testing.T, _ string, p *Plan) { p.Files = append(p.Files, p.Files[0]) }, "file exists",
		},
		"a path out of the project": {
			func(_ *testing.T, _ string, p *Plan) {
				p.Files = append(p.Files, File{Path: "../escaped", Mode: 0o644})
			}, "escapes",
		},
		"an output directory that is a file": {
			func(t *testing.T, dir string, p *Plan) {
				if err := os.WriteFile(dir+"/file", nil, 0o600); err != nil {
					t.Fatal(err)
				}
				p.Dir = filepath.Join(dir, "file", "my-plugin")
			}, "not a directory",
		},
		"an output directory that may not be written": {
			func(t *testing.T, dir string, p *Plan) {
				// The user who is to be stopped by it must come as far as this.
				if err := errors.Join(os.Chmod(dir, 0o555), os.Chmod(filepath.Dir(dir), 0o755)); err != nil {
					t.Fatal(err)
				}
				p.Dir = filepath.Join(dir, "my-plugin")
			}, "permission denied",
		},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			p := planIn(t, filepath.Join(dir, "new", "deep"))
			tc.spoil(t, dir, &p)
			before := tree(t, dir)
			write := p.Write
			if tc.want == "permission denied" { // which root is never told
				write = func() error { return machine.AsNobody(t, p.Write) }
			}
			err := write()
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if after := tree(t, dir); !slices.Equal(after, before) {
				t.Errorf("there is %v now, before %v", after, before)
			}
		})
	}
}
