package manifest

import (
	"strings"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// how says in which way SQL mentions a name.
type how uint8

const (
	howBare      how = iota // as something else than a schema: a table, an alias, a column
	howQualifies            // in front of a point: name.table
	howSchema               // behind the word SCHEMA, in a search_path, or as the first of three: name.table.column
	howCreated              // CREATE SCHEMA name
	howRenamed              // ALTER SCHEMA from RENAME TO name
	howMakes                // CREATE TABLE name.table and the like
	howDropped              // DROP SCHEMA name
	howMoved                // ALTER ... SET SCHEMA name
	howText                 // inside of a 'text'
)

// mention is a place of a migration that names a schema, or what might be one.
type mention struct {
	name       string // as PostgreSQL reads it: in lower case unless quoted
	start, end int
	how        how
	text       bool   // it stands as 'text'
	glued      bool   // hyphens without quotes: plugin-a.b, which PostgreSQL takes for a subtraction
	of         string // what the name qualifies, or the schema that is renamed
	executed   bool   // it stands in a text that EXECUTE is given
	creation   creation
	statement  *sqltext.Statement // nil in the body of a function
}

// creation is how a CREATE SCHEMA is written.
type creation struct {
	unless bool // IF NOT EXISTS
	role   bool // the schema is named after a role: AUTHORIZATION role
	more   bool // other things are made with it
}

// mentions walks through the statements of a text that stands at an offset of
// a file.
type mentions struct {
	sql    string
	offset int
	depth  int    // of bodies within bodies
	text   string // also looked for inside of 'texts'; "" for none
	// executed says that this is a text, or a part of one, that EXECUTE is given.
	executed bool
	wants    func(name string) bool
	tell     func(mention)
}

// maxBodyDepth bounds how deep texts within texts are read as SQL.
const maxBodyDepth = 3

// in tells the mentions of wanted names, and of every schema that is created
// or renamed.
func (m mentions) in(text sqltext.Text) {
	for i := range text.Statements {
		m.statement(&text.Statements[i])
	}
}

func (m mentions) statement(s *sqltext.Statement) {
	bodies := m.hasBody(s)
	made := m.madeAt(s)
	granting := m.is(s, 0, "grant") || m.is(s, 0, "revoke")
	executing := false
	for i := 0; i < len(s.Tokens); i++ {
		executing = executing && !m.is(s, i, "using") || m.executes(s, i)
		switch t := s.Tokens[i]; t.Kind() {
		case sqltext.Dollar:
			if executing && m.text == "" && !m.is(s, i-1, "execute") {
				m.dynamic(t)
			} else if m.depth < maxBodyDepth && (bodies || m.is(s, i-1, "execute")) {
				start, end := t.Body(m.sql)
				inner := m
				inner.sql, inner.offset, inner.depth = m.sql[start:end], m.offset+start, m.depth+1
				inner.in(sqltext.Split(inner.sql))
			}
		case sqltext.String:
			if m.inText(t); executing && m.text == "" {
				m.dynamic(t)
			}
		case sqltext.Word:
			switch {
			case m.is(s, i, "schema") && !m.is(s, i-1, "foreign") && !m.symbol(s, i-1, '.') && !m.symbol(s, i+1, '.'):
				i = m.schemas(s, i)
				continue
			case m.is(s, i, "search_path") && (m.symbol(s, i+1, '=') || m.is(s, i+1, "to")):
				i = m.list(s, i+2, mention{how: howSchema}) - 1
				continue
			case m.is(s, i, "set_config"):
				i = m.setConfig(s, i)
				continue
			}
			fallthrough
		case sqltext.Quoted:
			i = m.identifier(s, i, made, granting)
		}
	}
}

// identifier tells what the identifier at i is, and returns the index of its
// last token.
func (m mentions) identifier(s *sqltext.Statement, i, made int, granting bool) int {
	name, last := m.name(s, i)
	if !m.wants(name) {
		return i
	}
	found := mention{name: name, start: s.Tokens[i].Start(), end: s.Tokens[last].End(), glued: last > i}
	next, _ := m.name(s, last+2)
	switch {
	case m.symbol(s, i-1, '.'):
		// The second part of a qualified name.
	case m.symbol(s, last+1, '.') && (next != "" || m.executed):
		if m.is(s, i-1, "set") || m.is(s, i-1, "local") || m.is(s, i-1, "session") || m.is(s, i-1, "show") || m.is(s, i-1, "reset") {
			return last // a setting of the plugin's own: SET plugin_x.tenant = 1
		}
		found.of = next
		switch {
		case i == made:
			found.how = howMakes
		case m.symbol(s, last+3, '.'):
			found.how = howSchema
		default:
			found.how = howQualifies
		}
	case granting, m.is(s, i-1, "authorization"), m.is(s, i-1, "role"), m.is(s, i-1, "user"), m.is(s, i-1, "to") && m.is(s, i-2, "owner"):
		return last // a role
	}
	if !found.glued || found.how != howBare {
		m.report(s, found)
	}
	return last
}

// schemas tells the names behind the word SCHEMA at i, and returns the index
// of the last token that belongs to them.
func (m mentions) schemas(s *sqltext.Statement, i int) int {
	found := mention{how: howSchema}
	switch {
	case m.is(s, i-1, "create"):
		found.how = howCreated
	case m.is(s, i-1, "drop"):
		found.how = howDropped
	case m.movesTo(s, i):
		found.how = howMoved
	}
	at := i + 1
	if m.is(s, at, "if") {
		found.creation.unless = m.is(s, at+1, "not")
		for at++; m.is(s, at, "not") || m.is(s, at, "exists"); at++ {
		}
	}
	if m.is(s, at, "authorization") {
		found.creation.role = true
		at++
		if m.is(s, at, "current_user") || m.is(s, at, "current_role") || m.is(s, at, "session_user") {
			return at
		}
	}
	behind := m.list(s, at, found)
	if m.is(s, i-1, "alter") && m.is(s, behind, "rename") && m.is(s, behind+1, "to") {
		from, _ := m.name(s, at)
		to, last := m.name(s, behind+2)
		if to != "" {
			m.report(s, mention{name: to, start: s.Tokens[behind+2].Start(), end: s.Tokens[last].End(), how: howRenamed, of: from})
			return last
		}
	}
	return behind - 1
}

// list tells the names of a list that begins at i, parted by commas, and
// returns the index behind it.
func (m mentions) list(s *sqltext.Statement, i int, found mention) int {
	for i < len(s.Tokens) {
		name, last := m.name(s, i)
		if found.text = s.Tokens[i].Kind() == sqltext.String; found.text {
			name = strings.Trim(s.Tokens[i].Text(m.sql), "'")
		}
		if name == "" {
			return i
		}
		found.name, found.start, found.end, found.glued = name, s.Tokens[i].Start(), s.Tokens[last].End(), last > i
		found.creation.more = last+1 < len(s.Tokens) && !m.is(s, last+1, "authorization")
		if found.how == howCreated || found.how == howDropped || found.how == howMoved || m.wants(name) {
			m.report(s, found)
		}
		if i = last + 1; !m.symbol(s, i, ',') {
			return i
		}
		i++
	}
	return i
}

// inText tells where a text names the schema that is looked for: as a whole,
// or in front of a point.
func (m mentions) inText(t sqltext.Token) {
	text := t.Text(m.sql)
	if m.text == "" || len(text) < len(m.text) {
		return
	}
	if text == "'"+m.text+"'" {
		m.report(nil, mention{name: m.text, start: t.Start() + 1, end: t.End() - 1, how: howText})
		return
	}
	for at := 0; ; {
		n := strings.Index(text[at:], m.text+".")
		if n < 0 {
			return
		}
		at += n + len(m.text)
		if before := text[at-len(m.text)-1]; sqlWordByte(before) {
			continue
		}
		of := text[at+1:]
		if end := strings.IndexFunc(of, func(c rune) bool { return c < 0x80 && !sqlWordByte(byte(c)) }); end >= 0 {
			of = of[:end]
		}
		m.report(nil, mention{name: m.text, start: t.Start() + at - len(m.text), end: t.Start() + at, how: howText, of: lowerASCII(of)})
	}
}

func sqlWordByte(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func (m mentions) report(s *sqltext.Statement, found mention) {
	if m.depth == 0 {
		found.statement = s
	}
	found.start += m.offset
	found.end += m.offset
	m.tell(found)
}

// name returns the identifier at i as PostgreSQL reads it, "" when there is
// none, and the index of its last token: plugin-a-b without quotes is read as
// the one name that it is meant for.
func (m mentions) name(s *sqltext.Statement, i int) (name string, last int) {
	if i < 0 || i >= len(s.Tokens) {
		return "", i
	}
	t := s.Tokens[i]
	text := t.Text(m.sql)
	switch t.Kind() {
	case sqltext.Quoted:
		if t.Open() || text[0] != '"' {
			return "", i
		}
		return strings.ReplaceAll(text[1:len(text)-1], `""`, `"`), i
	case sqltext.Word:
	default:
		return "", i
	}
	last = i
	if len(text) >= len("plugin") && strings.EqualFold(text[:len("plugin")], "plugin") {
		for m.symbol(s, last+1, '-') && m.touch(s, last) && m.touch(s, last+1) && last-i < 2*NameMax {
			if kind := s.Tokens[last+2].Kind(); kind != sqltext.Word && kind != sqltext.Number {
				break
			}
			last += 2
		}
	}
	return lowerASCII(m.sql[t.Start():s.Tokens[last].End()]), last
}

// touch says whether nothing stands between the token at i and the next one.
func (m mentions) touch(s *sqltext.Statement, i int) bool {
	return i+1 < len(s.Tokens) && s.Tokens[i].End() == s.Tokens[i+1].Start()
}

// lowerASCII folds a name as PostgreSQL does in UTF-8.
func lowerASCII(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, s)
}

// is says whether the token at i is that keyword, given in lower case.
func (m mentions) is(s *sqltext.Statement, i int, word string) bool {
	if i < 0 || i >= len(s.Tokens) {
		return false
	}
	t := s.Tokens[i]
	return t.Kind() == sqltext.Word && t.End()-t.Start() == len(word) && strings.EqualFold(t.Text(m.sql), word)
}

func (m mentions) symbol(s *sqltext.Statement, i int, c byte) bool {
	return i >= 0 && i < len(s.Tokens) && s.Tokens[i].Kind() == sqltext.Symbol && m.sql[s.Tokens[i].Start()] == c
}

// hasBody says whether the dollar quotes of a statement hold a program that
// PostgreSQL reads: the body of a function or of a DO block in SQL or PL/pgSQL.
func (m mentions) hasBody(s *sqltext.Statement) bool {
	if m.depth > 0 {
		return false
	}
	routine := m.is(s, 0, "do")
	for i := 1; i < 4 && m.is(s, 0, "create"); i++ {
		routine = routine || m.is(s, i, "function") || m.is(s, i, "procedure")
	}
	if !routine {
		return false
	}
	for i := range s.Tokens {
		if m.is(s, i, "language") && i+1 < len(s.Tokens) {
			language := strings.ToLower(strings.Trim(s.Tokens[i+1].Text(m.sql), `'"`))
			return language == "plpgsql" || language == "sql"
		}
	}
	return true
}

// madeKinds are the things that CREATE makes in a schema that stands before their
// name. An index is made beside its table.
var madeKinds = []string{"table", "view", "sequence", "type", "function", "procedure", "domain", "aggregate", "collation", "statistics"}

// madeAt returns the index of the name of what a CREATE makes; -1 in other
// statements.
func (m mentions) madeAt(s *sqltext.Statement) int {
	if !m.is(s, 0, "create") {
		return -1
	}
	for i := 1; i < 6; i++ {
		for _, kind := range madeKinds {
			if !m.is(s, i, kind) {
				continue
			}
			if m.is(s, i+1, "if") {
				return i + 4
			}
			return i + 1
		}
	}
	return -1
}
