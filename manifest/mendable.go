package manifest

import (
	"slices"
	"strings"
)

// maxMending bounds the rounds in which the safe fixes of broken JSON are tried.
const maxMending = 20

// mendable says whether the safe fixes of what is not JSON, made one after the
// other, end in JSON. Fixes that leave a file broken may have mended what was
// never meant, such as a comma inside of a text, so that none of them is safe.
// Comments do not count: nothing is guessed about what stands around them.
func (d *Document) mendable() bool {
	for range maxMending {
		if !d.broken() {
			return true
		}
		if d = d.lessBroken(); d == nil {
			return false
		}
	}
	return false
}

// broken says whether the text is not JSON, comments aside.
func (d *Document) broken() bool {
	return slices.ContainsFunc(d.issues, func(i issue) bool { return i.rule != ruleComment })
}

// lessBroken returns the text after the safe fixes of all its findings or, where
// they hinder each other, after the first one that leaves less to be found; nil
// when there is none.
func (d *Document) lessBroken() *Document {
	var all []Edit
	var each [][]Edit
	for _, i := range d.issues[:min(len(d.issues), maxFindings)] {
		n := slices.IndexFunc(i.fixes, func(fix Fix) bool { return fix.Safe })
		if n < 0 {
			continue
		}
		each = append(each, i.fixes[n].Edits)
		all = append(all, apart(all, i.fixes[n].Edits)...)
	}
	each = slices.Insert(each, 0, all)
	for _, edits := range each[:min(len(each), maxMending)] {
		data, err := ApplyEdits(d.data, edits)
		if err != nil || len(edits) == 0 {
			continue
		}
		after := Index(data)
		if after.unread < d.unread || after.unread == d.unread && len(after.issues) < len(d.issues) {
			return after
		}
	}
	return nil
}

// staysSafe says whether a safe fix is still one when its effect is known: after
// is p with the fix made. Of a manifest that is not JSON it must lead to JSON.
func (p *project) staysSafe(fix Fix, after *project) bool {
	if fix.changesManifest() && p.doc != nil && p.doc.damaged && slices.ContainsFunc(p.doc.issues, func(i issue) bool { return i.rule == ruleComment }) {
		return false // the comment may be text that was never to be one
	}
	return !fix.changesManifest() || p.doc == nil || !p.doc.broken() || after.doc.mendable()
}

// leansOnDuplicate says whether an issue may be about a value that stands twice: which of the two
// counts is for its author to say, and what follows from one of them is not safe before then.
func (p *project) leansOnDuplicate(i issue) bool {
	if strings.HasPrefix(i.rule, "NSP1") {
		return false
	}
	return slices.ContainsFunc(p.issues, func(other issue) bool {
		return other.rule == ruleDuplicateKey && (strings.HasPrefix(i.rule, "NSP3") || strings.HasPrefix(i.pointer, other.pointer))
	})
}

// changesManifest says whether a fix has an edit of manifest.json.
func (f Fix) changesManifest() bool {
	return slices.ContainsFunc(f.Edits, func(e Edit) bool { return e.File == FileName })
}
