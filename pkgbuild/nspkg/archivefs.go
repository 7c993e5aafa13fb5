package nspkg

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"
)

// archiveTree is the files and folders of an archive, as a file system.
type archiveTree struct {
	archive *Archive
	nodes   []node  // the root first
	sorted  []int32 // the nodes by parent, then by name: each folder's children in a row
}

// node is a file or a folder. Folders need no entry of their own.
type node struct {
	name   string
	parent int32
	entry  int32 // index of its record; -1 for a folder without one
	folder bool
	first  int32 // of its children in sorted
	count  int32
}

// plantTree puts the entries into a tree, and refuses those that would be one
// file on some file systems and two on others.
func plantTree(a *Archive) (*archiveTree, error) {
	t := &archiveTree{archive: a, nodes: make([]node, 1, len(a.records)+16)}
	t.nodes[0] = node{name: ".", parent: -1, entry: -1, folder: true}
	p := planter{tree: t, byForm: make(map[formKey]int32, len(a.records)), caseless: caseless{fold: cases.Fold()}}
	for i := range a.records {
		if err := p.plant(&a.records[i], int32(i)); err != nil {
			return nil, err
		}
	}
	t.sorted = make([]int32, len(t.nodes)-1)
	for i := range t.sorted {
		t.sorted[i] = int32(i + 1)
	}
	slices.SortFunc(t.sorted, func(a, b int32) int {
		return cmp.Or(cmp.Compare(t.nodes[a].parent, t.nodes[b].parent), strings.Compare(t.nodes[a].name, t.nodes[b].name))
	})
	for i := len(t.sorted) - 1; i >= 0; i-- {
		parent := &t.nodes[t.nodes[t.sorted[i]].parent]
		parent.first = int32(i)
		parent.count++
	}
	return t, nil
}

// planter makes a tree.
type planter struct {
	tree     *archiveTree
	byForm   map[formKey]int32
	caseless caseless
}

// formKey is a child of a folder, in whatever spelling.
type formKey struct {
	parent int32
	form   string
}

// plant adds the entry of index i.
func (p *planter) plant(r *record, i int32) error {
	at, rest := int32(0), r.path()
	for {
		part, below, more := strings.Cut(rest, "/")
		child, err := p.child(at, part, r, more || r.isFolder())
		if err != nil {
			return err
		}
		if !more {
			n := &p.tree.nodes[child]
			if n.entry >= 0 {
				return refuse(DuplicateName, r.name, adviceHostile, "it holds %s twice, and readers differ in which of the two they take", quoted(r.name))
			}
			n.entry = i
			return nil
		}
		at, rest = child, below
	}
}

// child returns the child of a folder, which is made when there is none. An
// existing one must be of the same kind and spelling.
func (p *planter) child(parent int32, part string, r *record, folder bool) (int32, error) {
	t := p.tree
	key := formKey{parent, p.caseless.form(part)}
	i, known := p.byForm[key]
	if !known {
		if len(t.nodes) > maxEntries+maxFolders {
			return 0, refuse(TooManyEntries, r.name, adviceSmaller, "its names make more than %d folders", maxFolders)
		}
		i = int32(len(t.nodes))
		t.nodes = append(t.nodes, node{name: part, parent: parent, entry: -1, folder: folder})
		p.byForm[key] = i
		return i, nil
	}
	switch n := t.nodes[i]; {
	case n.name != part && !strings.EqualFold(n.name, part):
		return 0, refuse(UnicodeCollision, r.name, adviceRename, "it holds %s, and beside it %s in another spelling: on some systems they are one file", quoted(r.name), quoted(n.name))
	case n.name != part:
		return 0, refuse(CaseCollision, r.name, adviceRename, "it holds %s, and beside it %s, which differs in upper and lower case alone: on some systems they are one file", quoted(r.name), quoted(n.name))
	case n.folder != folder:
		return 0, refuse(FileAsFolder, r.name, adviceHostile, "it holds %s, where %s is a file and a folder at once", quoted(r.name), quoted(part))
	}
	return i, nil
}

// find returns the node of a path.
func (t *archiveTree) find(op, name string) (int32, error) {
	if !fs.ValidPath(name) {
		return 0, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if name == "." {
		return 0, nil
	}
	at := int32(0)
	for part := range strings.SplitSeq(name, "/") {
		n := t.nodes[at]
		children := t.sorted[n.first : n.first+n.count]
		i, found := slices.BinarySearchFunc(children, part, func(child int32, part string) int { return strings.Compare(t.nodes[child].name, part) })
		if !found {
			return 0, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
		at = children[i]
	}
	return at, nil
}

// Open opens a file or a folder.
func (t *archiveTree) Open(name string) (fs.File, error) {
	i, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	if t.nodes[i].folder {
		return &openFolder{tree: t, at: i, path: name}, nil
	}
	return t.archive.open(&t.archive.records[t.nodes[i].entry]), nil
}

// Stat tells what a name stands for.
func (t *archiveTree) Stat(name string) (fs.FileInfo, error) {
	i, err := t.find("stat", name)
	if err != nil {
		return nil, err
	}
	return t.info(i), nil
}

// ReadDir lists a folder, sorted by name.
func (t *archiveTree) ReadDir(name string) ([]fs.DirEntry, error) {
	i, err := t.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !t.nodes[i].folder {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	return t.children(i, 0, int(t.nodes[i].count)), nil
}

// ReadFile reads a whole file. Memory grows with what there is to read, not
// with what the archive promises.
func (t *archiveTree) ReadFile(name string) ([]byte, error) {
	file, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// children returns the children of a folder from one place to another.
func (t *archiveTree) children(folder int32, from, to int) []fs.DirEntry {
	list := make([]fs.DirEntry, 0, to-from)
	first := int(t.nodes[folder].first)
	for _, i := range t.sorted[first+from : first+to] {
		list = append(list, t.info(i))
	}
	return list
}

func (t *archiveTree) info(i int32) nodeInfo {
	n := t.nodes[i]
	if n.folder {
		return nodeInfo{name: n.name, mode: fs.ModeDir | 0o755}
	}
	r := &t.archive.records[n.entry]
	return nodeInfo{name: n.name, mode: r.mode(), size: r.size, modified: r.modified()}
}

// nodeInfo describes a file or a folder.
type nodeInfo struct {
	name     string
	mode     fs.FileMode
	size     int64
	modified time.Time
}

func (n nodeInfo) Name() string               { return n.name }
func (n nodeInfo) Size() int64                { return n.size }
func (n nodeInfo) Mode() fs.FileMode          { return n.mode }
func (n nodeInfo) Type() fs.FileMode          { return n.mode.Type() }
func (n nodeInfo) ModTime() time.Time         { return n.modified }
func (n nodeInfo) IsDir() bool                { return n.mode.IsDir() }
func (n nodeInfo) Sys() any                   { return nil }
func (n nodeInfo) Info() (fs.FileInfo, error) { return n, nil }
func (n nodeInfo) String() string             { return fs.FormatFileInfo(n) }

// openFolder is a folder that is being listed.
type openFolder struct {
	tree *archiveTree
	at   int32
	path string
	read int
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.tree.info(f.at), nil }
func (f *openFolder) Close() error               { return nil }

func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.path, Err: errors.New("is a directory")}
}

func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	count := int(f.tree.nodes[f.at].count)
	to := count
	if n > 0 {
		to = min(count, f.read+n)
		if to == f.read {
			return nil, io.EOF
		}
	}
	list := f.tree.children(f.at, f.read, to)
	f.read = to
	return list, nil
}
