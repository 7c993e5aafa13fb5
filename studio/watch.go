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

	"github.com/netstacks/netstacks-plugin/manifest"
)

const (
	// debounce waits for a save to settle: editors write in two to four events,
	// and the first can arrive while the file is still empty.
	debounce = 30 * time.Millisecond
	// checkAhead is when, of debounce, the check begins: most saves are whole by
	// then, and what it finds is there to be shown once they have settled.
	checkAhead = 8 * time.Millisecond
	// longestWait is when changes that never settle are looked at all the same,
	// such as those of a program that logs into the project.
	longestWait = 500 * time.Millisecond
	// lookEvery is how often the project's folder itself is looked for: nothing
	// tells that a folder above it was moved, or that a folder is back.
	lookEvery = 500 * time.Millisecond
)

// unwatched are folders whose files are neither built nor checked.
var unwatched = map[string]bool{
	".git": true, ".netstacks": true, "node_modules": true, "target": true, "__pycache__": true,
	"venv": true, ".venv": true, ".pytest_cache": true, ".idea": true, ".vscode": true, ".mypy_cache": true, ".ruff_cache": true,
}

// watcher follows a project's folders. Folders, not files, are watched, so that
// atomic saves (write and rename) are seen. It belongs to one goroutine.
type watcher struct {
	s      *Session
	notify *fsnotify.Watcher
	root   string            // the project's folder with links followed; "" while it is gone
	id     os.FileInfo       // of root
	dirs   map[string]bool   // folders below root that are watched
	links  map[string]string // where links of the project lead to: real path to path below root
	moved  bool              // a watched folder was moved or removed: all is to be watched anew
	ahead  *checking         // of what has changed so far; nil when none has begun

	stale chan struct{} // wakes the goroutine that compares the image with the folder
}

// watch starts following the project's folders and checks the project, in this
// order, so that no change falls between.
func (s *Session) watch() error {
	w := &watcher{s: s, stale: make(chan struct{}, 1)}
	if err := w.begin(); err != nil {
		return err
	}
	w.followLinks(s.check())
	s.background(w.follow)
	s.background(func(ctx context.Context) {
		for {
			select {
			case <-ctx.Done():
				return
			case <-w.stale:
				s.markStale(ctx) // asks the engine: no save waits for it
			}
		}
	})
	return nil
}

// begin watches everything anew. A project whose folder is gone is no error:
// nothing is watched then.
func (w *watcher) begin() error {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	w.end()
	w.notify, w.root, w.id, w.moved = notify, "", nil, false
	w.dirs, w.links = map[string]bool{}, map[string]string{}
	root, err := filepath.EvalSymlinks(w.s.dir)
	if err != nil {
		return nil
	}
	info, err := os.Stat(root)
	if err != nil || !info.IsDir() {
		return nil
	}
	w.root, w.id = root, info
	return w.add(root)
}

func (w *watcher) end() {
	if w.notify != nil {
		_ = w.notify.Close() // nothing was written to it that could be lost
	}
}

func (w *watcher) follow(ctx context.Context) {
	defer func() { w.end() }()
	settle, ahead := time.NewTimer(debounce), time.NewTimer(checkAhead)
	settle.Stop()
	ahead.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	changed := map[string]bool{}
	var first time.Time // of the changes that have not settled
	note := func(path string) {
		if len(changed) == 0 {
			first = time.Now()
		}
		changed[path] = true
		w.dropAhead()
		ahead.Reset(checkAhead)
		settle.Reset(min(debounce, max(longestWait-time.Since(first), 0)))
	}
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-w.notify.Events:
			if path, matters := w.path(e); matters {
				note(path)
			}
		case err := <-w.notify.Errors:
			if errors.Is(err, fsnotify.ErrEventOverflow) {
				w.moved = true // a new folder may be among what was lost
				note(".")
			}
		case <-look.C:
			if w.elsewhere() {
				w.moved = true
				note(".")
			}
			w.s.lookForPackage() // which may have been written to anywhere
		case <-ahead.C:
			if s := w.s; !w.moved && s.matter(changed, s.Snapshot().Manifest.Report) {
				w.ahead = s.beginCheck()
			}
		case <-settle.C:
			ahead.Stop()
			w.settled(changed)
			changed = map[string]bool{}
		}
	}
}

// dropAhead ends a check that is ahead: what it read is no longer there.
func (w *watcher) dropAhead() {
	if w.ahead != nil {
		w.ahead.cancel()
		w.ahead = nil
	}
}

