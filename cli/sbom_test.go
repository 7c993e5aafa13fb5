package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPackageWritesABillOfMaterials(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	const bill = "my-plugin-1.0.0.nspkg.cdx.json"
	code, out, stderr := w.run("package", "my-plugin", "--sbom")
	if code != 0 || stderr != "" || !strings.Contains(out, "\nSBOM: "+bill+" (") {
		t.Fatalf("exit code %d: %s%s", code, out, stderr)
	}
	first := w.text(t, bill)
	code, out, _ = w.run("package", "my-plugin", "--sbom", "--json")
	var p packaged
	if err := json.Unmarshal([]byte(out), &p); err != nil || code != 0 || len(p.Sidecars) != 1 {
		t.Fatalf("exit code %d, %v: %s", code, err, out)
	}
	if s := p.Sidecars[0]; s.Kind != "sbom" || s.Path != p.Path+".cdx.json" || s.Size != int64(len(first)) || len(s.SHA256) != 64 || s.Libraries == 0 || w.text(t, bill) != first {
		t.Errorf("the bill is told as %+v", s)
	}
	if !strings.Contains(first, p.SHA256) || strings.Contains(first, "timestamp") {
		t.Errorf("the bill is %s", first)
	}

	// Without --sbom, the bill of another archive does not stay.
	w.write(t, "my-plugin/service/yarn.lock", "")
	code, _, stderr = w.run("package", "my-plugin")
	if _, err := os.Lstat(filepath.Join(w.dir, bill)); code != 0 || err == nil || !strings.Contains(stderr, bill+" was removed") {
		t.Errorf("exit code %d, the bill is there: %v; %s", code, err == nil, stderr)
	}

	// A lock file that is not read is a warning; the time is told when it is given.
	w.env["SOURCE_DATE_EPOCH"] = "1700000000"
	code, _, stderr = w.run("package", "my-plugin", "--sbom")
	if code != 0 || !strings.Contains(stderr, "service/yarn.lock: lock files of this kind are not read") || !strings.Contains(w.text(t, bill), `"timestamp": "2023-11-14T22:13:20Z"`) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// text is what a file in the world holds.
func (w world) text(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestBillThatCannotBeWrittenIsFoundBeforeAnythingIs(t *testing.T) {
	w := newWorld(t)
	w.plugin(t)
	w.write(t, "x.nspkg.cdx.json/taken", "")
	for output, want := range map[string]string{"x.nspkg": "x.nspkg.cdx.json is a folder", "x.zip": "x.zip does not end in .nspkg"} {
		code, _, stderr := w.run("package", "my-plugin", "--sbom", "--output", output)
		if _, err := os.Lstat(filepath.Join(w.dir, output)); code != 2 || err == nil || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d: %s", output, code, stderr)
		}
	}
	for _, flag := range []string{"--sbom", "--sign", "--key=x"} {
		if code, out, stderr := w.run("package", "my-plugin", "--list", flag); code != 2 || out != "" || !strings.Contains(stderr, "--list writes nothing") {
			t.Errorf("--list %s: exit code %d: %s%s", flag, code, out, stderr)
		}
	}
}
