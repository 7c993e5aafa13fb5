package studio

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// ErrNothingToUndo is returned by UndoFix when no fix of this session is left.
var ErrNothingToUndo = errors.New("no fix was made here that could be taken back")

// made is a repair that was written, and what it did as a person reads it.
type made struct {
	did     string
	changes []manifest.Change
}

// maxUndo bounds how many repairs can be taken back.
const maxUndo = 50

// ApplyFix makes one of the fixes that the last report offers for a finding.
// The project is checked again before it returns. The error wraps ErrChanged
// when the files are no longer what the fix was made for, and fs.ErrPermission
// when they may not be written; nothing was written then.
func (s *Session) ApplyFix(ctx context.Context, finding manifest.Finding, fix manifest.Fix) error {
	s.fixMu.Lock()
	defer s.fixMu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	report := s.Snapshot().Manifest.Report
	changes, err := report.Changes(fix)
	if err != nil || !offers(report, finding, fix) {
		s.check()
		return fmt.Errorf("repairing %s: %w", finding.File, ErrChanged)
	}
	return s.repair(made{did: past(fix.Title), changes: changes})
}

// ApplySafeFixes makes every fix that needs nobody's judgement, until none is
// left, and returns how many those were. Errors are those of ApplyFix.
func (s *Session) ApplySafeFixes(ctx context.Context) (int, error) {
	s.fixMu.Lock()
	defer s.fixMu.Unlock()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	r := manifest.Repair(os.DirFS(s.dir), manifest.Options{Path: s.dir}, false)
	n := len(r.Applied)
	if n == 0 {
		return 0, nil
	}
	did := fmt.Sprintf("made %d safe fixes", n)
	if n == 1 {
		did = past(r.Applied[0].Fix.Title)
	}
	if err := s.repair(made{did: did, changes: r.Changes}); err != nil {
		return 0, err
	}
	return n, nil
}

// UndoFix takes back the last repair of this session that was not taken back,
// provided that its files still hold what it wrote: else the error wraps
// ErrChanged. It is ErrNothingToUndo when there is none.
func (s *Session) UndoFix(ctx context.Context) error {
	s.fixMu.Lock()
	defer s.fixMu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(s.fixes) == 0 {
		return ErrNothingToUndo
	}
	last := s.fixes[len(s.fixes)-1]
	back := make([]manifest.Change, len(last.changes))
	for i, c := range last.changes {
		back[i] = manifest.Change{File: c.File, Before: c.After, After: c.Before}
	}
	if err := s.write(back); err != nil {
		return err
	}
	s.remember(s.fixes[:len(s.fixes)-1])
	s.note("plain", fmt.Sprintf("%s: took back: %s", names(back), last.did))
	return nil
}

// repair writes what a fix made and remembers how to take it back.
func (s *Session) repair(m made) error {
	if err := s.write(m.changes); err != nil {
		return err
	}
	s.remember(append(s.fixes[max(len(s.fixes)-maxUndo+1, 0):len(s.fixes):len(s.fixes)], m))
	s.note("good", fmt.Sprintf("%s: %s", names(m.changes), m.did))
	return nil
}

// write writes changes and checks the project again, also when it refuses:
// then the files are others than was thought.
func (s *Session) write(changes []manifest.Change) error {
	err := WriteChanges(s.dir, changes)
	s.check()
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%s may not be written, so it was left as it is: %w", names(changes), err)
	}
	return err
}

// remember keeps the repairs that can be taken back.
func (s *Session) remember(fixes []made) {
	s.fixes = fixes
	var last *made
	if n := len(fixes); n > 0 {
		last = &fixes[n-1]
	}
	s.update(func(sn *Snapshot) {
		s.last = last
		sn.Manifest.Undo = s.undoable()
	}, Event{Kind: KindManifest})
}

// undoable returns what UndoFix would take back: "" where there is nothing, or
// where a file is not what the fix made of it any more. It is called with mu held.
func (s *Session) undoable() string {
	last := s.last
	if last == nil {
		return ""
	}
	for _, c := range last.changes {
		if !s.holds(c.File, c.After) {
			return ""
		}
	}
	return last.did
}

// offers tells whether a report has that finding and that fix for it.
func offers(r manifest.Report, finding manifest.Finding, fix manifest.Fix) bool {
	return slices.ContainsFunc(r.Findings, func(f manifest.Finding) bool {
		return f.Rule == finding.Rule && f.File == finding.File && f.Pointer == finding.Pointer && f.Line == finding.Line &&
			slices.ContainsFunc(f.Fixes, func(x manifest.Fix) bool { return reflect.DeepEqual(x.Edits, fix.Edits) })
	})
}

// names lists the files of changes for a sentence.
func names(changes []manifest.Change) string {
	files := make([]string, len(changes))
	for i, c := range changes {
		files[i] = c.File
	}
	return strings.Join(files, ", ")
}

// pastOf is what an order's verb becomes once it was carried out.
var pastOf = map[string]string{
	"add": "added", "change": "changed", "close": "closed", "declare": "declared", "drop": "dropped", "escape": "escaped", "give": "gave",
	"insert": "inserted", "join": "joined", "keep": "kept", "make": "made", "mark": "marked", "move": "moved", "name": "named", "point": "pointed",
	"probe": "probed", "put": "put", "quote": "quoted", "raise": "raised", "remove": "removed", "rename": "renamed", "replace": "replaced",
	"save": "saved", "set": "set", "shorten": "shortened", "split": "split", "take": "took", "turn": "turned", "use": "used", "write": "wrote",
}

// past tells that the order of a fix's title was carried out.
func past(title string) string {
	verb, rest, _ := strings.Cut(title, " ")
	did, known := pastOf[strings.ToLower(verb)]
	if !known {
		return "done: " + title
	}
	return strings.TrimSpace(did + " " + rest)
}
