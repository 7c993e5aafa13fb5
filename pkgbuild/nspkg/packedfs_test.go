package nspkg

import (
	"io/fs"
	"os"
	"slices"
	"testing"
)

func TestPackedFSHoldsWhatThePackageDoes(t *testing.T) {
	dir := plant(t, map[string]string{"manifest.json": "{}", "service/main.py": "", "service/Dockerfile": "", "dev/x": "", ".env": "", ".nspkgignore": "Dockerfile\ndev/\n"})
	listing, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	packed := listing.PackedFS(os.DirFS(dir))
	var names []string
	if err := fs.WalkDir(packed, ".", func(name string, _ fs.DirEntry, err error) error {
		names = append(names, name)
		return err
	}); err != nil || !slices.Equal(names, []string{".", "manifest.json", "service", "service/main.py"}) {
		t.Errorf("walked %q, %v", names, err)
	}
	for _, name := range []string{"service/Dockerfile", "dev", "dev/x", ".env", ".nspkgignore"} {
		_, opened := packed.Open(name)
		_, asked := fs.Stat(packed, name)
		_, listed := fs.ReadDir(packed, name)
		if !os.IsNotExist(opened) || !os.IsNotExist(asked) || !os.IsNotExist(listed) {
			t.Errorf("%s: %v, %v, %v", name, opened, asked, listed)
		}
	}
	if !listing.KeepsOut() {
		t.Error("nothing is kept out")
	}
}
