package manifest

import "slices"

// Severity says how bad a finding is. Only errors make a report fail.
type Severity string

// The severities, worst first.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
)

// Report is what Check found. Its JSON form is the output of `validate --format json`.
type Report struct {
	Path     string        `json:"path"`             // as the caller named the plugin
	OK       bool          `json:"ok"`               // all checks passed and no finding is an error
	Score    Score         `json:"score"`            // of the eight checks
	Checks   []CheckResult `json:"checks"`           // the eight, in the documented order
	Findings []Finding     `json:"findings"`         // by file, line and column; never null
	Extra    []CheckResult `json:"extra,omitempty"`  // unscored lines below the eight: the migrations line
	Waived   []Waived      `json:"waived,omitempty"` // findings that do not count, each with the reason
	Manifest *Manifest     `json:"-"`                // nil while the file is missing or cannot be decoded
	Source   []byte        `json:"-"`                // the bytes that were checked; nil when the file could not be read
	// Document is Source with the place of every value; nil when the file could not be read.
	Document *Document `json:"-"`

	files *files
	mask  *mask // hides what must not be shown; nil when there is nothing
}

// Line returns a line, from 1, of a file that a finding names, without its
// line break and with secrets masked; "" when there is none.
func (r Report) Line(file string, n int) string {
	if r.files == nil {
		return ""
	}
	s := r.files.text(file)
	if s == nil {
		return ""
	}
	return r.Mask(s.lineText(n))
}

// Mask hides the secrets that the findings are about in text of the plugin's
// files. Each of their characters becomes a dot.
func (r Report) Mask(text string) string {
	if r.mask == nil {
		return text
	}
	return r.mask.Replace(text)
}

// Errors counts what makes the report fail: findings of severity error, and
// checks and unscored lines that are not OK.
func (r Report) Errors() int { return r.Count(SeverityError) + failed(r.Checks) + failed(r.Extra) }

// Count returns how many of the findings have that severity.
func (r Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

func failed(checks []CheckResult) int {
	n := 0
	for _, c := range checks {
		if !c.OK {
			n++
		}
	}
	return n
}

// Score counts the eight checks.
type Score struct {
	Passed int `json:"passed"`
	Total  int `json:"total"`
}

// CheckResult is one line of the checklist. Label is the documented text when
// OK, e.g. "manifest.json exists"; Detail, when not OK, says what is wrong and
// what to do about it.
type CheckResult struct {
	ID     string `json:"id"`
	Label  string `json:"label"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

// Finding is one thing to mend, with its place.
type Finding struct {
	Rule     string   `json:"rule"` // stable id, such as "NSP2031"
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	File     string   `json:"file"`    // slash-separated, relative to the plugin directory
	Line     int      `json:"line"`    // from 1; 0 when the finding is about a whole file
	Column   int      `json:"column"`  // from 1, in Unicode code points
	Pointer  string   `json:"pointer"` // JSON Pointer (RFC 6901) of the offending value
	Found    string   `json:"found"`   // the value found, as JSON text; may be empty
	Allowed  string   `json:"allowed"` // what is allowed instead, in words
	Fixes    []Fix    `json:"fixes"`   // mechanical repairs, best first; never null
	// EndLine and EndColumn are the place behind the offending text; 0 with Line.
	EndLine   int `json:"-"`
	EndColumn int `json:"-"`
}

// Waived is a finding that netstacks.toml waives.
type Waived struct {
	Finding
	Reason string `json:"reason"` // as the waiver gives it
}

// Fix is a repair as text edits that keep everything outside them.
// Every fix of a report was tried: it makes its finding go away and brings no
// new one.
type Fix struct {
	Title string `json:"title"` // what it does, as an order: `write "port": 8080`
	// Safe fixes are those that validate --fix makes by itself. The others remove
	// what the author wrote or choose among several readings.
	Safe  bool   `json:"safe"`
	Edits []Edit `json:"edits"` // never empty, not overlapping
}

// Edit replaces the bytes [Start, End) of File by New.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// masked is a finding without the secrets of the report. A fix that would
// print one is left out.
func (r Report) masked(f Finding) Finding {
	if r.mask == nil {
		return f
	}
	f.Message, f.Found, f.Allowed = r.Mask(f.Message), r.Mask(f.Found), r.Mask(f.Allowed)
	f.Fixes = slices.DeleteFunc(slices.Clone(f.Fixes), func(fix Fix) bool {
		return r.Mask(fix.Title) != fix.Title || r.mask.isIn(fix.Edits)
	})
	return f
}

// maskedChecks are checks without the secrets of the report.
func (r Report) maskedChecks(checks []CheckResult) []CheckResult {
	if r.mask == nil {
		return checks
	}
	checks = slices.Clone(checks)
	for i, c := range checks {
		checks[i].Label, checks[i].Detail = r.Mask(c.Label), r.Mask(c.Detail)
	}
	return checks
}
