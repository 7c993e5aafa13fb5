package studio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
	"github.com/netstacks/netstacks-plugin/pkgbuild/review"
)

// Comparison is what a package of the project as it is now would change for those who run an
// earlier one.
type Comparison struct {
	Phase    Phase    `json:"phase"`
	Archives []string `json:"archives"` // earlier packages that were found, the newest version first
	With     string   `json:"with"`     // the one of them that the project was compared with; "" when there is none

	Old     string        `json:"old"` // versions
	New     string        `json:"new"`
	Risk    string        `json:"risk"` // "moderate", "low → high"
	Changes []Change      `json:"changes"`
	Files   []FileChange  `json:"files"`
	Sizes   [2]int64      `json:"sizes"` // bytes of all files, before and now
	Verdict VersionAdvice `json:"verdict"`
	At      time.Time     `json:"at"` // of the end, good or bad
	Problem *Problem      `json:"problem,omitempty"`
}

// Same says that a package would hold what the earlier one does.
func (c Comparison) Same() bool { return len(c.Changes)+len(c.Files) == 0 }

// Change is a change that an operator notices.
type Change struct {
	Area     string            `json:"area"` // a heading: "Capabilities"
	Severity manifest.Severity `json:"severity"`
	Text     string            `json:"text"` // a sentence
}

// FileChange is a file that came, went or is another.
type FileChange struct {
	Kind    string `json:"kind"` // "added", "removed" or "changed"
	Path    string `json:"path"`
	OldSize int64  `json:"old_size"` // bytes
	NewSize int64  `json:"new_size"`
	Mode    string `json:"mode,omitempty"` // "0644 → 0755", when that changed
}

// VersionAdvice says whether the version goes as far as the changes.
type VersionAdvice struct {
	Enough    bool   `json:"enough"`
	Needed    string `json:"needed"`              // "none", "patch", "minor" or "major"
	Suggested string `json:"suggested,omitempty"` // the lowest version that is enough
	Reason    string `json:"reason"`              // a sentence
}

// Compare compares the project with an earlier package of it, and puts what differs into the
// snapshot. An empty archive chooses: the newest version that was found, unless a package of the
// project would be the same; then the one before. That there is no earlier package is no error.
func (s *Session) Compare(ctx context.Context, archive string) error {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	s.compared(Comparison{Phase: PhaseWorking, With: archive})
	c, err := s.compare(ctx, archive)
	c.Phase, c.At = PhaseDone, s.opts.Now()
	if err != nil {
		c.Phase, c.Problem = PhaseFailed, problemOf(err)
	}
	s.compared(c)
	return err
}

func (s *Session) compared(c Comparison) {
	s.update(func(sn *Snapshot) { sn.Compared = &c }, Event{Kind: KindCompare, Phase: c.Phase, Problem: c.Problem})
}

func (s *Session) compare(ctx context.Context, archive string) (Comparison, error) {
	var c Comparison
	now, err := review.ReadFolder(ctx, s.dir, filepath.Base(s.dir))
	if err != nil {
		return c, err
	}
	if now.Report.Manifest == nil {
		return c, &NotInOrderError{Work: "comparing", Report: now.Report}
	}
	c.Archives = s.packages(now.Report.Manifest)
	candidates := c.Archives[:min(len(c.Archives), 2)]
	if archive != "" {
		candidates = []string{archive}
	}
	for _, name := range candidates {
		before, err := review.ReadArchive(ctx, name, filepath.Base(name))
		if err == nil && before.Report.Manifest == nil {
			err = errors.New("its manifest.json cannot be read")
		}
		c.With = name
		if err != nil {
			return c, fmt.Errorf("reading %s: %w", name, err)
		}
		c.fill(review.Compare(before, now))
		if !c.Same() {
			break
		}
	}
	return c, nil
}

// fill takes what a difference tells.
func (c *Comparison) fill(d review.Difference) {
	c.Old, c.New, c.Risk = d.Old.Version, d.New.Version, string(d.New.Risk)
	if d.Old.Risk != d.New.Risk {
		c.Risk = string(d.Old.Risk) + " → " + string(d.New.Risk)
	}
	c.Changes, c.Files = nil, nil
	for _, change := range d.Changes {
		c.Changes = append(c.Changes, Change{Area: change.Area.Title(), Severity: change.Severity, Text: change.Subject + " " + change.Message})
	}
	for _, list := range []struct {
		kind  review.Kind
		files []review.FileChange
	}{{review.Added, d.Files.Added}, {review.Removed, d.Files.Removed}, {review.Changed, d.Files.Changed}} {
		for _, f := range list.files {
			c.Files = append(c.Files, FileChange{Kind: string(list.kind), Path: f.Path, OldSize: f.OldSize, NewSize: f.NewSize, Mode: f.Mode})
		}
	}
	c.Sizes = [2]int64{d.Files.OldTotal, d.Files.NewTotal}
	c.Verdict = VersionAdvice{Enough: d.Bump.Enough, Needed: string(d.Bump.Needed), Suggested: d.Bump.Suggested, Reason: d.Bump.Reason}
}

// packages finds the packages of a plugin that are in its folder, in dist there, or beside it: those with the
// documented name and no later version, the newest version first.
func (s *Session) packages(m *manifest.Manifest) []string {
	type found struct {
		path    string
		version [3]uint64
	}
	var all []found
	current, known := versionNumbers(m.Version)
	add := func(path, version string) {
		numbers, ok := versionNumbers(version)
		if ok && (!known || slices.Compare(numbers[:], current[:]) <= 0) && !slices.ContainsFunc(all, func(f found) bool { return f.path == path }) {
			all = append(all, found{path, numbers})
		}
	}
	for _, dir := range []string{s.dir, filepath.Join(s.dir, "dist"), filepath.Dir(s.dir)} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // there need not be one
		}
		for _, e := range entries {
			rest, ours := strings.CutPrefix(e.Name(), m.Name+"-")
			if version, is := strings.CutSuffix(rest, nspkg.Extension); ours && is && e.Type().IsRegular() {
				add(filepath.Join(dir, e.Name()), version)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return slices.Compare(b.version[:], a.version[:]) })
	paths := make([]string, 0, len(all))
	for _, f := range all {
		paths = append(paths, f.path)
	}
	return paths
}

// versionNumbers reads X.Y.Z.
func versionNumbers(text string) (numbers [3]uint64, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != len(numbers) {
		return numbers, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 64)
		if err != nil {
			return numbers, false
		}
		numbers[i] = n
	}
	return numbers, true
}
