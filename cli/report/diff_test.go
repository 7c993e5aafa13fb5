package report

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/needs"
	"github.com/netstacks/netstacks-plugin/manifest"
)

func same(s string) string { return s }

func TestDiffIsWhatPatchTakes(t *testing.T) {
	patch := needs.Program(t, "patch", "patch")
	lines := strings.Repeat("a line\n", 9)
	for _, test := range []struct{ name, file, before, after string }{
		{"a line", "manifest.json", lines + "x\n" + lines, lines + "y\n" + lines},
		{"the end without a line break", "manifest.json", lines + "x", lines + "y"},
		{"a line break at the end", "manifest.json", lines + "x", lines + "x\n"},
		{"the only line", "manifest.json", "{}", "{\n}\n"},
		{"all of it", "manifest.json", "a\n", ""},
		{"an empty file", "manifest.json", "", "a\n"},
		{"CRLF", "manifest.json", "a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"},
		{"a byte order mark", "manifest.json", "\xef\xbb\xbfa\nb\n", "a\nb\n"},
		{"no UTF-8", "manifest.json", "a\xff\nb\xfe\n", "a\xfe\nb\xfe\n"},
		{"control characters", "manifest.json", "a\x00\x1b[31m\nb\n", "a\x00\x1b[32m\nb\n"},
		{"a folder and a space", "migrations/a b.sql", "a\n", "b\n"},
		{"three places, two of them near each other", "manifest.json", "x\na\nb\nx\n" + lines + lines + "x\n", "y\nz\na\nb\n" + lines + lines + "y\n"},
		{"two places", "manifest.json", "x\n" + lines + "x\n", "y\n" + lines + "y\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "my plugin", filepath.FromSlash(test.file))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(test.before), 0o600); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			changes := []manifest.Change{{File: test.file, Before: []byte(test.before), After: []byte(test.after)}}
			if exact, err := Diff(&b, changes, DiffOptions{Folder: "my plugin", Mask: same}); err != nil || !exact {
				t.Fatalf("exact %v, %v", exact, err)
			}
			cmd := exec.CommandContext(t.Context(), patch, "-p1", "--no-backup-if-mismatch")
			cmd.Dir, cmd.Stdin = dir, bytes.NewReader(b.Bytes())
			if out, err := cmd.CombinedOutput(); err != nil || bytes.Contains(out, []byte("offset")) {
				t.Fatalf("%v\n%s\n%s", err, out, b.String())
			}
			if got, err := os.ReadFile(path); err != nil && test.after != "" || string(got) != test.after {
				t.Errorf("patch made %q, want %q; %v\n%s", got, test.after, err, b.String())
			}
		})
	}
}

func TestDiffHidesSecrets(t *testing.T) {
	changes := []manifest.Change{{File: "manifest.json", Before: []byte("port 80\nsecret hunter2\n"), After: []byte("port 8080\nsecret hunter2\n")}}
	for _, test := range []struct {
		secret string
		exact  bool
		want   string
	}{
		{"hunter2", false, " secret •••••••\n"},
		{"elsewhere", true, " secret hunter2\n"},
	} {
		var b bytes.Buffer
		exact, err := Diff(&b, changes, DiffOptions{Mask: func(s string) string { return strings.ReplaceAll(s, test.secret, "•••••••") }})
		if err != nil || exact != test.exact || !strings.HasSuffix(b.String(), test.want) {
			t.Errorf("%s: exact %v, %v\n%s", test.secret, exact, err, b.String())
		}
	}
}

func TestDiffOnATerminalIsHarmless(t *testing.T) {
	var b bytes.Buffer
	changes := []manifest.Change{{File: "manifest.json", Before: []byte("a\x1b[31m\r\n"), After: []byte("\tb\n")}}
	if _, err := Diff(&b, changes, DiffOptions{Mask: same, Terminal: true, Color: true}); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[31m--- a/manifest.json\x1b[m\n\x1b[32m+++ b/manifest.json\x1b[m\n\x1b[36m@@ -1 +1 @@\x1b[m\n\x1b[31m-a\uFFFD[31m\x1b[m\n\x1b[32m+    b\x1b[m\n"
	if b.String() != want {
		t.Errorf("got\n%q\nwant\n%q", b.String(), want)
	}
}
