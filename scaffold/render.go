package scaffold

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
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
	Image   string // the reference the built image is tagged with
	Schema  string // the plugin's PostgreSQL schema
	Table   string // of the items, within Schema
	Index   string // of the items by organisation
}

func newData(a Answers) data {
	a.Capabilities = unique(a.Capabilities)
	identifier := strings.ReplaceAll(a.Name, "-", "_")
	index := "idx_" + identifier + "_items_org_id"
	return data{
		Answers: a,
		Version: Version,
		// A reference cannot hold a hyphen before its colon, which a name may end with.
		Image:  "netstacks-plugin-" + strings.TrimRight(a.Name, "-") + ":" + Version,
		Schema: (&manifest.Manifest{Name: a.Name}).SchemaName(),
		Table:  identifier + "_items",
		Index:  index[:min(len(index), maxIdentifier)],
	}
}

// overlays returns the layers of a tree that the answers ask for, in the order
// in which they are laid.
func (d data) overlays() []string {
	if d.Database {
		return []string{"base", "database"}
	}
	return []string{"base", "memory"}
}

// functions write a value as a literal of a language. Answers reach a file
// through one of them, or not at all.
var functions = template.FuncMap{
	"json":     jsonLiteral,
	"jsonlist": jsonList,
	// A quoted Go string is a Python string literal as well: both know the same
	// escapes, and nothing that cannot be seen in an editor stays unescaped.
	"pystr": strconv.Quote,
}

func jsonLiteral(text string) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

func jsonList(texts []string) (string, error) {
	items := make([]string, len(texts))
	for i, text := range texts {
		item, err := jsonLiteral(text)
		if err != nil {
			return "", err
		}
		items[i] = item
	}
	return "[" + strings.Join(items, ", ") + "]", nil
}

// render returns the contents of every file of the tree, by its path in the
// project. A later overlay's file takes the place of an earlier one's.
func render(tree string, d data) (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, overlay := range d.overlays() {
		layer, err := fs.Sub(templates.FS, tree+"/"+overlay)
		if err != nil {
			return nil, fmt.Errorf("opening template %s: %w", tree, err)
		}
		err = fs.WalkDir(layer, ".", func(path string, entry fs.DirEntry, err error) error {
			if path == "." && errors.Is(err, fs.ErrNotExist) {
				return nil // the tree needs nothing special here
			}
			if err != nil || entry.IsDir() {
				return err
			}
			source, err := fs.ReadFile(layer, path)
			if err != nil {
				return err
			}
			name, isTemplate := strings.CutSuffix(path, ".tmpl")
			if isTemplate {
				source, err = execute(tree+"/"+overlay+"/"+path, source, d)
			}
			files[name] = source
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("rendering template %s: %w", tree, err)
		}
	}
	return files, nil
}

func execute(name string, source []byte, d data) ([]byte, error) {
	t, err := template.New(name).Delims("<%", "%>").Funcs(functions).Parse(string(source))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, d); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
