package manifest

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
)

// codeFiles are the kinds of files that a service is written in.
var codeFiles = []string{
	".py", ".rs", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".go", ".java", ".kt", ".scala", ".cs", ".fs", ".rb", ".php", ".ex", ".exs",
}

// passesOn are words of code whose rows come from elsewhere, so that they may
// have an id without the code naming it: requests to others, and libraries
// that give each record an id by themselves.
var passesOn = [][]byte{
	[]byte("netstacks"), []byte("internal/v1"), []byte("requests"), []byte("httpx"), []byte("aiohttp"), []byte("urllib"), []byte("fetch("), []byte("axios"),
	[]byte("http.Get"), []byte("http.Client"), []byte("reqwest"), []byte("HttpClient"), []byte("Net::HTTP"), []byte("curl_"), []byte("models.Model"),
	[]byte("ActiveRecord"), []byte("sequelize"), []byte("Eloquent"), []byte("mongo"), []byte("Ecto"),
}

// rowIDIssues warns of row actions whose rows have no id, as far as can be
// told: the Terminal fills in the id of a row and does nothing where there is
// none (terminal.md, "How a panel is drawn"). Nothing is said where the panel
// leaves its columns to the rows, where the code was not seen whole, or where
// the rows may come from elsewhere.
func (p *project) rowIDIssues() []issue {
	var c collected
	asked, lacks := false, false
	for i, panel := range itemsOf(p.doc.root.get("terminal_panels")) {
		j := firstRowAction(panel)
		if c.full() || j < 0 || !lacksIDColumn(panel.get("columns")) {
			continue
		}
		if !asked {
			asked, lacks = true, p.rowsLackID()
		}
		if !lacks {
			break
		}
		endpoint := panel.get("actions").items[j].get("endpoint")
		at := fmt.Sprintf("/terminal_panels/%d/actions/%d", i, j)
		c.add(issue{
			rule: ruleRowID, offset: endpoint.start, pointer: at + "/endpoint", found: p.doc.found(endpoint), allowed: "rows that have an id",
			message: subject(at) + " is a row action, which the Terminal carries out only for a row with an id, but neither the panel's columns nor a file below service/ name an id; let each row have one",
		})
	}
	return c.list
}

// firstRowAction returns the index of a panel's first action that belongs to a
// row; -1 when there is none.
func firstRowAction(panel *node) int {
	return slices.IndexFunc(itemsOf(panel.get("actions")), func(action *node) bool {
		return strings.Contains(textOf(action.get("endpoint")), rowID)
	})
}

// lacksIDColumn says whether columns are declared and none is about an id.
func lacksIDColumn(columns *node) bool {
	return len(itemsOf(columns)) > 0 && !slices.ContainsFunc(columns.items, func(column *node) bool {
		key := column.get("key")
		return key == nil || strings.EqualFold(key.text, "id")
	})
}

// rowsLackID says whether the whole code of the service was seen, and nothing
// in it can be where a row gets its id from.
func (p *project) rowsLackID() bool {
	names, all := p.files.sources()
	code := slices.ContainsFunc(names, func(name string) bool { return slices.Contains(codeFiles, path.Ext(name)) })
	if !all || !code {
		return false
	}
	found, all := p.anySource("an id", givesID)
	return all && !found
}

// givesID says whether text may be where a row gets its id from.
func givesID(text []byte) bool {
	return namesIDKey(text) || slices.ContainsFunc(passesOn, func(word []byte) bool { return bytes.Contains(text, word) })
}

// sqlWords are words around a column called id: types of it, and what it is
// selected with.
var sqlWords = []string{
	"uuid", "serial", "bigserial", "int", "integer", "bigint", "smallint", "text", "varchar", "char", "string", "long", "number", "number?",
	"select", "as", "returning", "distinct", "from", "primary",
}

// namesIDKey says whether text uses the word id as a key, a field or a column,
// such as "id", id:, .id, id = or id UUID. The word in a sentence is none.
func namesIDKey(text []byte) bool {
	for at := 0; ; at++ {
		i := bytes.IndexAny(text[at:], "iI")
		if i < 0 {
			return false
		}
		at += i
		if at+2 <= len(text) && (text[at+1] == 'd' || text[at+1] == 'D' && text[at] == 'I') && isIDKey(text, at) {
			return true
		}
	}
}

// isIDKey says whether the word at an offset, id, Id or ID, stands as a key.
func isIDKey(text []byte, at int) bool {
	before, after := text[:at], text[at+2:]
	getter := bytes.HasSuffix(bytes.ToLower(before[max(0, at-3):]), []byte("get")) && text[at] == 'I' // getId()
	if len(after) > 0 && isKeyByte(after[0]) || at > 0 && (isKeyByte(text[at-1]) || text[at-1] == '-') && !getter {
		return false
	}
	if at > 0 && bytes.IndexByte([]byte("\"'`.:@"), text[at-1]) >= 0 || getter {
		return true
	}
	rest := bytes.TrimLeft(after[:min(len(after), 40)], " \t?!")
	if len(rest) > 0 && bytes.IndexByte([]byte(":=,;)]}{>"), rest[0]) >= 0 {
		return true
	}
	next, _, _ := bytes.Cut(rest, []byte{' '})
	next = bytes.TrimRight(next, ",;()\r\n")
	previous := bytes.Fields(before[max(0, len(before)-20):])
	return slices.Contains(sqlWords, strings.ToLower(string(next))) ||
		len(previous) > 0 && slices.Contains(sqlWords, strings.ToLower(string(previous[len(previous)-1])))
}

func isKeyByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
