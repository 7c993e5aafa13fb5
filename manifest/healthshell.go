package manifest

import (
	"path"
	"slices"
	"strings"
)

// located is text out of a shell command, with the offset in the command of
// each of its bytes: quotes and backslashes are gone from text, so that two
// bytes beside each other here may stand apart there.
type located struct {
	text string
	at   []int // as long as text
}

// locate is a whole command as located text.
func locate(command string) located {
	at := make([]int, len(command))
	for i := range at {
		at[i] = i
	}
	return located{command, at}
}

// cut returns the bytes [from, to).
func (l located) cut(from, to int) located { return located{l.text[from:to], l.at[from:to]} }

// span returns the bytes of the command that [from, to) came from. Of nothing
// it is the place behind what stands before it.
func (l located) span(from, to int) (start, end int) {
	switch {
	case from < to:
		return l.at[from], l.at[to-1] + 1
	case from > 0:
		return l.at[from-1] + 1, l.at[from-1] + 1
	case len(l.at) > 0:
		return l.at[0], l.at[0]
	}
	return 0, 0
}

// shellWord is one word as the command gets it, but for expansions, which are
// left as they are written.
type shellWord struct {
	located
	start, end int  // the word as it is written, in the whole command
	expands    bool // part of it is known only when the command runs
}

// simpleCommand is a command name with its arguments.
type simpleCommand struct {
	words  []shellWord // without what only wraps it, such as exec or timeout 5
	files  []shellWord // what < and > name
	before string      // the operator before it: "", "&&", "||", "|", ";", "&" or "("
	inner  bool        // its output is used: it stands in $( ) or backquotes
	shell  string      // the shell that was called to run it; "" for the outermost
	plain  bool        // nothing wraps it, and no reserved word stands before it
}

// name returns the command's name without its directory; "" when only running
// it would tell.
func (c simpleCommand) name() string {
	if len(c.words) == 0 {
		return ""
	}
	name := path.Base(c.words[0].text)
	if c.words[0].expands && strings.ContainsAny(name, "$`)}") {
		return ""
	}
	return name
}

// Bounds of what is read of a command. A health check is far below them.
const (
	maxShellText  = 64 << 10 // bytes
	maxShellDepth = 8        // $( ) and sh -c inside each other
	maxShellWords = 4000
)

// shellReader reads commands by the grammar of POSIX shells, as far as that
// tells which commands are called with which words.
type shellReader struct {
	in       located
	pos      int
	depth    int
	shell    string
	commands []simpleCommand
	words    int
	failed   bool // the text is not closed, or too much
}

// readShell returns the simple commands of a shell command, those of nested
// shells and substitutions among them, and whether it could be read.
func readShell(text string) ([]simpleCommand, bool) {
	if len(text) > maxShellText {
		return nil, false
	}
	r := &shellReader{in: locate(text)}
	r.list(0, false)
	return r.commands, !r.failed
}

// below reads text that another shell, or a substitution, runs.
func (r *shellReader) below(in located, shell string, inner bool) {
	if r.depth >= maxShellDepth {
		r.failed = true
		return
	}
	sub := &shellReader{in: in, depth: r.depth + 1, shell: shell, words: r.words}
	sub.list(0, inner)
	r.commands = append(r.commands, sub.commands...)
	r.words = sub.words
	r.failed = r.failed || sub.failed
}

func (r *shellReader) peek(ahead int) byte {
	if r.pos+ahead < len(r.in.text) {
		return r.in.text[r.pos+ahead]
	}
	return 0
}

func (r *shellReader) startsWith(text string) bool {
	return strings.HasPrefix(r.in.text[min(r.pos, len(r.in.text)):], text)
}

// list reads commands up to closer, or to the end when that is 0. Every round
// reads at least one byte.
func (r *shellReader) list(closer byte, inner bool) {
	c := simpleCommand{inner: inner, shell: r.shell}
	next := func(operator string, length int) {
		r.add(c)
		c = simpleCommand{inner: inner, shell: r.shell, before: operator}
		r.pos += length
	}
	open := 0
	for r.pos < len(r.in.text) && !r.failed {
		switch b := r.peek(0); {
		case b == closer && open == 0 && closer != 0:
			next("", 1)
			return
		case b == ' ' || b == '\t' || b == '\r':
			r.pos++
		case r.startsWith("\\\n"):
			r.pos += 2
		case r.startsWith("\\\r\n"):
			r.pos += 3
		case b == '#':
			if n := strings.IndexByte(r.in.text[r.pos:], '\n'); n >= 0 {
				r.pos += n
			} else {
				r.pos = len(r.in.text)
			}
		case b == '<' || b == '>' || r.startsWith("&>"):
			r.redirect(&c)
		case r.startsWith("&&") || r.startsWith("||"):
			next(r.in.text[r.pos:r.pos+2], 2)
		case b == '\n' || b == ';':
			next(";", 1)
		case b == '&' || b == '|':
			next(string(b), 1)
		case b == '(':
			open++
			next("(", 1)
		case b == ')':
			open = max(0, open-1)
			next(";", 1)
		default:
			start := r.pos
			if w := r.word(); !w.isDescriptor(r.peek(0), r.pos-start) {
				c.words = append(c.words, w)
			}
		}
	}
	r.failed = r.failed || closer != 0
	r.add(c)
}

