package nspkg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg/secrets"
)

// SecretsError tells every secret that would go into a package.
type SecretsError struct {
	Findings []secrets.Finding `json:"secrets"`
	Missed   []string          `json:"missed,omitempty"` // sentences on waivers of the same rule and file that name none of them
}

// Error names each with its place and what to do, and says how one is waived.
func (e *SecretsError) Error() string {
	var b strings.Builder
	what := "a secret"
	if len(e.Findings) != 1 {
		what = fmt.Sprintf("%d secrets", len(e.Findings))
	}
	fmt.Fprintf(&b, "nothing was packaged, because %s would go into the package, which everybody can read who gets it:", what)
	for _, f := range e.Findings {
		fmt.Fprintf(&b, "\n  %s:%d:%d: %s (%s): %s; %s", printable(f.Path), f.Line, f.Column, f.What, f.Rule, f.Masked, f.Advice)
	}
	for _, missed := range e.Missed {
		b.WriteString("\n  ! " + missed)
	}
	fmt.Fprintf(&b, "\nTake it out of the file, or keep the file out with %s. One that may go in is waived by itself in %s:\n%s", IgnoreName, manifest.ConfigName, WaiverOf(e.Findings[0]))
	return b.String()
}

// WaiverOf is what netstacks.toml says to let a finding into the package.
func WaiverOf(f secrets.Finding) string {
	return fmt.Sprintf("  [[package.allow-secret]]\n  rule = %q\n  file = %q\n  line = %d  # or: fingerprint = %q\n  reason = \"…\"", f.Rule, f.Path, f.Line, f.Fingerprint)
}

// printable is a path without what acts on a terminal.
func printable(path string) string {
	quoted := fmt.Sprintf("%q", path)
	if quoted[1:len(quoted)-1] == path {
		return path
	}
	return quoted
}

// WaivedSecret is a secret that goes into the package, because its author says so.
type WaivedSecret struct {
	secrets.Finding
	Reason string `json:"reason"`
}

// SecretScan looks for secrets in what goes into a package, and knows the waivers of
// netstacks.toml. It is for one package, and safe for concurrent use until it is asked what it found.
type SecretScan struct {
	collector secrets.Collector
	waivers   []manifest.SecretWaiver
	waived    []WaivedSecret
	warnings  []Warning
}

// NewSecretScan reads the waivers of the plugin directory dir. The error says what is wrong with
// them: none counts then.
func NewSecretScan(dir string) (*SecretScan, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the plugin directory: %w", err)
	}
	defer root.Close()
	waivers, err := manifest.SecretWaivers(root.FS())
	if err != nil {
		return nil, fmt.Errorf("reading which secrets may go into the package: %w", err)
	}
	return &SecretScan{waivers: waivers}, nil
}

// Inspect looks at a piece of a file while it is packed. It has no error: what was found is
// told all at once, by Verdict.
func (s *SecretScan) Inspect(c Chunk) error {
	s.collector.Piece(c.Entry.Path, c.Offset, c.Data, c.Seen, c.Last)
	return nil
}

// Verdict ends the scan. The error is a *SecretsError when there are secrets that no
// waiver names.
func (s *SecretScan) Verdict() error {
	var left []secrets.Finding
	used := make([]int, len(s.waivers))
	for _, f := range s.collector.Findings() {
		waivedBy := -1
		for i, w := range s.waivers {
			if w.Rule == f.Rule && w.File == f.Path && (w.Line == 0 || w.Line == f.Line) && (w.Fingerprint == "" || w.Fingerprint == f.Fingerprint) {
				used[i]++
				if used[i] == 1 && waivedBy < 0 {
					waivedBy = i
				}
			}
		}
		if waivedBy < 0 {
			left = append(left, f)
			continue
		}
		s.waived = append(s.waived, WaivedSecret{Finding: f, Reason: s.waivers[waivedBy].Reason})
	}
	var missed []string
	for i, w := range s.waivers {
		message := ""
		switch {
		case used[i] == 0:
			message = unused(w, s.collector.Findings())
			if slices.ContainsFunc(left, func(f secrets.Finding) bool { return w.Rule == f.Rule && w.File == f.Path }) {
				missed = append(missed, message)
			}
		case used[i] > 1:
			message = fmt.Sprintf("the waiver of the rule %s in %q (%s:%d) matches %d secrets and waives the first only; name each with line and fingerprint", w.Rule, w.File, manifest.ConfigName, w.At, used[i])
		default:
			continue
		}
		s.warnings = append(s.warnings, Warning{Path: w.File, Files: 1, Pattern: w.Rule, File: manifest.ConfigName, Line: w.At, Message: message})
	}
	if len(left) > 0 {
		return &SecretsError{Findings: left, Missed: missed}
	}
	return nil
}

