package manifest

import (
	"io/fs"
	"slices"
)

// Repaired is what Repair did.
type Repaired struct {
	Changes []Change // the files that changed, by name; nothing was written
	Applied []Applied
	Report  Report // of the files as they are after the changes

	earlier []Report // those of before, for the secrets that they hide
}

// Mask hides in text of the files the secrets of every state between before
// and after the repair. Each of their characters becomes a dot.
func (r Repaired) Mask(text string) string {
	for _, earlier := range r.earlier {
		text = earlier.Mask(text)
	}
	return r.Report.Mask(text)
}

// Change is a file before and after a repair.
type Change struct {
	File          string // slash-separated, relative to the plugin directory
	Before, After []byte
}

// Applied is a fix that was made, and the finding it mended. The finding's
// place is that of the moment before the fix. What the two say shows no secret;
// the edits are what was written.
type Applied struct {
	Finding Finding
	Fix     Fix
}

// maxRepairs bounds how many fixes one Repair makes.
const maxRepairs = 1000

// Repair makes the best fix of every finding that has one, with risky also
// those that are not safe, until there is none left. Running it on the files
// that it returns changes nothing. Waived findings stay as they are.
func Repair(fsys fs.FS, opts Options, risky bool) Repaired {
	p := evaluate(newFiles(fsys))
	p.budget = 4 * trialBudget
	before := p.files
	first := p.report(p.configure(), Options{})
	start := p
	p, applied, secrets := start.repairAll(risky)
	if !risky && p.leftBroken(start) {
		start.untouched = true
		p, applied, secrets = start.repairAll(risky)
	}
	c := p.configure()
	c.issues = bounded(c.issues)
	p.tryFixes(c.issues, opts.Stop)
	r := Repaired{Applied: applied, Report: p.report(c, opts), earlier: []Report{first, {mask: masks(secrets)}}}
	for i, a := range r.Applied {
		a.Finding.Message, a.Finding.Found, a.Finding.Allowed = r.Mask(a.Finding.Message), r.Mask(a.Finding.Found), r.Mask(a.Finding.Allowed)
		a.Fix.Title = r.Mask(a.Fix.Title)
		r.Applied[i] = a
	}
	for _, name := range sortedKeys(p.files.edited) {
		r.Changes = append(r.Changes, Change{File: name, Before: before.text(name).data, After: p.files.text(name).data})
	}
	return r
}

// repairAll makes fixes until there is none left. Of the findings on the way it
// returns those of secrets.
func (p *project) repairAll(risky bool) (after *project, applied []Applied, secrets []issue) {
	for len(applied) < maxRepairs {
		next, made := p.repairMany(risky)
		if next == nil {
			next, made = p.repairOnce(risky)
		}
		if next == nil {
			break
		}
		next.untouched = p.untouched
		p, applied = next, append(applied, made...)
		for _, i := range p.withHidden() {
			if i.secret != "" {
				secrets = append(secrets, i)
			}
		}
	}
	return p, applied, secrets
}

// leftBroken says whether fixes changed a manifest and left it broken, which
// safe ones may not.
func (p *project) leftBroken(start *project) bool {
	return p.doc != nil && p.doc.broken() && string(p.doc.data) != string(start.doc.data)
}

// allowed says whether a repair may go on with next, which is p with a fix of the
// rule made. What values should be is seen best where the manifest is JSON.
func (p *project) allowed(fix Fix, rule string, next *project, risky bool) bool {
	if !risky && !isSyntax(rule) && fix.changesManifest() && p.doc != nil && p.doc.broken() {
		return false
	}
	return risky || !(p.untouched && fix.changesManifest()) && p.staysSafe(fix, next)
}

// repairMany makes the fixes of all findings of one rule at once, when they
// neither meet nor hinder each other: a file may have hundreds of one kind. It
// is nil when there are not several such fixes.
func (p *project) repairMany(risky bool) (*project, []Applied) {
	all := Fix{}
	rule := ""
	var made []Applied
	for _, i := range bounded(p.configure().issues) {
		n := slices.IndexFunc(i.fixes, func(fix Fix) bool { return fix.Safe || risky })
		if n < 0 || rule != "" && i.rule != rule {
			continue
		}
		rule = i.rule
		if edits := apart(all.Edits, i.fixes[n].Edits); edits != nil {
			all.Edits = append(all.Edits, edits...)
			made = append(made, Applied{p.finding(i), i.fixes[n]})
		}
	}
	if len(made) < 2 {
		return nil, nil
	}
	next := p.made(all, rule, false)
	if next == nil || !p.allowed(all, rule, next, risky) || next.count(p.unread())[rule] > p.count(0)[rule]-len(made) {
		return nil, nil
	}
	return next, made
}

// repairOnce makes the first fix that works; nil when there is none.
func (p *project) repairOnce(risky bool) (*project, []Applied) {
	for _, i := range bounded(p.configure().issues) {
		for _, fix := range i.fixes {
			if !fix.Safe && !risky {
				continue
			}
			if next := p.made(fix, i.rule, false); next != nil && p.allowed(fix, i.rule, next, risky) {
				return next, []Applied{{p.finding(i), fix}}
			}
		}
	}
	return nil, nil
}
