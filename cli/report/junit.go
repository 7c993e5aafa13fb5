package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// The parts of a JUnit report that are written here.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Time     string       `xml:"time,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}

	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}

	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		Time      string        `xml:"time,attr"`
		Failure   *junitMessage `xml:"failure"`
		Skipped   *junitMessage `xml:"skipped"`
		Out       string        `xml:"system-out,omitempty"`
	}

	junitMessage struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit prints r as JUnit XML: a suite with a test for each check, and one with
// a test for each rule that has findings. Errors are failures. Warnings, infos
// and waived findings make a skipped test: CI servers show those with their
// message, what a passed test prints they hide, and a failure would stop the
// build that validate lets pass. The error is that of w.
func JUnit(w io.Writer, r manifest.Report, o Options) error {
	plugin := path.Base(path.Clean("/" + r.Path))
	if r.Manifest != nil && r.Manifest.Name != "" {
		plugin = r.Manifest.Name
	} else if plugin == "/" {
		plugin = "plugin"
	}
	scored := junitSuite{Name: plugin + ": checks", Time: seconds(o.Took)}
	for _, c := range checks(r) {
		test := junitCase{Name: c.Label, ClassName: plugin + ".checks", Time: seconds(0)}
		if !c.OK {
			test.Failure = &junitMessage{Type: c.ID, Message: cmp.Or(c.Detail, c.Label), Text: cmp.Or(c.Detail, c.Label)}
		}
		scored.add(test)
	}
	all := junitSuites{Name: "netstacks-plugin validate", Time: scored.Time, Suites: []junitSuite{scored}}
	if rules := junitRules(plugin, r); rules.Tests > 0 {
		all.Suites = append(all.Suites, rules)
	}
	for _, s := range all.Suites {
		all.Tests += s.Tests
		all.Failures += s.Failures
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// junitRules is a suite with a test for each rule that has findings, in the
// order of the findings; the waived ones come last.
func junitRules(plugin string, r manifest.Report) junitSuite {
	type group struct {
		rule   string
		fails  bool
		head   string
		places []string
	}
	var groups []*group
	byRule := map[string]*group{}
	add := func(f manifest.Finding, suffix string) {
		g := byRule[f.Rule]
		if g == nil {
			g = &group{rule: f.Rule}
			byRule[f.Rule] = g
			groups = append(groups, g)
		}
		fails := f.Severity == manifest.SeverityError && suffix == ""
		if g.head == "" || fails && !g.fails {
			g.head = f.Message + suffix
		}
		g.fails = g.fails || fails
		g.places = append(g.places, fmt.Sprintf("%s: %s: %s%s", Place("", f), f.Severity, f.Message, suffix))
	}
	for _, f := range r.Findings {
		add(f, "")
	}
	for _, w := range r.Waived {
		add(w.Finding, " (waived: "+w.Reason+")")
	}
	suite := junitSuite{Name: plugin + ": rules", Time: seconds(0)}
	for _, g := range groups {
		test := junitCase{Name: g.rule, ClassName: plugin + ".rules", Time: seconds(0)}
		if rule, ok := manifest.RuleByID(g.rule); ok {
			test.Name += ": " + rule.Title
		}
		text := strings.Join(g.places, "\n")
		if g.fails {
			test.Failure = &junitMessage{Type: g.rule, Message: g.head, Text: text}
		} else {
			test.Skipped = &junitMessage{Type: g.rule, Message: g.head, Text: text}
			test.Out = text
		}
		suite.add(test)
	}
	return suite
}

func (s *junitSuite) add(test junitCase) {
	s.Tests++
	if test.Failure != nil {
		s.Failures++
	}
	if test.Skipped != nil {
		s.Skipped++
	}
	s.Cases = append(s.Cases, test)
}

// seconds writes a time as the format wants it, to the millisecond.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
