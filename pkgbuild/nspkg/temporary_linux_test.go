package nspkg

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

func TestFullDiskAnywhereLeavesThePreviousArchive(t *testing.T) {
	dir := plant(t, map[string]string{"manifest.json": "{}", "noise": noise(blockSize + 1000), "text": source(blockSize, 1), "small": noise(3000)})
	whole := pack(t, dir)
	var full, written int
	for i := range 20 {
		// From hardly more than the previous archive to enough for both.
		size := 16<<10 + whole.PackageSize*int64(i)/16
		t.Run(fmt.Sprintf("%d KiB", size>>10), func(t *testing.T) {
			folder := t.TempDir()
			machine.SmallDisk(t, folder, int(size))
			output := filepath.Join(folder, "out.nspkg")
			if err := os.WriteFile(output, []byte("previous"), 0o644); err != nil {
				t.Fatal(err)
			}
			summary, err := Write(t.Context(), Options{Dir: dir, Output: output})
			switch {
			case err == nil:
				written++
				if left := tree(t, folder); len(left) != 1 || fingerprint(t, output) != whole.SHA256 || summary.SHA256 != whole.SHA256 {
					t.Errorf("the new archive and nothing else should be there: %q", slices.Collect(maps.Keys(left)))
				}
			case !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), output):
				t.Errorf("error %v, want one that names the package and says that no space is left", err)
			default:
				full++
				untouched(t, output)
				// All that was written is free again.
				if err := os.WriteFile(filepath.Join(folder, "other"), []byte(noise(8<<10)), 0o644); err != nil {
					t.Errorf("the disk is full of what was left behind: %v", err)
				}
			}
		})
	}
	t.Logf("%d times the disk was full, %d times there was room", full, written)
	switch {
	case full+written == 0:
		t.Skip("nothing was tried, see above")
	case full < 10 || written < 1:
		t.Error("the sizes tell little: choose others")
	}
}

// namesIn returns the names of the files below folder.
func namesIn(t *testing.T, folder string) []string {
	t.Helper()
	return slices.Sorted(maps.Keys(tree(t, folder)))
}

func TestUnfinishedPackageHasNoName(t *testing.T) {
	folder := t.TempDir()
	file := createUnnamed(folder)
	if file == nil {
		machine.Missing(t, "this file system has no files without a name: set TMPDIR to a folder on ext4, XFS, Btrfs or tmpfs")
	}
	defer file.Close()
	if _, err := file.WriteString("half"); err != nil {
		t.Fatal(err)
	}
	if left := namesIn(t, folder); len(left) != 0 {
		t.Errorf("%q are there", left)
	}
}

// temporaries are the ways in which an unfinished package is kept.
var temporaries = map[string]func(string) (*temporary, error){"as the file system allows": createTemporary, "under a name": createNamed}

func TestUnfinishedPackageBecomesThePackage(t *testing.T) {
	for name, create := range temporaries {
		for _, there := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, in place of another: %v", name, there), func(t *testing.T) {
				folder := t.TempDir()
				output := filepath.Join(folder, "out.nspkg")
				if there {
					if err := os.WriteFile(output, []byte("previous"), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				file, err := create(folder)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := file.WriteString("new"); err != nil {
					t.Fatal(err)
				}
				if err := file.publish(t.Context(), output, there); err != nil {
					t.Fatal(err)
				}
				if got := tree(t, folder); !maps.Equal(got, map[string]string{"out.nspkg": "new"}) {
					t.Errorf("got %q", got)
				}
			})
		}
	}
}

// Somebody else writes the archive after this run has found none.
func TestArchiveThatAppearsMeanwhileIsReplaced(t *testing.T) {
	folder := t.TempDir()
	output := filepath.Join(folder, "out.nspkg")
	file, err := createTemporary(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(output, []byte("theirs"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := file.publish(t.Context(), output, false); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, folder); !maps.Equal(got, map[string]string{"out.nspkg": ""}) {
		t.Errorf("got %q", got)
	}
}

func TestUnfinishedPackagesOfTheDeadAreRemoved(t *testing.T) {
	folder := t.TempDir()
	dead := filepath.Join(folder, temporaryPrefix+"DEAD"+Extension)
	others := []string{"notes.txt", ".packing-notes.txt", "other.nspkg", ".packing-link" + Extension, ".packing-folder" + Extension + "/file"}
	for _, name := range append(others, filepath.Base(dead)) {
		if name == ".packing-link"+Extension {
			link(t, folder, name, "notes.txt")
			continue
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755), os.WriteFile(filepath.Join(folder, name), []byte(name), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	alive, err := createNamed(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	before := namesIn(t, folder)

	output := filepath.Join(folder, "out.nspkg")
	if _, err := Write(t.Context(), Options{Dir: plant(t, plugin), Output: output}); err != nil {
		t.Fatal(err)
	}
	want := append(slices.DeleteFunc(before, func(name string) bool { return name == filepath.Base(dead) }), "out.nspkg")
	slices.Sort(want)
	if got := namesIn(t, folder); !slices.Equal(got, want) {
		t.Errorf("there are\n%q, want\n%q", got, want)
	}
	if err := alive.discard(); err != nil {
		t.Error(err)
	}
	if got := namesIn(t, folder); slices.Contains(got, filepath.Base(alive.name)) {
		t.Errorf("what was discarded is there: %q", got)
	}
}

func TestFolderThatCannotBeListedTakesPackages(t *testing.T) {
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o300); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o700) })
	if os.Getuid() == 0 {
		if err := errors.Join(os.Chown(folder, nobody, -1), os.Chmod(filepath.Dir(folder), 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	err := asNobody(func() error {
		removeStale(folder)
		file, err := createTemporary(folder)
		if err != nil {
			return err
		}
		return file.publish(t.Context(), filepath.Join(folder, "out.nspkg"), false)
	})
	if err != nil {
		t.Error(err)
	}
}
