package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// project is what can be said about the files of a plugin at one moment,
// before netstacks.toml has its say.
type project struct {
	files    *files
	doc      *Document // nil when manifest.json could not be read
	manifest *Manifest // nil when the Controller could not decode it
	judged   bool      // the fields were looked at, not the syntax alone
	issues   []issue
	checks   []CheckResult
	extra    []CheckResult
	// concealed is what withHidden worked out, and mask hides it; nil before.
	concealed []issue
	mask      *mask
	hidden    []string // secrets that no issue is about, as the file has them
	trial     bool     // of a fix: nobody asks for the fixes of what is found
	untouched bool     // its manifest is none that safe fixes make JSON of
	budget    int      // what trials of fixes may still cost, in bytes that are read again
}

// evaluate applies every rule to the files.
func evaluate(f *files) *project {
	p := &project{files: f}
	p.evaluate()
	return p
}

func (p *project) evaluate() {
	data, problem := p.files.readManifest()
	if problem != nil {
		p.issues = []issue{*problem}
	} else {
		p.doc = Index(data)
		p.judge()
		if p.files.leadsOut(FileName) {
			p.issues = append(p.issues, issue{
				rule: ruleNotAFile, offset: -1, allowed: "a file of the plugin's directory",
				message: "manifest.json is a link that leads out of the plugin's directory, which no package follows; put the file itself there",
			})
		}
	}
	p.runChecks(problem)
}

// judge collects everything that can be said about the manifest's text. Where
// the structure had to be guessed, only the syntax is judged; after a mere
// comment, say, everything is.
func (p *project) judge() {
	d := p.doc
	p.issues = slices.Clone(d.issues)
	if d.damaged || d.root == nil {
		return
	}
	if d.wrapped != nil || d.root.kind != kindObject {
		p.issues = append(p.issues, d.notObject())
	}
	if d.root.kind != kindObject {
		return
	}
	p.judged = true
	p.issues = append(p.issues, p.schemaIssues()...)
	for _, rule := range beyondSchema {
		p.issues = append(p.issues, rule(p)...)
	}
	type place struct{ rule, pointer string }
	said := map[place]bool{}
	for _, i := range p.issues {
		said[place{i.rule, i.pointer}] = true
	}
	m, undecodable := d.decode()
	for _, u := range undecodable {
		if !said[place{u.rule, u.pointer}] && len(p.issues) < 2*maxFindings {
			u.fixes = p.valueFixes(u.pointer)
			p.issues = append(p.issues, u)
		}
	}
	p.dropUnknown()
	if len(d.issues) == 0 && d.wrapped == nil {
		p.manifest = m
	}
}

// trialBudget bounds how much text is checked again to try the fixes of one
// report, in bytes.
const trialBudget = 4 << 20

// tryFixes keeps of each issue the fixes that work, and calls those of broken
// JSON safe that lead to JSON: see mends and staysSafe. A project that
// is so large that not all can be tried offers those of its first issues, and
// so does one whose trial ends early because stop was closed.
func (p *project) tryFixes(issues []issue, stop <-chan struct{}) {
	p.budget = trialBudget
	for n := range issues {
		var works []Fix
		for _, fix := range issues[n].fixes {
			if closed(stop) {
				break
			}
			if after := p.after(fix, issues[n].rule); after != nil {
				fix.Safe = fix.Safe && p.staysSafe(fix, after) && !p.leansOnDuplicate(issues[n])
				works = append(works, fix)
			}
		}
		issues[n].fixes = works
	}
}

