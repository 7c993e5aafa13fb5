package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// sarifSchema is where the standard's own schema is published.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// SARIF prints r as a SARIF 2.1.0 log of one run: a result for each finding,
// for each waived one, which is marked as suppressed, and for each failed check
// that no finding speaks of. It names the rules that have results. The error is
// that of w.
func SARIF(w io.Writer, r manifest.Report, o Options) error {
	s := &sarifWriter{report: r, folder: o.Folder, ruleIndex: map[string]int{}, seen: map[string]int{}, results: []sarifResult{}, rules: []sarifRule{}}
	for _, c := range unspoken(r) {
		s.check(c)
	}
	for _, f := range r.Findings {
		s.results = append(s.results, s.result(f))
	}
	for _, f := range r.Waived {
		result := s.result(f.Finding)
		result.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: f.Reason}}
		s.results = append(s.results, result)
	}
	return encode(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{{
		Tool:              sarifTool{sarifDriver{Name: "netstacks-plugin", Version: o.Version, Rules: s.rules}},
		AutomationDetails: sarifID{path.Join("netstacks-plugin", o.Folder) + "/"},
		Invocations:       []sarifInvocation{{ExecutionSuccessful: true}},
		ColumnKind:        "unicodeCodePoints",
		Results:           s.results,
	}}})
}

// sarifWriter collects results and the rules that they refer to.
type sarifWriter struct {
	report    manifest.Report
	folder    string
	rules     []sarifRule
	ruleIndex map[string]int
	results   []sarifResult
	seen      map[string]int // how often a fingerprint was given
}

// check adds a failed check as a result of a rule of its own, at the manifest:
// the file that it is about is one that is not there.
func (s *sarifWriter) check(c manifest.CheckResult) {
	s.results = append(s.results, sarifResult{
		RuleID: c.ID, RuleIndex: s.rule(checkRule(c)), Level: "error", Message: sarifText{Text: cmp.Or(c.Detail, c.Label)},
		Locations:           []sarifLocation{{PhysicalLocation: sarifPhysical{ArtifactLocation: s.artifact(manifest.FileName)}}},
		PartialFingerprints: s.fingerprint(c.ID),
	})
}

// checkRule is what a check says of itself.
func checkRule(c manifest.CheckResult) sarifRule {
	label := sarifText{Text: c.Label}
	return sarifRule{
		ID: c.ID, ShortDescription: label, FullDescription: label, Help: sarifText{Text: "One of the checks that `netstacks-plugin package` makes before it packages: " + c.Label + "."},
		DefaultConfiguration: sarifConfiguration{"error"}, Properties: sarifProperties{[]string{"netstacks-plugin"}, "very-high", "error"},
	}
}

// rule returns the index of a rule, which is added when it is new.
func (s *sarifWriter) rule(r sarifRule) int {
	i, known := s.ruleIndex[r.ID]
	if !known {
		i = len(s.rules)
		s.ruleIndex[r.ID] = i
		s.rules = append(s.rules, r)
	}
	return i
}

// findingRule is a rule as its page has it.
func findingRule(id string) sarifRule {
	r, _ := manifest.RuleByID(id)
	title := sarifText{Text: cmp.Or(r.Title, id)}
	level := sarifLevel(r.Severity)
	rule := sarifRule{
		ID: id, ShortDescription: title, FullDescription: title, Help: title,
		DefaultConfiguration: sarifConfiguration{level},
		Properties:           sarifProperties{[]string{"netstacks-plugin"}, "very-high", map[string]string{"note": "recommendation"}[level]},
	}
	rule.Properties.ProblemSeverity = cmp.Or(rule.Properties.ProblemSeverity, level)
	if page, ok := manifest.RulePage(id); ok {
		_, body, _ := strings.Cut(page, "\n")
		body = strings.TrimSpace(body)
		rule.Help = sarifText{Text: body, Markdown: body}
		first, _, _ := strings.Cut(body, "\n\n")
		_, asked, _ := strings.Cut(first, ". ") // behind "Severity: error."
		rule.FullDescription.Text = cmp.Or(strings.Join(strings.Fields(asked), " "), title.Text)
	}
	return rule
}

