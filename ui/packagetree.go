package ui

import (
	"cmp"
	"slices"
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/studio"
)

// packageRow is a line of the package's tree.
type packageRow struct {
	path, name string // a folder's path ends in a slash
	depth      int
	folder     bool
	files      int   // that go in, of a folder
	size       int64 // bytes that go in
	packed     int64 // bytes that they become; 0 when nobody knows
	state      rowState
	why        string
}

// rowState says what becomes of a file.
type rowState int

const (
	rowPacked rowState = iota
	rowExcluded
	rowBlocked // it stands in the way of the package
)

// treeNode is a folder or file while the tree is put together.
type treeNode struct {
	row      packageRow
	children map[string]*treeNode
}

// packageTree puts what goes in, stays out and stands in the way together as a tree, folders
// with what is in them.
func packageTree(sn studio.Snapshot) *treeNode {
	root := &treeNode{row: packageRow{folder: true}}
	plan := sn.Plan
	if plan.At.IsZero() { // nobody has looked yet: what is known is what was written
		for _, e := range sn.Package.Entries {
			root.add(studio.PlannedFile{Path: e.Path, Size: e.Size, Why: "it is in the package that was written"}, rowPacked)
		}
	}
	for _, f := range plan.Entries {
		root.add(f, rowPacked)
	}
	for _, f := range plan.Excluded {
		root.add(f, rowExcluded)
	}
	for _, f := range plan.Blocked {
		root.add(f, rowBlocked)
	}
	root.sum()
	return root
}

// add puts a file into the tree. What is there already keeps its size.
func (n *treeNode) add(f studio.PlannedFile, state rowState) {
	path := strings.TrimSuffix(f.Path, "/")
	at := n
	for start := 0; ; {
		part, _, more := strings.Cut(path[start:], "/")
		end := start + len(part)
		child := at.children[part]
		if child == nil {
			child = &treeNode{row: packageRow{path: path[:end], name: part, depth: at.row.depth + 1}}
			if at == n {
				child.row.depth = 0
			}
			if at.children == nil {
				at.children = map[string]*treeNode{}
			}
			at.children[part] = child
		}
		if more {
			child.row.folder = true
			at, start = child, end+1
			continue
		}
		r := &child.row
		r.folder = r.folder || strings.HasSuffix(f.Path, "/")
		if r.state == rowBlocked && state == rowBlocked {
			r.why += "\n" + f.Why
		} else {
			r.state, r.why = state, f.Why
		}
		r.size, r.packed = max(r.size, f.Size), max(r.packed, f.CompressedSize)
		return
	}
}

// sum gives folders the sizes of what goes in below them.
func (n *treeNode) sum() {
	for _, child := range n.children {
		if len(child.children) > 0 {
			child.sum()
			child.row.folder = true
		} else if child.row.state == rowPacked && !child.row.folder {
			child.row.files = 1
		}
		n.row.files += child.row.files
		if child.row.state != rowExcluded {
			n.row.size += child.row.size
			n.row.packed += child.row.packed
		}
	}
}

// rows lists the tree: manifest.json first, as in the archive, and nothing below the folders that are closed.
func (n *treeNode) rows(closed map[string]bool) []packageRow {
	var all []packageRow
	names := make([]string, 0, len(n.children))
	for name := range n.children {
		names = append(names, name)
	}
	first := func(name string) int {
		if n.row.path == "" && name == manifest.FileName {
			return 0
		}
		return 1
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(first(a)-first(b), cmp.Compare(a, b)) })
	for _, name := range names {
		child := n.children[name]
		all = append(all, child.row)
		if !closed[child.row.path] {
			all = append(all, child.rows(closed)...)
		}
	}
	return all
}