// closed tells whether a channel was closed; a nil one never is.
func closed(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// affords pays for the trial of a fix of the rule. Where so much is wrong that
// findings were left out, a trial is slow, and for their own rules in vain:
// there are as many findings afterwards.
func (p *project) affords(fix Fix, rule string) bool {
	same, cost := 0, 1000+p.sqlCost(fix)
	for _, i := range p.issues {
		if i.rule == rule || strings.HasPrefix(rule, "NSP2") && strings.HasPrefix(i.rule, "NSP2") {
			same++
		}
	}
	if p.doc != nil {
		cost += len(p.doc.data)
	}
	if len(p.issues) >= maxFindings {
		cost *= 16
	}
	if same >= maxFindings || cost > p.budget {
		return false
	}
	p.budget -= cost
	return true
}

// after returns the project with a fix made; nil when the fix does not mend a
// finding of the rule, or brings others.
func (p *project) after(fix Fix, rule string) *project { return p.made(fix, rule, true) }

// made is after, with the fixes of what is found then unless it is a trial.
func (p *project) made(fix Fix, rule string, trial bool) *project {
	if p.writesSecret(fix) || !p.affords(fix, rule) {
		return nil
	}
	edited, err := p.files.edit(fix.Edits)
	if err != nil {
		return nil
	}
	q := &project{files: edited, trial: trial, budget: p.budget}
	if q.evaluate(); !p.mends(q, rule) {
		return nil
	}
	return q
}

// mends says whether q, which is p with a fix made, has less findings of the
// rule, no more of any other, and no check that fails anew. Of a file whose
// structure could not be told, only the syntax was looked at, and of that only
// what p did not leave unread. What is wrong with a value that could not be told
// is seen when its syntax is mended.
func (p *project) mends(q *project, rule string) bool {
	before, after := p.count(0), q.count(p.unread())
	if q.unread() > p.unread() {
		return false
	}
	if q.unread() == p.unread() && p.unread() > 0 && q.count(0)[rule] >= before[rule] {
		return false // the finding only went on into what is not read
	}
	if after[rule] >= before[rule] {
		return false
	}
	seen := p.judged && (!isSyntax(rule) || !p.doc.hasUnknown())
	for id, n := range after {
		if n > before[id] && (seen || isSyntax(id)) {
			return false
		}
	}
	for i, c := range p.checks {
		if c.OK && !q.checks[i].OK {
			return false
		}
	}
	return true
}

// unread returns how much of the manifest's end was not looked at.
func (p *project) unread() int {
	if p.doc == nil {
		return 0
	}
	return p.doc.unread
}

// count returns how many issues there are of each rule, waived ones included,
// without those in so many bytes at the manifest's end. That the manifest ends
// too early counts.
func (p *project) count(unread int) map[string]int {
	n := map[string]int{}
	for _, i := range slices.Concat(p.issues, p.configure().problems) {
		if unread == 0 || i.file != "" || i.rule == ruleTrailing || i.offset < len(p.doc.data)-unread {
			n[i.rule]++
		}
	}
	return n
}

// bounded returns the issues in the order of the files. Of more than
// maxFindings the worst are kept, and a first one says how many are not shown.
func bounded(issues []issue) []issue {
	issues = slices.Clone(issues)
	cut := len(issues) - maxFindings
	if cut > 0 {
		slices.SortStableFunc(issues, func(a, b issue) int { return cmp.Compare(severityRank(a.severity()), severityRank(b.severity())) })
		issues = append(issues[:maxFindings], issue{rule: ruleMore, offset: -1, message: fmt.Sprintf("%d more findings are not shown; mend these first", cut)})
	}
	slices.SortStableFunc(issues, func(a, b issue) int {
		return cmp.Or(
			cmp.Compare(fileRank(a), fileRank(b)), cmp.Compare(a.fileName(), b.fileName()),
			cmp.Compare(a.offset, b.offset), cmp.Compare(a.rule, b.rule),
		)
	})
	return issues
}

// fileRank puts the manifest first and its configuration last.
func fileRank(i issue) int {
	switch i.fileName() {
	case FileName:
		return 0
	case ConfigName:
		return 2
	}
	return 1
}

// finding is an issue with its place in lines and columns.
func (p *project) finding(i issue) Finding {
	f := Finding{
		Rule: i.rule, Severity: i.severity(), Message: i.message, File: i.fileName(),
		Pointer: i.pointer, Found: i.found, Allowed: i.allowed, Fixes: i.fixes,
	}
	if f.Fixes == nil {
		f.Fixes = []Fix{}
	}
	s := p.files.text(f.File)
	if i.offset < 0 || s == nil {
		return f
	}
	f.Line, f.Column = s.Position(i.offset)
	f.EndLine, f.EndColumn = s.Position(p.endOf(i, s))
	return f
}

// endOf returns the offset behind the text an issue is about.
func (p *project) endOf(i issue, s *source) int {
	if i.end > i.offset {
		return i.end
	}
	if i.file == "" && p.doc != nil {
		switch n, m := p.doc.find(i.pointer); {
		case n == nil:
		case n.start == i.offset && n.kind != kindObject && n.kind != kindArray:
			return n.end
		case m != nil && m.keyStart == i.offset:
			return m.keyEnd
		}
	}
	_, size := utf8.DecodeRune(s.data[min(i.offset, len(s.data)):])
	return i.offset + size
}
