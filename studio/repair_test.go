package studio

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/manifest"
)

// deprecated declares a capability for which there is a safe fix (NSP3011).
func deprecated(t *testing.T, dir string) (at, before, after string) {
	t.Helper()
	at = filepath.Join(dir, manifest.FileName)
	data, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	start, end := bytes.IndexByte(data, '['), bytes.IndexByte(data, ']')
	with := func(name string) string {
		return string(data[:start]) + "[\n    \"read_devices\",\n    \"" + name + "\"\n  " + string(data[end:])
	}
	before, after = with("index_knowledge"), with("create_knowledge_document")
	if err := os.WriteFile(at, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	return at, before, after
}

// fixable returns the finding that deprecated made.
func fixable(t *testing.T, s *Session) manifest.Finding {
	t.Helper()
	for _, f := range s.Snapshot().Manifest.Report.Findings {
		if f.Rule == "NSP3011" && len(f.Fixes) > 0 {
			return f
		}
	}
	t.Fatalf("no fix is offered: %+v", s.Snapshot().Manifest.Report.Findings)
	return manifest.Finding{}
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds\n%s\n(%v), want\n%s", filepath.Base(path), got, err, want)
	}
}

// found tells whether the last report holds the finding that deprecated makes.
func found(s *Session) bool {
	return slices.ContainsFunc(s.Snapshot().Manifest.Report.Findings, func(f manifest.Finding) bool { return f.Rule == "NSP3011" })
}

func TestFixesAreMadeAndTakenBack(t *testing.T) {
	t.Parallel()
	w := watchProject(t, func(dir string) string { deprecated(t, dir); return dir })
	path, before, after := deprecated(t, w.dir)
	w.checks()
	f := fixable(t, w.Session)
	if err := w.ApplyFix(context.Background(), f, f.Fixes[0]); err != nil {
		t.Fatal(err)
	}
	holds(t, path, after)
	sn := w.Snapshot()
	if found(w.Session) || sn.Manifest.Undo == "" || sn.Recent[0].Text != "manifest.json: "+sn.Manifest.Undo {
		t.Errorf("findings %v, undo %q, note %q", sn.Manifest.Report.Findings, sn.Manifest.Undo, sn.Recent[0].Text)
	}
	document := sn.Manifest.Report.Document
	w.checks()
	if w.Snapshot().Manifest.Report.Document != document {
		t.Error("what was written by the fix was checked a second time")
	}
	if err := w.UndoFix(context.Background()); err != nil {
		t.Fatal(err)
	}
	holds(t, path, before)
	if sn := w.Snapshot(); !found(w.Session) || sn.Manifest.Undo != "" {
		t.Errorf("after taking it back: findings %v, undo %q", sn.Manifest.Report.Findings, sn.Manifest.Undo)
	}
	if err := w.UndoFix(context.Background()); !errors.Is(err, ErrNothingToUndo) {
		t.Errorf("taking back once more: %v", err)
	}
}

func TestAllSafeFixesAreMadeAndTakenBackAtOnce(t *testing.T) {
	t.Parallel()
	dir := project(t)
	path, before, _ := deprecated(t, dir)
	s := open(t, Options{Dir: dir, Engine: nobody(t)})
	n, err := s.ApplySafeFixes(context.Background())
	if err != nil || n == 0 || found(s) {
		t.Fatalf("%d fixes were made, %v; findings %v", n, err, s.Snapshot().Manifest.Report.Findings)
	}
	if n, err := s.ApplySafeFixes(context.Background()); err != nil || n != 0 {
		t.Errorf("once more: %d, %v", n, err)
	}
	if err := s.UndoFix(context.Background()); err != nil {
		t.Fatal(err)
	}
	holds(t, path, before)
}

func TestAFixForAnotherFileThanThereIsNowIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		know bool // whether the session has seen the change
	}{{"before it was checked again", false}, {"after it was checked again", true}} {
		t.Run(c.name, func(t *testing.T) {
			dir := project(t)
			path, before, _ := deprecated(t, dir)
			s := open(t, Options{Dir: dir, Engine: nobody(t)})
			f := fixable(t, s)
			changed := "\n" + before
			if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			if c.know {
				s.check()
			}
			if err := s.ApplyFix(context.Background(), f, f.Fixes[0]); !errors.Is(err, ErrChanged) {
				t.Errorf("error %v", err)
			}
			holds(t, path, changed)
			if source := s.Snapshot().Manifest.Source; string(source) != changed {
				t.Error("it was not checked again")
			}
		})
	}
}

func TestAFixOfAFileThatChangedSinceIsNotTakenBack(t *testing.T) {
	t.Parallel()
	dir := project(t)
	path, _, after := deprecated(t, dir)
	s := open(t, Options{Dir: dir, Engine: nobody(t)})
	f := fixable(t, s)
	if err := s.ApplyFix(context.Background(), f, f.Fixes[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(after+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.UndoFix(context.Background()); !errors.Is(err, ErrChanged) {
		t.Errorf("error %v", err)
	}
	holds(t, path, after+"\n")
	if undo := s.Snapshot().Manifest.Undo; undo != "" {
		t.Errorf("it is still offered: %s", undo)
	}
	if err := os.WriteFile(path, []byte(after), 0o644); err != nil {
		t.Fatal(err)
	}
	if s.check(); s.Snapshot().Manifest.Undo == "" {
		t.Error("it is not offered, though the file is as the fix left it")
	}
	if err := s.UndoFix(context.Background()); err != nil {
		t.Errorf("once the file is as the fix left it: %v", err)
	}
}

func TestWhatMayNotBeWrittenIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		path       func(dir, file string) string
		mode, back os.FileMode
	}{
		{"a folder", func(dir, _ string) string { return dir }, 0o555, 0o755},
		{"a file", func(_, file string) string { return file }, 0o444, 0o644},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := project(t)
			path, before, _ := deprecated(t, dir)
			s := open(t, Options{Dir: dir, Engine: nobody(t)})
			f := fixable(t, s)
			// The user who is to be stopped by it must come as far as this.
			if err := errors.Join(os.Chmod(c.path(dir, path), c.mode), os.Chmod(filepath.Dir(dir), 0o755)); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(c.path(dir, path), c.back) })
			err := machine.AsNobody(t, func() error { return s.ApplyFix(context.Background(), f, f.Fixes[0]) })
			if !errors.Is(err, fs.ErrPermission) || !strings.HasPrefix(err.Error(), "manifest.json may not be written") {
				t.Errorf("error %v", err)
			}
			holds(t, path, before)
			if sn := s.Snapshot(); sn.Manifest.Undo != "" || !found(s) {
				t.Errorf("the state says that it was done: %+v", sn.Manifest)
			}
		})
	}
}

func TestTitlesOfFixesAreToldInThePast(t *testing.T) {
	for title, want := range map[string]string{
		`write "port": 8080`: `wrote "port": 8080`, "Remove the comma": "removed the comma", "close": "closed", "straighten it": "done: straighten it",
	} {
		if got := past(title); got != want {
			t.Errorf("past(%q) = %q, want %q", title, got, want)
		}
	}
}
