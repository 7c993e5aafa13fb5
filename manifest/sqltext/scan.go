// Package sqltext takes SQL apart as PostgreSQL's own scanner does: quotes,
// E” strings, dollar quotes, comments that nest, and the statements between
// the semicolons. It knows of psql only what a file may hold besides SQL:
// backslash commands, and the data behind COPY ... FROM STDIN.
//
// Nothing here judges whether the SQL is right, and no input is an error: what
// is never closed reaches to the end of the text and says so.
package sqltext

import (
	"iter"
	"math"
	"strings"
)

// Kind says what a token is.
type Kind uint8

// The kinds of tokens.
const (
	Space   Kind = iota // white space
	Comment             // from -- to the end of the line, or from /* to its */
	Word                // a keyword, or an identifier without quotes
	Quoted              // "an identifier in quotes", also with U& before it
	String              // 'text', also with E, B, X, N or U& before it
	Dollar              // $$text$$ or $tag$text$tag$
	Number              // a number
	Param               // $1
	Command             // a backslash and the rest of its line: for psql
	Data                // the lines behind COPY ... FROM STDIN, to the end of that with \.
	Symbol              // one byte of punctuation or of an operator
)

// Token is a piece of a text.
type Token struct {
	start, end int32
	kind       Kind
	open       bool
}

// Kind says what the token is.
func (t Token) Kind() Kind { return t.kind }

// Start is the byte offset of the token.
func (t Token) Start() int { return int(t.start) }

// End is the byte offset behind the token.
func (t Token) End() int { return int(t.end) }

// Open says that the text ends before the quote or the comment that the token
// begins with is closed.
func (t Token) Open() bool { return t.open }

// Text returns the token as it stands in sql, the text that it is of.
func (t Token) Text(sql string) string { return sql[t.start:t.end] }

// Body returns the byte offsets between the dollar quotes of a token of the
// kind Dollar.
func (t Token) Body(sql string) (start, end int) {
	text := t.Text(sql)
	tag := dollarTag(text)
	if t.open {
		return t.Start() + tag, t.End()
	}
	return t.Start() + tag, t.End() - tag
}

// Tokens returns the tokens of sql in order. They cover it without a gap; of a
// text of more than 2 GiB, the first 2 GiB.
func Tokens(sql string) iter.Seq[Token] {
	if len(sql) > math.MaxInt32 {
		sql = sql[:math.MaxInt32]
	}
	return func(yield func(Token) bool) {
		s := scanner{sql: sql}
		for s.at < len(sql) {
			start := s.at
			kind, open := s.next()
			if !yield(Token{start: int32(start), end: int32(s.at), kind: kind, open: open}) {
				return
			}
			s.remember(kind, sql[start:s.at])
		}
	}
}

// scanner stands at a place of a text.
type scanner struct {
	sql string
	at  int
	// A string that follows another one, with a line break and nothing else but
	// space between them, goes on with it: it has escapes if that one has.
	escapes, broken bool
	copying         copyState
	noData          bool // no line of \. is ahead
}

// copyState is how much of COPY ... FROM STDIN was seen of a statement.
type copyState uint8

const (
	copyNew   copyState = iota // nothing of the statement
	copyOther                  // it reads no data
	copyWord                   // COPY
	copyFrom                   // COPY ... FROM
	copyStdin                  // COPY ... FROM STDIN
	copyDue                    // and its semicolon
)

// remember keeps what later tokens depend on.
func (s *scanner) remember(kind Kind, text string) {
	switch {
	case kind == Space:
		s.broken = s.broken || strings.ContainsAny(text, "\r\n")
		return
	case kind == Comment && text[0] == '-':
		return
	case kind != String:
		s.escapes = false
	}
	switch {
	case kind == Command || kind == Comment:
	case text == ";" && s.copying == copyStdin:
		s.copying = copyDue
	case text == ";" || kind == Data:
		s.copying = copyNew
	case s.copying == copyNew && isWord(kind, text, "copy"):
		s.copying = copyWord
	case s.copying == copyNew:
		s.copying = copyOther
	case (s.copying == copyWord || s.copying == copyFrom) && isWord(kind, text, "from"):
		s.copying = copyFrom
	case s.copying == copyFrom && isWord(kind, text, "stdin"):
		s.copying = copyStdin
	case s.copying == copyFrom:
		s.copying = copyWord
	}
}

func isWord(kind Kind, text, word string) bool {
	return kind == Word && len(text) == len(word) && strings.EqualFold(text, word)
}