// unused says what is wrong with a waiver that names no secret. One that gives both line and
// fingerprint names the secret that has both.
func unused(w manifest.SecretWaiver, found []secrets.Finding) string {
	waiver := fmt.Sprintf("the waiver of the rule %s in %q (%s:%d)", w.Rule, w.File, manifest.ConfigName, w.At)
	inLine := ""
	for _, f := range found {
		switch {
		case w.Rule != f.Rule || w.File != f.Path || w.Line == 0 || w.Fingerprint == "":
		case w.Fingerprint == f.Fingerprint:
			return fmt.Sprintf("%s contradicts itself: the secret with its fingerprint stands in line %d, not in line %d; correct the line, or leave it out", waiver, f.Line, w.Line)
		case w.Line == f.Line:
			inLine = fmt.Sprintf("%s contradicts itself: the secret in line %d has the fingerprint %q, not %q; it may be another secret: correct the fingerprint only if that one may go in, too", waiver, f.Line, f.Fingerprint, w.Fingerprint)
		}
	}
	if inLine != "" {
		return inLine
	}
	return waiver + " matches no secret that goes into the package; remove it, or correct its rule, file, line or fingerprint"
}

// Waived returns the secrets that go in, after Verdict.
func (s *SecretScan) Waived() []WaivedSecret { return s.waived }

// Warnings returns what is to be said about waivers, after Verdict.
func (s *SecretScan) Warnings() []Warning { return s.warnings }

// Read looks through every file of a listing of dir and gives the verdict. What is written is
// looked at while it is written; this is for who wants to know without.
func (s *SecretScan) Read(ctx context.Context, dir string, entries []Entry) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("opening the plugin directory: %w", err)
	}
	defer root.Close()
	reader := pieceReader{root: root, buffer: make([]byte, 1<<18)}
	for _, entry := range entries {
		if err := reader.read(ctx, entry.Path, func(offset int64, data []byte, seen int, last bool) error {
			s.collector.Piece(entry.Path, offset, data, seen, last)
			return nil
		}); err != nil {
			return err
		}
	}
	return s.Verdict()
}

// overlap is how much of a piece of a file is shown again with the next.
const overlap = 16 << 10

// pieceReader reads files in pieces of its buffer's size.
type pieceReader struct {
	root   *os.Root
	buffer []byte
}

// read hands a file to take piece by piece: each begins at an offset in the file, with seen bytes that
// the one before ended with. last says that the file ended.
func (r pieceReader) read(ctx context.Context, name string, take func(offset int64, data []byte, seen int, last bool) error) error {
	file, _, err := openFile(r.root, name)
	if err != nil {
		return fmt.Errorf("reading %q: %w", name, cause(err))
	}
	defer file.Close()
	var offset int64 // of buffer in the file
	seen := 0
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.ReadFull(file, r.buffer[seen:])
		if err := take(offset, r.buffer[:seen+n], seen, err != nil); err != nil {
			return err
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading %q: %w", name, cause(err))
		}
		offset += int64(len(r.buffer) - overlap)
		copy(r.buffer, r.buffer[len(r.buffer)-overlap:])
		seen = overlap
	}
}
