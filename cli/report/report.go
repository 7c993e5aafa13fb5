// Package report prints what manifest.Check found: as text for people, as JSON
// for programs, and as SARIF, JUnit XML and GitHub workflow commands for what
// reads the results of checks. Nothing it prints holds a secret of the plugin
// or a character that a terminal would act on.
package report

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// Options say what a report is printed with. Each format takes what it has a
// place for.
type Options struct {
	// Color is for text alone: severities and underlines in ANSI colours.
	Color bool
	// Repair is the command that mends the plugin, such as
	// "netstacks-plugin validate --fix my-plugin"; "" where nothing can be mended.
	Repair string
	// Named is the plugin's folder as the user named it, for text: it goes before
	// the names of files, so that editors and terminals can jump. "" for the
	// current folder, and for an archive, whose files cannot be jumped to.
	Named string
	// Folder is the plugin's folder or archive, for SARIF and GitHub:
	// slash-separated and relative to the root of the repository, "" for the root
	// itself; absolute where the plugin lies outside of it.
	Folder string
	// Version is that of this program.
	Version string
	// Took is how long the validation took.
	Took time.Duration
}

// Formats are the names of all formats, the default first.
var Formats = []string{"text", "json", "sarif", "junit", "github"}

// Write prints r in one of Formats; of an unknown one it prints text. The error
// is that of w.
func Write(w io.Writer, format string, r manifest.Report, o Options) error {
	switch format {
	case "json":
		return JSON(w, r)
	case "sarif":
		return SARIF(w, r, o)
	case "junit":
		return JUnit(w, r, o)
	case "github":
		return GitHub(w, r, o)
	}
	return Text(w, r, o)
}

// JSON prints r as an indented JSON object, the fields of manifest.Report. The
// error is that of w.
func JSON(w io.Writer, r manifest.Report) error { return encode(w, r) }

// encode writes v as indented JSON with its text as it is.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// checks returns the eight checks of r and the unscored lines below them.
func checks(r manifest.Report) []manifest.CheckResult { return slices.Concat(r.Checks, r.Extra) }

// speaksOf names the rules whose findings say what a failed check says. There
// is no rule about the image's Dockerfile and the service's entry point.
var speaksOf = map[string][]string{
	"manifest-exists": {"NSP1001", "NSP1002", "NSP1003", "NSP1004"},
	"required-fields": {"NSP2001", "NSP2002"},
	"name-pattern":    {"NSP2010"},
	"version-pattern": {"NSP2011"},
	"port-range":      {"NSP2016"},
	"resource-limits": {"NSP2030", "NSP2031", "NSP2032"},
	"migrations":      {"NSP2050", "NSP3060"},
}

// fieldOf names the field that a check is about; a finding of a missing field
// begins with its name.
var fieldOf = map[string]string{"name-pattern": "name", "version-pattern": "version", "port-range": "port", "resource-limits": "resources"}

// unspoken returns the failed checks of r that no finding speaks of: where only
// findings can be shown, they have to be shown as such. Checks that could not be
// made because manifest.json is broken are spoken of by what broke it.
func unspoken(r manifest.Report) []manifest.CheckResult {
	var all []manifest.CheckResult
	for _, c := range checks(r) {
		rules, field := speaksOf[c.ID], fieldOf[c.ID]
		speaks := func(f manifest.Finding) bool {
			switch {
			case slices.Contains(rules, f.Rule):
				return true
			case rules != nil && r.Manifest == nil && f.File == manifest.FileName && f.Severity == manifest.SeverityError && strings.HasPrefix(f.Rule, "NSP1"):
				return true
			}
			return field != "" && (f.Rule == "NSP2001" || f.Rule == "NSP2002") && strings.HasPrefix(f.Message, field+" ")
		}
		if !c.OK && !slices.ContainsFunc(r.Findings, speaks) {
			all = append(all, c)
		}
	}
	return all
}