// isDescriptor says whether a word of so many bytes is the number before a
// redirection, as in 2>file.
func (w shellWord) isDescriptor(next byte, length int) bool {
	return (next == '<' || next == '>') && length == len(w.text) && digits(w.text) == len(w.text)
}

// redirect reads < or > and the word behind it.
func (r *shellReader) redirect(c *simpleCommand) {
	if r.startsWith("<<") && !r.startsWith("<<<") {
		r.failed = true // a here-document: its text is no command
		return
	}
	if r.peek(0) == '&' {
		r.pos++
	}
	for r.peek(0) == '<' || r.peek(0) == '>' {
		r.pos++
	}
	switch r.peek(0) {
	case '(': // the output or the input of a command, by a name
		r.pos++
		r.nested(')')
		return
	case '&', '|':
		r.pos++
	}
	for r.peek(0) == ' ' || r.peek(0) == '\t' {
		r.pos++
	}
	if b := r.peek(0); b != 0 && !isShellMeta(b) {
		c.files = append(c.files, r.word())
	}
}

// nested reads the commands of a substitution up to its closer.
func (r *shellReader) nested(closer byte) {
	if r.depth >= maxShellDepth {
		r.failed = true
		return
	}
	r.depth++
	r.list(closer, true)
	r.depth--
}

func isShellMeta(b byte) bool { return strings.IndexByte(" \t\r\n;&|()<>", b) >= 0 }

// word reads one word.
func (r *shellReader) word() shellWord {
	start := r.pos
	var w wordBuilder
	if r.words++; r.words > maxShellWords {
		r.failed = true
	}
	for r.pos < len(r.in.text) && !isShellMeta(r.peek(0)) && !r.failed {
		switch r.peek(0) {
		case '\'':
			end := strings.IndexByte(r.in.text[r.pos+1:], '\'')
			if end < 0 {
				r.failed = true
				break
			}
			w.take(r.in, r.pos+1, r.pos+1+end)
			r.pos += end + 2
		case '"':
			r.quoted(&w)
		case '\\':
			r.escape(&w, false)
		default:
			r.character(&w)
		}
	}
	done := shellWord{located: located{string(w.text), w.at}, expands: w.expands}
	done.start, done.end = r.in.span(start, min(r.pos, len(r.in.text)))
	return done
}

// wordBuilder is a word while it is read.
type wordBuilder struct {
	text    []byte
	at      []int
	expands bool
}

// take adds bytes of l.
func (w *wordBuilder) take(l located, from, to int) {
	w.text = append(w.text, l.text[from:to]...)
	w.at = append(w.at, l.at[from:to]...)
}

// quoted reads what stands in double quotes.
func (r *shellReader) quoted(w *wordBuilder) {
	r.pos++
	for r.pos < len(r.in.text) && !r.failed {
		switch r.peek(0) {
		case '"':
			r.pos++
			return
		case '\\':
			r.escape(w, true)
		default:
			r.character(w)
		}
	}
	r.failed = true
}

// escape reads a backslash and what it takes the meaning from.
func (r *shellReader) escape(w *wordBuilder, quoted bool) {
	c := r.peek(1)
	switch {
	case c == '\n':
	case quoted && strings.IndexByte("$`\"\\", c) < 0:
		w.take(r.in, r.pos, min(r.pos+2, len(r.in.text)))
	default:
		w.take(r.in, min(r.pos+1, len(r.in.text)), min(r.pos+2, len(r.in.text)))
	}
	r.pos = min(r.pos+2, len(r.in.text))
}

