package scaffold

import (
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Plan is a project that has not been written yet: it can be shown, compared
// and thrown away. It shares nothing with the answers it was made of.
type Plan struct {
	Dir   string // the project's directory, below the output directory it was planned for
	Files []File // by path; never empty in a plan from NewPlan
}

// File is one file of a Plan.
type File struct {
	Path    string // slash-separated, relative to the plan's Dir
	Mode    fs.FileMode
	Content []byte
}

// NewPlan renders the project for the answers into a plan for the directory
// outputDir/<name>. Nothing is read from or written to disk. Answers that cannot
// be taken return an *InvalidError.
func NewPlan(a Answers, outputDir string) (Plan, error) {
	if err := a.Validate(); err != nil {
		return Plan{}, err
	}
	tree, _ := TemplateByName(a.Template)
	contents, err := render(tree.Name, newData(a, tree))
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Dir: filepath.Join(outputDir, a.Name)}
	for _, path := range slices.Sorted(maps.Keys(contents)) {
		plan.Files = append(plan.Files, File{Path: path, Mode: fileMode, Content: contents[path]})
	}
	return plan, nil
}

// Content returns the content of the file at path, and whether the plan has it.
func (p Plan) Content(path string) ([]byte, bool) {
	for _, f := range p.Files {
		if f.Path == path {
			return f.Content, true
		}
	}
	return nil, false
}

// String draws the plan as a tree, one line for each directory and file, the
// project's directory first. Equal plans draw equal trees.
func (p Plan) String() string {
	root := &node{}
	for _, f := range p.Files {
		at := root
		for name := range strings.SplitSeq(f.Path, "/") {
			at = at.child(name)
		}
	}
	var out strings.Builder
	out.WriteString(filepath.ToSlash(p.Dir) + "/\n")
	root.draw(&out, "")
	return out.String()
}

// node is a directory of the drawn tree, or a file when it has no children.
type node struct {
	name     string
	children []*node
}

func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	c := &node{name: name}
	n.children = append(n.children, c)
	return c
}

func (n *node) draw(out *strings.Builder, indent string) {
	slices.SortFunc(n.children, func(a, b *node) int { return strings.Compare(a.name, b.name) })
	for i, c := range n.children {
		branch, below := "├── ", "│   "
		if i == len(n.children)-1 {
			branch, below = "└── ", "    "
		}
		out.WriteString(indent + branch + c.name)
		if len(c.children) > 0 {
			out.WriteString("/")
		}
		out.WriteString("\n")
		c.draw(out, indent+below)
	}
}
