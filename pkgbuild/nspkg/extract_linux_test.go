package nspkg

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// below returns what stands below a folder: path → mode and content.
func below(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		rel, content := strings.TrimPrefix(name, dir+string(filepath.Separator)), ""
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			content = string(data)
		}
		found[filepath.ToSlash(rel)] = info.Mode().String() + " " + content
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// sandbox is a folder with things that nothing may change.
func sandbox(t *testing.T) string {
	t.Helper()
	dir := plant(t, map[string]string{"etc/passwd": "root", "x": "outside", "work/beside": "outside", "work/full/file": "mine"})
	if err := os.MkdirAll(filepath.Join(dir, "work", "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestExtractWritesTheFilesWithTwoModes(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	a, err := open(forgedArchive{entries: []forged{
		honest("manifest.json", "{}"), {name: "service/main.py", content: "print(1)\n", method: methodDeflated}, honest("empty/", ""),
		{name: "service/run.sh", content: "#!/bin/sh\n", both: func(h *header) { h.attributes = (unixFile | 0o777) << 16 }},
		{name: "secret", content: "s", both: func(h *header) { h.attributes = (unixFile | 0o400) << 16 }},
	}}.bytes())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"manifest.json": "-rw-r--r-- {}", "service": "drwxr-xr-x ", "service/main.py": "-rw-r--r-- print(1)\n", "empty": "drwxr-xr-x ",
		"service/run.sh": "-rwxr-xr-x #!/bin/sh\n", "secret": "-rw-r--r-- s",
	}
	dir := sandbox(t)
	before := below(t, dir)
	for _, target := range []string{"new", "empty"} {
		if err := a.Extract(t.Context(), filepath.Join(dir, "work", target)); err != nil {
			t.Fatal(err)
		}
		if got := below(t, filepath.Join(dir, "work", target)); !maps.Equal(got, want) {
			t.Errorf("extracted to %s:\n%q, want\n%q", target, got, want)
		}
	}
	after := below(t, dir)
	maps.DeleteFunc(after, func(name, _ string) bool {
		return strings.HasPrefix(name, "work/new") || strings.HasPrefix(name, "work/empty")
	})
	delete(before, "work/empty")
	if !maps.Equal(before, after) {
		t.Errorf("beside it:\n%q, want\n%q", after, before)
	}
}

func TestExtractLeavesNothingWhenItFails(t *testing.T) {
	whole := forgedArchive{entries: []forged{honest("manifest.json", "{}"), honest("a/b/c", "x")}}.bytes()
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	type attempt struct {
		name    string
		archive []byte
		target  string
		ctx     context.Context
		want    string
	}
	attempts := []attempt{
		{"folder that is not empty", whole, "full", t.Context(), "the folder is not empty; name one that is missing or empty"},
		{"file in its place", whole, "beside", t.Context(), "it is there and no folder"},
		{"folder around it is missing", whole, "none/new", t.Context(), "no such file"},
		{"cancelled", whole, "new", cancelled, "context canceled"},
	}
	for _, h := range dishonest() {
		attempts = append(attempts, attempt{h.name, h.archive, "new", t.Context(), "a"}, attempt{h.name + ", into an empty folder", h.archive, "empty", t.Context(), "a"})
	}
	for _, test := range attempts {
		t.Run(test.name, func(t *testing.T) {
			dir := sandbox(t)
			before := below(t, dir)
			a, err := open(test.archive)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Extract(test.ctx, filepath.Join(dir, "work", test.target)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if after := below(t, dir); !maps.Equal(before, after) {
				t.Errorf("left behind:\n%q, before\n%q", after, before)
			}
		})
	}
}

// TestHostileArchivesReachNothingOutside extracts what the checks at opening
// would have refused: extraction by itself writes below its folder alone.
func TestHostileArchivesReachNothingOutside(t *testing.T) {
	tried := 0
	for _, h := range slices.Concat(badNames(), badKinds(), badTrees()) {
		t.Run(h.name, func(t *testing.T) {
			dir := sandbox(t)
			before := below(t, dir)
			a, err := unchecked(h.archive)
			if err != nil {
				return // not even its list can be read
			}
			tried++
			err = a.Extract(t.Context(), filepath.Join(dir, "work", "new"))
			after := below(t, dir)
			if err == nil {
				maps.DeleteFunc(after, func(name, _ string) bool { return name == "work/new" || strings.HasPrefix(name, "work/new/") })
			}
			if !maps.Equal(before, after) {
				t.Errorf("error %v; afterwards\n%q, before\n%q", err, after, before)
			}
			for name, what := range below(t, dir) {
				if what[0] != '-' && what[0] != 'd' {
					t.Errorf("%s is %s, no file and no folder", name, what)
				}
			}
		})
	}
	if tried < 40 {
		t.Errorf("%d archives could be tried", tried)
	}
}

// unchecked opens an archive without looking at its names, kinds and tree.
func unchecked(data []byte) (*Archive, error) {
	a := &Archive{in: strings.NewReader(string(data)), size: int64(len(data))}
	dir, err := findDirectory(a.in, a.size)
	if err == nil {
		a.records, err = readRecords(a.in, dir)
	}
	if err == nil {
		err = locate(a.in, a.records, dir.offset)
	}
	return a, err
}

func TestExtractRefusesAFullDiskCleanly(t *testing.T) {
	dir := t.TempDir()
	machine.SmallDisk(t, dir, 64<<10)
	a, err := open(with(bomb("large", 4<<20)))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Extract(t.Context(), filepath.Join(dir, "new")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v", err)
	}
	if left := below(t, dir); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
