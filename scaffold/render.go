package scaffold

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"text/template"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/templates"
)

// fileMode is that of every generated file, before the umask.
const fileMode fs.FileMode = 0o666

// maxIdentifier is how many bytes of an identifier PostgreSQL keeps.
const maxIdentifier = 63

// data is what a tree may refer to: the answers, and the names made of them.
type data struct {
	Answers
	Version string
	Package string // the service's name among packages of its language; none of theirs has it
	Image   string // the reference the built image is tagged with
	Health  string // the command that probes the service
	Schema  string // the plugin's PostgreSQL schema
	Table   string // of the items, within Schema
	Index   string // of the items by organisation
}

func newData(a Answers, t Template) data {
	a.Capabilities = unique(a.Capabilities)
	identifier := strings.ReplaceAll(a.Name, "-", "_")
	// A reference cannot hold a hyphen before its colon, which a name may end with.
	service := "netstacks-plugin-" + strings.TrimRight(a.Name, "-")
	index := "idx_" + identifier + "_items_org_id"
	return data{
		Answers: a,
		Version: Version,
		Package: service,
		Image:   service + ":" + Version,
		Health:  t.healthCommand(a.Port),
		Schema:  (&manifest.Manifest{Name: a.Name}).SchemaName(),
		Table:   identifier + "_items",
		Index:   index[:min(len(index), maxIdentifier)],
	}
}

// overlays returns the layers of a tree that the answers ask for, in the order
// in which they are laid.
func (d data) overlays(tree string) []string {
	store := "memory"
	if d.Database {
		store = "database"
	}
	return []string{"common/base", "common/" + store, tree + "/base", tree + "/" + store}
}

// parts puts in what several overlays hold in different places, as it is.
var parts = template.FuncMap{
	"part": func(path string) (string, error) {
		text, err := fs.ReadFile(templates.FS, path)
		return string(text), err
	},
}

// source is one file of an overlay.
type source struct {
	path     string // in the project
	text     []byte
	template *template.Template // nil for a file that is copied as it is
}

// overlayCache keeps what was read and parsed: the wizard renders with every key.
var overlayCache sync.Map // of func() ([]source, error), by the overlay's path

// render returns the contents of every file of the tree, by its path in the
// project. A later overlay's file takes the place of an earlier one's.
func render(tree string, d data) (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, overlay := range d.overlays(tree) {
		read, _ := overlayCache.LoadOrStore(overlay, sync.OnceValues(func() ([]source, error) { return readOverlay(overlay) }))
		sources, err := read.(func() ([]source, error))()
		if err != nil {
			return nil, fmt.Errorf("reading template %s: %w", tree, err)
		}
		for _, s := range sources {
			if files[s.path], err = s.render(d); err != nil {
				return nil, fmt.Errorf("rendering template %s: %w", tree, err)
			}
		}
	}
	return files, nil
}

// render returns the file for the answers in d, in memory of its own.
func (s source) render(d data) ([]byte, error) {
	if s.template == nil {
		return slices.Clone(s.text), nil
	}
	var out bytes.Buffer
	if err := s.template.Execute(&out, d); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// readOverlay returns the files of an overlay; one that is not there has none.
func readOverlay(overlay string) ([]source, error) {
	var sources []source
	layer, err := fs.Sub(templates.FS, overlay)
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(layer, ".", func(path string, entry fs.DirEntry, err error) error {
		if path == "." && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(layer, path)
		if err != nil {
			return err
		}
		s := source{path: path, text: text}
		if name, ok := strings.CutSuffix(path, ".tmpl"); ok {
			s.path = name
			s.template, err = template.New(overlay+"/"+path).Delims("<%", "%>").Funcs(literals).Funcs(parts).Parse(string(text))
		}
		sources = append(sources, s)
		return err
	})
	return sources, err
}