// next moves behind the token at hand and returns what it is.
func (s *scanner) next() (kind Kind, open bool) {
	rest := s.sql[s.at:]
	n := 1
	switch c := rest[0]; {
	case s.copying == copyDue && s.dataAhead(rest, &n):
		kind = Data
	case isSpace(c):
		for n < len(rest) && isSpace(rest[n]) {
			n++
		}
		kind = Space
	case strings.HasPrefix(rest, "--"):
		kind, n = Comment, lineLength(rest)
	case strings.HasPrefix(rest, "/*"):
		kind = Comment
		n, open = blockComment(rest)
	case c == '\'':
		kind = String
		s.escapes = s.escapes && s.broken
		n, open = quoted(rest, 0, s.escapes)
		s.broken = false
	case c == '"':
		kind = Quoted
		n, open = quoted(rest, 0, false)
	case c == '\\':
		kind, n = Command, lineLength(rest)
	case c == '$':
		kind, n, open = dollar(rest)
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rest[1]):
		kind, n = Number, number(rest)
	case isWordStart(c):
		kind, n, open = word(rest)
		s.escapes, s.broken = kind == String && (c == 'e' || c == 'E'), false
	default:
		kind = Symbol
	}
	s.at += n
	return kind, open
}

// dataAhead says whether the data of a COPY follows, and how long it is.
func (s *scanner) dataAhead(rest string, n *int) bool {
	s.copying = copyNew
	if s.noData {
		return false
	}
	if length := copyData(rest); length > 0 {
		*n = length
		return true
	}
	s.noData = true
	return false
}

// lineLength returns how far the line reaches, without its line break.
func lineLength(s string) int {
	if n := strings.IndexAny(s, "\r\n"); n >= 0 {
		return n
	}
	return len(s)
}

// word takes the word at the start of s, or the quoted text that a word of one
// letter announces.
func word(s string) (kind Kind, n int, open bool) {
	switch {
	case len(s) > 1 && s[1] == '\'' && strings.IndexByte("eEbBxXnN", s[0]) >= 0:
		n, open = quoted(s, 1, s[0] == 'e' || s[0] == 'E')
		return String, n, open
	case len(s) > 2 && (s[0] == 'u' || s[0] == 'U') && s[1] == '&' && (s[2] == '\'' || s[2] == '"'):
		n, open = quoted(s, 2, false)
		if s[2] == '"' {
			return Quoted, n, open
		}
		return String, n, open
	}
	for n = 1; n < len(s) && isWordPart(s[n]); n++ {
	}
	return Word, n, false
}

// quoted returns the length of the text whose opening quote stands at i.
func quoted(s string, i int, escapes bool) (n int, open bool) {
	quote := s[i]
	for i++; i < len(s); i++ {
		switch {
		case s[i] == quote:
			if i+1 >= len(s) || s[i+1] != quote {
				return i + 1, false
			}
			i++
		case s[i] == '\\' && escapes:
			i++
		}
	}
	return len(s), true
}

// blockComment returns the length of the comment at the start of s.
func blockComment(s string) (n int, open bool) {
	depth := 0
	for i := 0; i < len(s)-1; i++ {
		switch {
		case s[i] == '/' && s[i+1] == '*':
			depth++
			i++
		case s[i] == '*' && s[i+1] == '/':
			depth--
			i++
			if depth == 0 {
				return i + 1, false
			}
		}
	}
	return len(s), true
}

// dollar takes what a $ begins.
func dollar(s string) (kind Kind, n int, open bool) {
	if tag := dollarTag(s); tag > 0 {
		if n := strings.Index(s[tag:], s[:tag]); n >= 0 {
			return Dollar, n + 2*tag, false
		}
		return Dollar, len(s), true
	}
	for n = 1; n < len(s) && isDigit(s[n]); n++ {
	}
	if n > 1 {
		return Param, n, false
	}
	return Symbol, 1, false
}

// dollarTag returns the length of the dollar quote that opens at the start of
// s, such as $$ or $body$; 0 when none does.
func dollarTag(s string) int {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '$':
			return i + 1
		case !isWordPart(c) || i == 1 && !isWordStart(c):
			return 0
		}
	}
	return 0
}

// number takes a number in any of its notations, and whatever is glued to it.
func number(s string) int {
	n := 1
	for n < len(s) && (isWordPart(s[n]) && s[n] != '$' || s[n] == '.' && n+1 < len(s) && isDigit(s[n+1])) {
		n++
	}
	return n
}

// copyData returns the length of the rest of the line that COPY ... FROM STDIN
// stands on and the lines of its data; 0 when no line of \. ends them.
func copyData(s string) int {
	for at := lineLength(s); at < len(s); {
		if s[at] == '\r' {
			at++
		}
		if at < len(s) && s[at] == '\n' {
			at++
		}
		line := s[at : at+lineLength(s[at:])]
		at += len(line)
		if line == `\.` {
			return at
		}
	}
	return 0
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordStart(c byte) bool {
	return c == '_' || c >= 0x80 || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isWordPart(c byte) bool { return isWordStart(c) || isDigit(c) || c == '$' }