// path returns what an event is about, below the project's folder with slashes,
// and whether that can matter.
func (w *watcher) path(e fsnotify.Event) (string, bool) {
	gone := e.Op.Has(fsnotify.Remove) || e.Op.Has(fsnotify.Rename)
	if w.dirs[e.Name] && gone {
		w.moved = true
	}
	if e.Name == w.root {
		return ".", gone
	}
	if name, ok := w.links[e.Name]; ok {
		return name, true
	}
	if name, ok := w.links[filepath.Dir(e.Name)]; ok {
		return name + "/" + filepath.Base(e.Name), !leftover(filepath.Base(e.Name))
	}
	rel, err := filepath.Rel(w.root, e.Name)
	if err != nil || !filepath.IsLocal(rel) || ignored(rel) || e.Op == fsnotify.Chmod && rel != manifest.FileName {
		return "", false
	}
	if e.Op.Has(fsnotify.Create) {
		// A new folder's own files may be there before the watch is; they are
		// covered because the whole project is checked again when this settles.
		_ = w.add(e.Name)
	}
	return filepath.ToSlash(rel), true
}

// elsewhere tells whether another folder than the watched one stands at the
// project's path, or none at all.
func (w *watcher) elsewhere() bool {
	info, err := os.Stat(w.s.dir)
	there := err == nil && info.IsDir()
	return w.moved || there != (w.root != "") || there && !os.SameFile(info, w.id)
}

// settled takes in a set of changed paths once no more come.
func (w *watcher) settled(paths map[string]bool) {
	if w.moved {
		w.dropAhead()
		if w.begin() != nil {
			w.moved = true // as when all watches are taken: tried again with the next look
		}
	}
	if report, checked := w.s.changed(paths, w.ahead); checked {
		w.followLinks(report)
	}
	w.ahead = nil
	select {
	case w.stale <- struct{}{}:
	default:
	}
}

// add watches a folder and those below it that matter; what is a file, gone
// again, or closed to us is nothing to watch.
func (w *watcher) add(top string) error {
	return filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if path == w.root && !unreadable(err) {
				return err
			}
			return nil
		case !d.IsDir():
			return nil
		case path != w.root && unwatched[d.Name()]:
			return filepath.SkipDir
		}
		if err := w.notify.Add(path); err != nil && !unreadable(err) {
			return err
		}
		w.dirs[path] = true
		return nil
	})
}

func unreadable(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)
}

// followLinks watches what the files and folders that a report depends on are
// links to.
func (w *watcher) followLinks(report manifest.Report) {
	if w.root == "" {
		return
	}
	w.links = map[string]string{}
	for _, name := range append(report.Files(), manifest.FileName) {
		path := filepath.Join(w.root, filepath.FromSlash(name))
		for _, target := range targets(path) {
			if target == path {
				continue
			}
			w.links[target] = name
			w.watchAlone(filepath.Dir(target))
			if info, err := os.Stat(target); err == nil && info.IsDir() {
				w.watchAlone(target)
			}
		}
	}
}

// watchAlone watches a folder without those below it, which is as good as it
// gets when that fails: a link's target is a courtesy.
func (w *watcher) watchAlone(dir string) {
	if !w.dirs[dir] {
		_ = w.notify.Add(dir)
	}
}

// maxLinks bounds how many links one after the other are followed.
const maxLinks = 8

// targets returns where a path leads to: each link that a link leads to, and
// the end with all links followed, which need not be there.
func targets(path string) []string {
	var all []string
	for at := path; len(all) < maxLinks; {
		next, err := os.Readlink(at)
		if err != nil {
			break
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(at), next)
		}
		all, at = append(all, next), next
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		all = append(all, real)
	}
	return all
}

// ignored tells whether a path below the project's folder lies in a folder that
// does not matter, or is one of ours: an archive, or its temporary file.
func ignored(rel string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
		if unwatched[part] {
			return true
		}
	}
	base := filepath.Base(rel)
	return strings.Contains(base, ".nspkg") || leftover(base)
}

// leftover tells whether a file is one that a save leaves beside another for a
// moment or as a backup: ours, vim's, or Emacs'.
func leftover(base string) bool {
	switch filepath.Ext(base) {
	case ".swp", ".swo", ".swx":
		return true
	}
	if number, unnamed := strings.CutPrefix(base, "#"); unnamed && number != "" && strings.Trim(number, "0123456789") == "" {
		return true // how Linux calls a file that has no name, such as a package before it is whole
	}
	return base == "4913" || strings.HasSuffix(base, "~") || strings.HasPrefix(base, ".#") || strings.HasPrefix(base, tempPrefix)
}