func sarifLevel(s manifest.Severity) string {
	switch s {
	case manifest.SeverityWarning:
		return "warning"
	case manifest.SeverityInfo:
		return "note"
	}
	return "error"
}

func (s *sarifWriter) result(f manifest.Finding) sarifResult {
	result := sarifResult{
		RuleID: f.Rule, RuleIndex: s.rule(findingRule(f.Rule)), Level: sarifLevel(f.Severity), Message: sarifText{Text: f.Message},
		PartialFingerprints: s.fingerprint(f.Rule, f.File, f.Pointer, f.Found),
	}
	location := sarifLocation{PhysicalLocation: sarifPhysical{ArtifactLocation: s.artifact(f.File)}}
	if f.Line > 0 {
		location.PhysicalLocation.Region = &sarifRegion{startLine: f.Line, startColumn: max(f.Column, 1), endLine: f.EndLine, endColumn: f.EndColumn}
	}
	if f.Pointer != "" {
		location.LogicalLocations = []sarifLogical{{Name: f.Pointer[strings.LastIndexByte(f.Pointer, '/')+1:], FullyQualifiedName: f.Pointer}}
	}
	result.Locations = []sarifLocation{location}
	for _, fix := range f.Fixes {
		result.Fixes = append(result.Fixes, s.fix(fix))
	}
	return result
}

// fix is a repair as replacements, grouped by file in the order of the edits.
func (s *sarifWriter) fix(fix manifest.Fix) sarifFix {
	made := sarifFix{Description: sarifText{Text: fix.Title}}
	at := map[string]int{}
	for _, e := range fix.Edits {
		i, known := at[e.File]
		if !known {
			i = len(made.ArtifactChanges)
			at[e.File] = i
			made.ArtifactChanges = append(made.ArtifactChanges, sarifChange{ArtifactLocation: s.artifact(e.File)})
		}
		replacement := sarifReplacement{DeletedRegion: s.region(e)}
		if e.New != "" {
			replacement.InsertedContent = &sarifText{Text: e.New}
		}
		made.ArtifactChanges[i].Replacements = append(made.ArtifactChanges[i].Replacements, replacement)
	}
	return made
}

// region is what an edit replaces: in lines and columns as the other places
// are, else in bytes, for a byte order mark has no column.
func (s *sarifWriter) region(e manifest.Edit) sarifRegion {
	r := sarifRegion{byteOffset: e.Start, byteLength: e.End - e.Start}
	r.startLine, r.startColumn = s.report.Position(e.File, e.Start)
	r.endLine, r.endColumn = s.report.Position(e.File, e.End)
	if empty := r.startLine == r.endLine && r.startColumn == r.endColumn; empty && e.Start != e.End {
		r.startLine = 0
	}
	return r
}

// artifact is a file of the plugin as a URI, relative to the root of the
// repository wherever it lies below that.
func (s *sarifWriter) artifact(file string) sarifArtifact {
	name := inFolder(s.folder, file)
	segments := strings.Split(name, "/")
	for i, segment := range segments {
		segments[i] = strings.ReplaceAll(url.PathEscape(segment), ":", "%3A")
	}
	uri := strings.Join(segments, "/")
	if strings.HasPrefix(name, "/") {
		return sarifArtifact{URI: "file://" + uri}
	}
	return sarifArtifact{URI: uri, URIBaseID: "%SRCROOT%"}
}

// inFolder is a file of the plugin below the folder of the plugin.
func inFolder(folder, file string) string { return path.Join(folder, path.Join("/", file)[1:]) }

// fingerprint is the same for a finding in every run, wherever its line moves
// to; of several alike each has its own.
func (s *sarifWriter) fingerprint(parts ...string) map[string]string {
	parts = append(slices.Clone(parts), s.folder)
	for i, part := range parts {
		parts[i] = strconv.Quote(part)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, ",")))
	id := hex.EncodeToString(sum[:16])
	s.seen[id]++
	return map[string]string{"finding/v1": fmt.Sprintf("%s:%d", id, s.seen[id])}
}
