package ui

import (
	"encoding/json"

	"github.com/netstacks/netstacks-plugin/ui/theme"
)

// notKnown is said of what only a manifest that decodes can tell.
const notKnown = "not known while the manifest has errors"

// known tells whether a manifest of this project has decoded yet: what it
// declares is then known, though the file may be broken by now.
func (s *state) known() bool { return s.snap.Manifest.Good != nil }

// pluginName returns the plugin's name as far as it is known: the last good
// manifest's, else what stands in the file; "" when neither says one.
func (s *state) pluginName() string {
	if m := s.snap.Manifest.Good; m != nil {
		return m.Name
	}
	return s.written("/name")
}

// version returns the version of what runs, else the last good manifest's, else
// what stands in the file; "" when none says one.
func (s *state) version() string {
	if v := s.snap.Run.Version; v != "" && s.running() {
		return v
	}
	if m := s.snap.Manifest.Good; m != nil {
		return m.Version
	}
	return s.written("/version")
}

// maxWritten bounds in bytes a value that is read from a broken manifest.
const maxWritten = 512

// written returns the text at a JSON Pointer of the file as it is, which need
// not decode as a manifest; "" when there is no text, or one too long.
func (s *state) written(pointer string) string {
	r := s.snap.Manifest.Report
	if r.Document == nil {
		return ""
	}
	at, ok := r.Document.Locate(pointer)
	if !ok || at.Start < 0 || at.End > len(r.Source) || at.End-at.Start > maxWritten {
		return ""
	}
	text := ""
	if json.Unmarshal(r.Source[at.Start:at.End], &text) != nil {
		return ""
	}
	return r.Mask(text)
}

// unknownMark is a tab's mark for what is not known.
func (s *state) unknownMark() (string, theme.Ink) { return "?", s.th.Dim }