// character reads a run of plain characters, or one expansion.
func (r *shellReader) character(w *wordBuilder) {
	start := r.pos
	switch r.peek(0) {
	case '$':
		r.dollar()
		w.expands = w.expands || r.pos > start+1
	case '`':
		w.expands = true
		end := r.pos + 1
		for end < len(r.in.text) && r.in.text[end] != '`' {
			if r.in.text[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(r.in.text) {
			r.failed = true
			return
		}
		r.below(r.in.cut(r.pos+1, end), r.shell, true)
		r.pos = end + 1
	default:
		for r.pos++; r.pos < len(r.in.text) && isPlainByte(r.in.text[r.pos]); r.pos++ {
		}
	}
	w.take(r.in, start, min(r.pos, len(r.in.text)))
}

// isPlainByte says whether a byte means nothing to a shell, quoted or not.
func isPlainByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || isDigit(b) || strings.IndexByte("/:.-_=,%@+~", b) >= 0
}

// dollar reads a $ and the expansion that it starts, if it starts one.
func (r *shellReader) dollar() {
	r.pos++
	switch c := r.peek(0); {
	case r.startsWith("(("):
		r.balanced('(', ')')
	case c == '(':
		r.pos++
		r.nested(')')
	case c == '{':
		r.balanced('{', '}')
	case isWordByte(c) && c != '$':
		for isWordByte(r.peek(0)) && r.peek(0) != '$' || isDigit(r.peek(0)) {
			r.pos++
		}
	case isDigit(c) || c != 0 && strings.IndexByte("?@*#!$-", c) >= 0:
		r.pos++
	}
}

// balanced reads on to the bracket that closes the one at r.pos.
func (r *shellReader) balanced(opening, closing byte) {
	for open := 0; r.pos < len(r.in.text); {
		b := r.in.text[r.pos]
		r.pos++
		if b == opening {
			open++
		} else if b == closing {
			if open--; open == 0 {
				return
			}
		}
	}
	r.failed = true
}

// add takes up a command that was read, and what it has another shell run.
func (r *shellReader) add(c simpleCommand) {
	if len(c.words) == 0 && len(c.files) == 0 {
		return
	}
	words := unwrapped(c.words)
	c.plain = len(words) == len(c.words)
	c.words = words
	r.commands = append(r.commands, c)
	if name := c.name(); slices.Contains(shells, name) {
		if code, ok := shellCode(c.words); ok {
			r.below(code.located, name, c.inner)
		}
	}
}

var shells = []string{"sh", "bash", "dash", "ash", "zsh"}

// shellCode returns the word that a call of a shell runs as a command.
func shellCode(words []shellWord) (shellWord, bool) {
	for i := 1; i+1 < len(words); i++ {
		option := words[i].text
		switch {
		case option == "-o" || option == "+o":
			i++
		case !strings.HasPrefix(option, "-"):
			return shellWord{}, false
		case !strings.HasPrefix(option, "--") && strings.Contains(option, "c"):
			return words[i+1], true
		}
	}
	return shellWord{}, false
}

// wrappers run the command that their arguments name. The letters are those of
// their options that take a value.
var wrappers = map[string]string{
	"!": "", "{": "", "if": "", "then": "", "else": "", "elif": "", "while": "", "until": "", "do": "", "time": "",
	"exec": "a", "command": "", "builtin": "", "nohup": "", "env": "uC", "timeout": "ks", "nice": "n", "ionice": "cn", "stdbuf": "ioe",
	"sudo": "ugh", "gosu": "", "su-exec": "", "setsid": "", "CMD": "", "CMD-SHELL": "",
}

// unwrapped returns the words of the command proper: without assignments,
// reserved words and wrappers.
func unwrapped(words []shellWord) []shellWord {
	for len(words) > 0 {
		w := words[0]
		values, wrapper := wrappers[path.Base(w.text)]
		switch {
		case isAssignment(w.text):
			words = words[1:]
			continue
		case !wrapper || w.expands:
			return words
		}
		inside := words[1:]
		for len(inside) > 0 && strings.HasPrefix(inside[0].text, "-") {
			option := inside[0].text
			if w.text == "command" && strings.ContainsAny(option, "vV") {
				return words // it only asks whether there is such a command
			}
			inside = inside[1:]
			if len(option) == 2 && strings.Contains(values, option[1:]) && len(inside) > 0 {
				inside = inside[1:]
			}
		}
		switch path.Base(w.text) {
		case "timeout", "gosu", "su-exec": // a duration, an account
			inside = inside[min(1, len(inside)):]
		}
		words = inside
	}
	return words
}

// isAssignment says whether a word sets a variable, as in A=b.
func isAssignment(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	return ok && name != "" && wordLength([]byte(name)) == len(name) && !strings.ContainsAny(name, "-$")
}
