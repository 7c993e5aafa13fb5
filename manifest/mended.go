package manifest

import (
	"encoding/json"
	"slices"
	"strings"
)

// takeFix makes of n the value that the first of its fixes writes, when that one
// is safe. Otherwise nobody can tell what was meant.
func (p *parser) takeFix(n *node, fixes []Fix) {
	p.mended = true
	if len(fixes) == 0 || !fixes[0].Safe {
		n.forget()
		return
	}
	written := fixes[0].Edits[0].New
	switch {
	case strings.HasPrefix(written, `"`) && json.Unmarshal([]byte(written), &n.text) == nil:
		n.kind = kindString
	case isJSONNumber(written) && !beyondNumbers(written):
		n.kind, n.text = kindNumber, written
	default:
		n.forget()
	}
}

// endsWithLine notes that a text was read that ends with its line; sure says
// that it was most likely meant so. Several of them make a guess of it.
func (p *parser) endsWithLine(sure bool) {
	damaged := p.damaged || !sure
	p.guess()
	p.damaged, p.mended = damaged || p.stopped, true
}

// forget says that nobody can tell which value n was meant to be. Rules that
// compare it with another value leave null alone.
func (n *node) forget() { n.kind, n.unknown = kindNull, true }

// unwrap takes the manifest out of a list that holds nothing else. That it is
// there is a finding of its own.
func (d *Document) unwrap() {
	if n := d.root; n != nil && n.kind == kindArray && len(n.items) == 1 && n.items[0].kind == kindObject {
		d.wrapped, d.root = n, n.items[0]
	}
}

// hasUnknown says whether the manifest holds a value that nobody can tell.
func (d *Document) hasUnknown() bool {
	return d.root != nil && !d.root.walk(nil, func(n *node, _ []string) bool { return !n.unknown })
}

// isSyntax says whether a rule is about how JSON is written.
func isSyntax(rule string) bool {
	return strings.HasPrefix(rule, "NSP1") && rule != ruleDuplicateKey && rule != ruleNotObject
}

// dropUnknown removes what the rules say of values that nobody can tell. The
// secrets in them stay hidden.
func (p *project) dropUnknown() {
	type span struct {
		start, end int
		pointer    string
	}
	var unknown []span
	p.doc.root.walk(nil, func(n *node, path []string) bool {
		if n.unknown && len(unknown) < maxFindings {
			unknown = append(unknown, span{n.start, n.end, pointerTo(path)})
		}
		return true
	})
	if len(unknown) == 0 {
		return
	}
	p.issues = slices.DeleteFunc(p.issues, func(i issue) bool {
		if !strings.HasPrefix(i.rule, "NSP2") && !strings.HasPrefix(i.rule, "NSP3") {
			return false
		}
		drop := slices.ContainsFunc(unknown, func(s span) bool {
			inside := i.file == "" && s.start <= i.offset && i.offset < s.end
			return inside || s.pointer != "" && (i.pointer == s.pointer || strings.HasPrefix(i.pointer, s.pointer+"/"))
		})
		if drop && i.secret != "" {
			p.hidden = append(p.hidden, i.secret)
		}
		return drop
	})
}

// valueOf returns the value that a text of JSON holds; nil when it is none.
func valueOf(text []byte) *node {
	d := Index(text)
	if len(d.issues) > 0 {
		return nil
	}
	if d.wrapped != nil {
		return d.wrapped
	}
	return d.root
}
