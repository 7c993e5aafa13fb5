package studio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// Bump is the next version of a project: what its manifest says then, and what else still
// says the old one.
type Bump struct {
	manifest.Bump
	// Elsewhere are lines of other files that say the old version. They may mean another one,
	// so nobody but the author changes them; known when the version was raised.
	Elsewhere []Mention `json:"elsewhere"`

	change manifest.Change
}

// Manifest returns manifest.json as it is with the next version.
func (b Bump) Manifest() []byte { return b.change.After }

// did tells what was done, for a person who may take it back.
func (b Bump) did() string { return fmt.Sprintf("raised the version from %s to %s", b.Old, b.New) }

// PlanBump finds out what the next version of the project at dir is, and writes nothing. The
// error says why there is none, and what to do.
func PlanBump(dir string, part manifest.Part) (Bump, error) {
	text, err := readManifest(dir)
	if err != nil {
		return Bump{}, fmt.Errorf("raising the version: %w", err)
	}
	b := Bump{Elsewhere: []Mention{}}
	if b.Bump, err = manifest.Index(text).Bump(part); err != nil {
		return Bump{}, err
	}
	after, err := manifest.ApplyEdits(text, b.Edits)
	if err != nil {
		return Bump{}, fmt.Errorf("raising the version: %w", err)
	}
	b.change = manifest.Change{File: manifest.FileName, Before: text, After: after}
	return b, nil
}

// readManifest reads manifest.json, if it is a file of a size that manifests have.
func readManifest(dir string) ([]byte, error) {
	name := filepath.Join(dir, manifest.FileName)
	info, err := os.Stat(name) // before opening: to open a FIFO would wait for a writer
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file; put the manifest in its place", name)
	case info.Size() > manifest.MaxSize:
		return nil, fmt.Errorf("%s is larger than 1 MiB; `netstacks-plugin validate` tells more", name)
	}
	return os.ReadFile(name)
}

// Bump raises the version in the project's manifest, and the tag of its image where that is the
// version. UndoFix takes it back. The error wraps ErrChanged when the manifest is written
// to meanwhile; nothing was changed then.
func (s *Session) Bump(ctx context.Context, part manifest.Part) error {
	s.fixMu.Lock()
	defer s.fixMu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	b, err := PlanBump(s.dir, part)
	if err != nil {
		return err
	}
	if err := s.repair(made{did: b.did(), changes: []manifest.Change{b.change}}); err != nil {
		return err
	}
	if listing, err := nspkg.List(s.dir); err == nil { // what stands in the way of a package is told elsewhere
		b.Elsewhere = mentions(s.dir, b.Old, listing.Entries)
	}
	if n := len(b.Elsewhere); n > 0 {
		more := ""
		if n > 1 {
			more = fmt.Sprintf(" (and %d more)", n-1)
		}
		s.note("attention", fmt.Sprintf("%s:%d still says %s%s: is that the plugin's version, too?", b.Elsewhere[0].File, b.Elsewhere[0].Line, b.Old, more))
	}
	s.update(func(sn *Snapshot) { sn.Bump = &b }, Event{Kind: KindManifest})
	return nil
}

// PackageBumped is Package of the project with its next version, which PlanBump found. The
// manifest is written when the archive is there, as a last step: when anything fails before, both are
// as they were, and when the process is killed in between, the same command does the same again.
func (s *Session) PackageBumped(ctx context.Context, output string, b Bump) error {
	s.fixMu.Lock()
	defer s.fixMu.Unlock()
	return s.pack(ctx, output, &b)
}

// release puts the manifest of a next version in place behind its package.
type release struct {
	nspkg.Inspector // of the files that go in
	dir             string
	bump            *Bump
	staged          *stagedChanges
}

// Verdict is that of the files. It also makes sure that the manifest can be written, while the previous
// package is still there.
func (r *release) Verdict() error {
	err := r.Inspector.Verdict()
	if err == nil {
		r.staged, err = stageChanges(r.dir, []manifest.Change{r.bump.change})
		if err != nil {
			err = fmt.Errorf("raising the version in %w", err)
		}
	}
	return err
}

// finish writes the manifest if the package was made, and leaves nothing behind otherwise.
func (r *release) finish(packed error, output string) error {
	if packed != nil {
		return errors.Join(packed, r.staged.drop())
	}
	err := errors.Join(r.staged.put(), r.staged.drop())
	if err != nil {
		return fmt.Errorf("the package %s was written, but the manifest was not and still says %s: raising the version in %w; mend that and do the same again", output, r.bump.Old, err)
	}
	return nil
}
