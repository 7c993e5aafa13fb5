package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// readColumns takes columns that are named in one text.
func (m *mending) readColumns() bool {
	if m.node.kind != kindString {
		return false
	}
	var columns []any
	for _, key := range listOfText(m.node.text) {
		columns = append(columns, columnOf(key.(string)))
	}
	if len(columns) > 0 && len(columns) < 50 {
		m.write(true, columns)
	}
	return false
}

// readColumn takes a column that is only named, with the label that the
// Terminal would give it.
func (m *mending) readColumn() bool {
	if text := strings.TrimSpace(m.node.text); m.node.kind == kindString && text != "" {
		m.write(true, columnOf(text))
		return true
	}
	return noText(m)
}

func columnOf(key string) keyed { return keyed{{"key", key}, {"label", columnLabel(key)}} }

// columnLabel is how the Terminal labels a key by itself (terminal.md, "How a
// panel is drawn"): first letter upper-cased, underscores turned to spaces.
func columnLabel(key string) string {
	r, size := utf8.DecodeRuneInString(key)
	if size == 0 {
		return ""
	}
	return strings.ReplaceAll(string(unicode.ToUpper(r))+key[size:], "_", " ")
}

// readWidth takes a number for pixels.
func (m *mending) readWidth() bool {
	if m.node.kind == kindNumber && digits(m.node.text) == len(m.node.text) {
		m.write(true, m.node.text+"px")
	}
	return noText(m)
}

// readConfirm takes true for "ask", and false for "do not ask".
func (m *mending) readConfirm() bool {
	switch {
	case m.node.kind != kindBool:
		return false
	case m.node.text == "false":
		m.remove(true)
	default:
		if label := m.parent.get("label"); label != nil && label.kind == kindString && label.text != "" {
			m.write(true, strings.TrimRight(label.text, " ?")+"?")
		}
	}
	return true
}

// methods are those of HTTP that the Terminal does not carry out, with what is
// nearest to them.
var methods = map[string][]string{"PATCH": {"PUT", "POST"}, "GET": {"POST"}, "HEAD": {"POST"}, "OPTIONS": {"POST"}}

// readMethod spells a method as the Terminal has it.
func (m *mending) readMethod() bool {
	return m.readWord(strings.ToUpper, methods)
}

// styles are other words for the looks of a button.
var styles = map[string][]string{
	"red": {"danger"}, "destructive": {"danger"}, "error": {"danger"}, "warning": {"danger"}, "critical": {"danger"}, "delete": {"danger"},
	"success": {"primary"}, "info": {"primary"}, "blue": {"primary"}, "main": {"primary"}, "submit": {"primary"},
	"secondary": {"default"}, "normal": {"default"}, "neutral": {"default"}, "outline": {"default"}, "none": {"default"},
}

// readStyle spells a style as the Terminal has it.
func (m *mending) readStyle() bool {
	return m.readWord(strings.ToLower, styles)
}

// readWord takes one of the words that the schema lists, in another case or
// misspelt, or another word for it.
func (m *mending) readWord(spell func(string) string, others map[string][]string) bool {
	word := spell(strings.TrimSpace(m.node.text))
	if m.node.kind != kindString || word == "" || m.schema.Enum == nil {
		return false
	}
	m.write(true, word)
	if other := others[word]; other != nil {
		for _, w := range other {
			m.write(false, w)
		}
		return true
	}
	best, bestDistance := "", 3
	for _, v := range m.schema.Enum {
		w, _ := v.(string)
		if distance := editDistance(shorten(word, 100), w); distance < min(bestDistance, len(w)-2) {
			best, bestDistance = w, distance
		}
	}
	if best != "" {
		m.write(true, best)
	}
	return true
}

var (
	address = onDemand(`^https?://([^/?#:]*|\[[0-9a-f:]+\])(?::([0-9]+))?([/?#].*)?$`)
	request = onDemand(`^(GET|POST|PUT|DELETE|PATCH)\s+(/\S*)$`)
)

// readPath makes a path below the plugin of what is nearly one: a path without
// its slash, the address of the running service, a request with its method.
func (m *mending) readPath() bool {
	text := strings.TrimSpace(m.node.text)
	if m.node.kind != kindString || text == "" {
		return false
	}
	if parts := address().FindStringSubmatch(text); parts != nil {
		path := parts[3]
		if prefix := "/api/plugins/" + memberText(m.doc.root, "name"); strings.HasPrefix(path, prefix+"/") {
			path = strings.TrimPrefix(path, prefix)
		}
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		m.write(m.isService(parts[1], parts[2]), path)
		return true
	}
	if parts := request().FindStringSubmatch(text); parts != nil {
		m.readRequest(parts[1], parts[2])
		return true
	}
	if strings.Contains(text, "://") {
		return true
	}
	if panel := m.above(2); panel != nil && strings.HasPrefix(text, "{") {
		if data := memberText(panel, "data_endpoint"); strings.HasPrefix(data, "/") {
			m.write(false, strings.TrimRight(data, "/")+"/"+text)
		}
		m.write(false, "/"+text)
		return true
	}
	for strings.HasPrefix(text, "./") {
		text = text[2:]
	}
	m.write(!strings.HasPrefix(text, ".."), "/"+strings.TrimLeft(text, "/"))
	return true
}

// readRequest takes the path out of a request. The method of an action has a
// field of its own.
func (m *mending) readRequest(method, path string) {
	if m.key == "data_endpoint" {
		m.write(method == "GET", path)
		return
	}
	declared := cmp.Or(memberText(m.parent, "method"), "POST")
	if m.parent.member("method") == nil && (method == "PUT" || method == "DELETE") {
		m.writeWith(true, path, fmt.Sprintf(` and "method": %q`, method), m.doc.insertMember(m.parent, parentPointer(m.pointer), "method", method))
	}
	m.write(method == declared, path)
}

// above returns the value that stands n objects and lists above the object of
// the value; nil when there is none.
func (m *mending) above(n int) *node {
	pointer := parentPointer(m.pointer)
	for range n {
		if pointer == "" {
			return nil
		}
		pointer = parentPointer(pointer)
	}
	above, _ := m.doc.find(pointer)
	return above
}

// isService says whether host and port are those of the plugin's own service.
func (m *mending) isService(host, port string) bool {
	name := memberText(m.doc.root, "name")
	hosts := []string{"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker.internal", name, "netstacks-plugin-" + name}
	n := m.doc.root.get("port")
	return slices.Contains(hosts, host) && (port == "" || n != nil && n.text == port || port == strconv.Itoa(m.doc.pluginPort()))
}

// readOpenAPIPath is readPath, with the ways to say that there is none.
func (m *mending) readOpenAPIPath() bool {
	switch n := m.node; {
	case n.kind == kindBool && n.text == "false":
		m.write(true, nil)
		return true
	case n.kind == kindBool:
		m.write(true, "/openapi.json")
		return true
	case n.kind == kindString && strings.TrimSpace(n.text) == "":
		m.write(false, nil)
		m.write(false, "/openapi.json")
		return true
	}
	return m.readPath()
}
