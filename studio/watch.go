package studio

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// debounce waits for a save to settle: editors write in two to four events,
// and the first can arrive while the file is still empty.
const debounce = 30 * time.Millisecond

// unwatched are folders whose files are neither built nor checked.
var unwatched = map[string]bool{
	".git": true, ".netstacks": true, "node_modules": true, "target": true, "__pycache__": true,
	"venv": true, ".venv": true, ".pytest_cache": true, ".idea": true, ".vscode": true, ".mypy_cache": true, ".ruff_cache": true,
}

// watch starts following the project's folders. Folders, not files, are
// watched, so that atomic saves (write and rename) are seen.
func (s *Session) watch() error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	if err := addTree(w, s.dir); err != nil {
		return errors.Join(err, w.Close())
	}
	s.background(func(ctx context.Context) {
		defer w.Close()
		s.followChanges(ctx, w)
	})
	return nil
}

func (s *Session) followChanges(ctx context.Context, w *fsnotify.Watcher) {
	settle := time.NewTimer(debounce)
	settle.Stop()
	changed := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-w.Events:
			if !ok {
				return
			}
			if e.Op == fsnotify.Chmod || ignored(s.dir, e.Name) {
				continue
			}
			if e.Op.Has(fsnotify.Create) {
				// A new folder's own files may be there before the watch is; they
				// are covered because the whole project is checked again below.
				_ = addTree(w, e.Name)
			}
			if rel, err := filepath.Rel(s.dir, e.Name); err == nil {
				changed[filepath.ToSlash(rel)] = true
			}
			settle.Reset(debounce)
		case err, ok := <-w.Errors:
			if !ok {
				return
			}
			if errors.Is(err, fsnotify.ErrEventOverflow) {
				changed["."] = true
				settle.Reset(debounce)
			}
		case <-settle.C:
			s.changed(ctx, changed)
			changed = map[string]bool{}
		}
	}
}

// changed takes in a settled set of changed paths.
func (s *Session) changed(ctx context.Context, paths map[string]bool) {
	before := s.Snapshot().Manifest.Report
	report := s.check()
	if paths["manifest.json"] && before.OK != report.OK {
		if report.OK {
			s.note("good", "manifest.json saved: the Controller accepts it")
		} else {
			s.note("broken", "manifest.json saved: it is not in order")
		}
	}
	s.update(func(sn *Snapshot) {
		if sn.Package.Phase == PhaseDone {
			sn.Package.Stale = true
		}
	}, Event{Kind: KindPackage, Phase: s.Snapshot().Package.Phase})
	s.markStale(ctx)
}

// addTree watches root and the folders below it that matter; a root that is a
// file or is gone again is nothing to watch.
func addTree(w *fsnotify.Watcher, root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) || path != root {
				return nil
			}
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if path != root && unwatched[d.Name()] {
			return filepath.SkipDir
		}
		if err := w.Add(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	})
}

// ignored tells whether a changed path lies in a folder that does not matter
// or is one of ours: an archive, or its temporary file.
func ignored(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		return true
	}
	for _, part := range strings.Split(filepath.ToSlash(rel), "/") {
		if unwatched[part] {
			return true
		}
	}
	return strings.Contains(filepath.Base(path), ".nspkg")
}
