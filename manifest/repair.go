package manifest

import "io/fs"

// Repaired is what Repair did.
type Repaired struct {
	Changes []Change // the files that changed, by name; nothing was written
	Applied []Applied
	Report  Report // of the files as they are after the changes
}

// Change is a file before and after a repair.
type Change struct {
	File          string // slash-separated, relative to the plugin directory
	Before, After []byte
}

// Applied is a fix that was made, and the finding it mended. The finding's
// place is that of the moment before the fix.
type Applied struct {
	Finding Finding
	Fix     Fix
}

// repairBudget bounds how much text one Repair checks again, in bytes: a
// manifest with so much to mend is mended in several runs.
const repairBudget = 64 << 20

// Repair makes the best fix of every finding that has one, with risky also
// those that are not safe, until there is none left. Running it on the files
// that it returns changes nothing. Waived findings stay as they are.
func Repair(fsys fs.FS, opts Options, risky bool) Repaired {
	p := evaluate(newFiles(fsys))
	before := p.files
	var applied []Applied
	for budget := repairBudget; budget > 0; {
		next, made := p.repairOnce(risky, &budget)
		if next == nil {
			break
		}
		p, applied = next, append(applied, made)
	}
	c := p.configure()
	c.issues = bounded(c.issues)
	p.tryFixes(c.issues)
	r := Repaired{Applied: applied, Report: p.report(c, opts)}
	for _, name := range sortedKeys(p.files.edited) {
		r.Changes = append(r.Changes, Change{File: name, Before: before.text(name).data, After: p.files.text(name).data})
	}
	return r
}

// repairOnce makes the first fix that works; nil when there is none.
func (p *project) repairOnce(risky bool, budget *int) (*project, Applied) {
	for _, i := range bounded(p.configure().issues) {
		for _, fix := range i.fixes {
			if !fix.Safe && !risky {
				continue
			}
			if *budget -= p.size(); *budget < 0 {
				return nil, Applied{}
			}
			if next := p.after(fix, i.rule); next != nil {
				return next, Applied{p.finding(i), fix}
			}
		}
	}
	return nil, Applied{}
}
