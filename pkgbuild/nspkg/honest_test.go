package nspkg

import (
	"archive/zip"
	"cmp"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// packers are the programs that people make archives with; each writes the
// current folder to the file $OUT.
var packers = []struct{ name, program, script string }{
	{"zip", "zip", `zip -qr "$OUT" .`},
	{"zip without extra fields", "zip", `zip -qrX "$OUT" .`},
	{"zip, stored", "zip", `zip -qr0 "$OUT" .`},
	{"zip to a pipe", "zip", `zip -qr - . | cat > "$OUT"`},
	{"zip from a list", "zip", `find . -type f | sort | zip -q -@ "$OUT"`},
	{"zip in another locale", "zip", `LC_ALL=C zip -qr "$OUT" .`},
	{"7z", "7z", `7z a -tzip "$OUT" . > /dev/null`},
	{"7z, best", "7z", `7z a -tzip -mx=9 "$OUT" . > /dev/null`},
	{"jar", "jar", `jar cfM "$OUT" .`},
	{"shutil", "python3", `python3 -c 'import os, shutil
shutil.move(shutil.make_archive(os.environ["OUT"], "zip", "."), os.environ["OUT"])'`},
	{"zipfile", "python3", `python3 -c '
import os, zipfile
with zipfile.ZipFile(os.environ["OUT"], "w", zipfile.ZIP_DEFLATED) as z:
    for folder, _, files in os.walk("."):
        for name in files:
            z.write(os.path.join(folder, name))'`},
	{"zipfile, ready for large files", "python3", `python3 -c '
import os, zipfile
with zipfile.ZipFile(os.environ["OUT"], "w", zipfile.ZIP_DEFLATED) as z:
    for folder, _, files in os.walk("."):
        for name in files:
            name = os.path.join(folder, name)
            with z.open(os.path.normpath(name), "w", force_zip64=True) as f:
                f.write(open(name, "rb").read())'`},
	{"zipfile to a pipe", "python3", `python3 -c '
import os, sys, zipfile
with zipfile.ZipFile(sys.stdout.buffer, "w", zipfile.ZIP_DEFLATED) as z:
    for folder, _, files in os.walk("."):
        for name in files:
            z.write(os.path.join(folder, name))' | cat > "$OUT"`},
	{"git archive", "git", `git init -q . && git add -A -f . && git -c user.name=a -c user.email=a@b commit -qm a && git archive --format=zip -o "$OUT.zip" "HEAD^{tree}" && mv "$OUT.zip" "$OUT" && rm -rf .git`},
}

// sameAs fails unless the archive's files are those of a folder.
func sameAs(t *testing.T, archive string, want map[string]string) {
	t.Helper()
	a, err := Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Digests(t.Context()); err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(t.TempDir(), "into")
	if err := a.Extract(t.Context(), into); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, into); !maps.Equal(got, want) {
		t.Errorf("extracted %q\nwant %q", got, want)
	}
	read := map[string]string{}
	for _, f := range a.Files() {
		data, err := fs.ReadFile(a, f.Path)
		if err != nil || int64(len(data)) != f.Size {
			t.Errorf("%s: %d bytes of %d, %v", f.Path, len(data), f.Size, err)
		}
		read[f.Path] = string(data)
	}
	if !maps.Equal(read, want) {
		t.Errorf("read %q\nwant %q", read, want)
	}
}

func TestHonestArchivesOfOtherProgramsAreAccepted(t *testing.T) {
	for _, packer := range packers {
		t.Run(packer.name, func(t *testing.T) {
			pkg := map[string]string{"7z": "p7zip-full", "jar": "default-jdk-headless"}[packer.program]
			machine.Program(t, packer.program, cmp.Or(pkg, packer.program))
			dir, out := plant(t, plugin), filepath.Join(t.TempDir(), "x.nspkg")
			if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
				t.Fatal(err)
			}
			want := tree(t, dir)
			cmd := exec.CommandContext(t.Context(), "sh", "-c", packer.script)
			cmd.Dir = dir
			// zip adds an extension where there is none, and 7z reads its locale.
			cmd.Env = append(os.Environ(), "OUT="+out, "LC_ALL=C.UTF-8", "HOME="+t.TempDir())
			if output, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			sameAs(t, out, want)
		})
	}
}

func TestArchivesOfGoAreAccepted(t *testing.T) {
	dir, out := plant(t, plugin), filepath.Join(t.TempDir(), "x.nspkg")
	file, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(file) // it writes data descriptors
	err = z.AddFS(os.DirFS(dir))
	if err == nil {
		var w interface{ Write([]byte) (int, error) }
		if w, err = z.CreateHeader(&zip.FileHeader{Name: "stored", Method: zip.Store}); err == nil {
			_, err = w.Write([]byte("stored, with its numbers behind it"))
		}
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil || file.Close() != nil {
		t.Fatal(err)
	}
	want := tree(t, dir)
	want["stored"] = "stored, with its numbers behind it"
	sameAs(t, out, want)
}

func TestOwnArchivesAreAcceptedAndInTheirForm(t *testing.T) {
	dir := plant(t, plugin)
	out := pack(t, dir).Path
	sameAs(t, out, tree(t, dir))
	a, err := Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if got := a.Deviations(); len(got) > 0 {
		t.Errorf("deviations: %q", got)
	}
	var modes []string
	for _, f := range a.Files() {
		if f.Mode == 0o755 {
			modes = append(modes, f.Path)
		}
	}
	if strings.Join(modes, " ") != "service/start.sh" {
		t.Errorf("executable: %q", modes)
	}
}
