package ui

import (
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// standpoint is where the cursor stood before something took it away.
type standpoint struct {
	key   findingKey
	fix   int
	moved bool
	file  string
	line  int
	first int // line on top
}

// maxMade bounds how many findings are kept to go back to.
const maxMade = 50

// turn moves the cursor where a check asks for it, and tells whether it did:
// to the first error that newly keeps the manifest from being read, as that is
// what the author must see; to the finding that is there again after a fix was
// taken back; and, once such an error is mended or the folder is back, to
// where the cursor stood before.
func (p *manifestPage) turn(begun bool) bool {
	undone := p.undoing
	p.undoing = false
	gone, broken := p.st.snap.Gone, unreadable(p.items)
	if !begun {
		return false
	}
	returns := p.back != nil && p.find(p.back.key) >= 0
	if gone || broken >= 0 && unreadable(p.former) < 0 && !returns {
		if p.back == nil && (len(p.former) > 0 || p.pane.moved) {
			p.back = &standpoint{p.key, p.fix, p.pane.moved, p.pane.file, p.pane.line, p.pane.first}
		}
		if !gone {
			p.focusOn(broken)
		}
		return !gone
	}
	if again := p.restored(); undone && again >= 0 {
		p.focusOn(again)
		return true
	}
	if p.back == nil || broken >= 0 && !returns {
		return false
	}
	back := *p.back
	p.back = nil
	if p.find(p.key) >= 0 { // the author went on to another finding, which is still there
		return false
	}
	return p.goBack(back)
}

// goBack puts the cursor where it stood, as far as that is there.
func (p *manifestPage) goBack(to standpoint) bool {
	i := p.find(to.key)
	if i < 0 && !to.moved {
		return false
	}
	if len(p.items) > 0 {
		p.focusOn(max(i, 0))
		p.fix = clamp(to.fix, len(p.fixes()))
	}
	p.pane.moved = to.moved
	if to.moved {
		p.pane.file, p.pane.line = to.file, to.line
	}
	p.show()
	p.pane.first = to.first
	return true
}

// unreadable returns the first error that keeps the manifest from being read as
// JSON; -1 when there is none.
func unreadable(items []manifest.Finding) int {
	return slices.IndexFunc(items, func(f manifest.Finding) bool {
		return f.Severity == manifest.SeverityError && strings.HasPrefix(f.Rule, "NSP1")
	})
}

// find returns the item of a key, else one of the same rule at the same value,
// whose words may tell another value now; -1 when there is none.
func (p *manifestPage) find(k findingKey) int {
	if i := slices.IndexFunc(p.items, func(f manifest.Finding) bool { return keyOf(f) == k }); i >= 0 {
		return i
	}
	return slices.IndexFunc(p.items, func(f manifest.Finding) bool { return f.Rule == k.rule && f.File == k.file && f.Pointer == k.pointer })
}

// restored returns the item that the last check has and the one before had not:
// that which the last such fix was made for, else the first; -1 when there is none.
func (p *manifestPage) restored() int {
	isNew := func(f manifest.Finding) bool {
		return !slices.ContainsFunc(p.former, func(was manifest.Finding) bool { return keyOf(was) == keyOf(f) })
	}
	for _, k := range slices.Backward(p.made) {
		if i := slices.IndexFunc(p.items, func(f manifest.Finding) bool { return keyOf(f) == k }); i >= 0 && isNew(p.items[i]) {
			return i
		}
	}
	return slices.IndexFunc(p.items, isNew)
}
