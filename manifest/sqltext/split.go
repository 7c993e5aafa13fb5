package sqltext

// Text is SQL taken apart.
type Text struct {
	Statements []Statement
	// Between are the comments, the commands for psql and the data of COPY, in order.
	Between []Token
	// Open is the last token when its quote or comment is never closed, else nil.
	Open *Token
}

// Statement is one statement of a text.
type Statement struct {
	Text       string  // from its first token to its last one, without the semicolon
	Start, End int     // byte offsets of Text
	Semicolon  int     // byte offset; -1 when the text ends without one
	Line       int     // of Start, from 1
	Tokens     []Token // without white space and what is in Text.Between; never empty
}

// Split finds the statements of sql. A semicolon ends one, except in the body
// of a function between BEGIN ATOMIC and its END, and in the parentheses of a
// CREATE RULE.
func Split(sql string) Text {
	var t Text
	var cuts []cut // where statements end
	var b body
	tokens := make([]Token, 0, len(sql)/6+1)
	first := 0 // of the statement at hand, in tokens
	for token := range Tokens(sql) {
		if token.open {
			open := token
			t.Open = &open
		}
		switch token.kind {
		case Space:
			continue
		case Comment, Command, Data:
			t.Between = append(t.Between, token)
			continue
		}
		if token.kind == Symbol && sql[token.start] == ';' && !b.inside() {
			if len(tokens) > first {
				cuts = append(cuts, cut{len(tokens), token.Start()})
			}
			first, b = len(tokens), body{}
			continue
		}
		b.take(token, sql)
		tokens = append(tokens, token)
	}
	if len(tokens) > first {
		cuts = append(cuts, cut{len(tokens), -1})
	}
	t.Statements = statements(sql, tokens, cuts)
	return t
}

// cut is where a statement ends: behind how many tokens, and at which semicolon.
type cut struct{ tokens, semicolon int }

func statements(sql string, tokens []Token, cuts []cut) []Statement {
	list := make([]Statement, 0, len(cuts))
	first, line, counted := 0, 1, 0
	for _, c := range cuts {
		own := tokens[first:c.tokens:c.tokens]
		start, end := own[0].Start(), own[len(own)-1].End()
		for ; counted < start; counted++ {
			if sql[counted] == '\n' {
				line++
			}
		}
		list = append(list, Statement{Text: sql[start:end], Start: start, End: end, Semicolon: c.semicolon, Line: line, Tokens: own})
		first = c.tokens
	}
	return list
}

// body follows a statement into what holds semicolons of its own.
type body struct {
	words    int // seen, up to the one that says what is made
	creates  bool
	routine  bool
	rule     bool
	parens   int
	atomic   int // of BEGIN ATOMIC and of the CASEs in it, how many are not ended
	beginned bool
	label    bool // what follows is a name whatever it says: a.end, x AS end
}

// inside says whether a semicolon belongs to the statement at hand.
func (b *body) inside() bool { return b.atomic > 0 || b.rule && b.parens > 0 }

// take looks at the next token of the statement.
func (b *body) take(token Token, sql string) {
	text := token.Text(sql)
	if token.kind != Word {
		switch text {
		case "(":
			b.parens++
		case ")":
			b.parens = max(0, b.parens-1)
		}
		b.beginned, b.label = false, text == "."
		return
	}
	is := func(word string) bool { return isWord(Word, text, word) }
	b.words++
	switch {
	case b.words == 1:
		b.creates = is("create")
		return
	case !b.creates:
		return
	case b.words <= 4 && !b.routine && !b.rule:
		b.routine = is("function") || is("procedure")
		b.rule = is("rule")
		b.creates = b.routine || b.rule || is("or") || is("replace")
		return
	case !b.routine || b.parens > 0 || b.label:
	case b.beginned && is("atomic"):
		b.atomic++
	case b.atomic > 0 && is("case"):
		b.atomic++
	case b.atomic > 0 && is("end"):
		b.atomic--
	}
	b.beginned, b.label = is("begin"), is("as")
}

// ReadsStdin says whether the statement is a COPY that waits for the data
// behind it: COPY ... FROM STDIN. sql is the text that was split.
func (s Statement) ReadsStdin(sql string) bool { return s.copies(sql, "from", "stdin") }

// WritesStdout says whether the statement is a COPY ... TO STDOUT. sql is the
// text that was split.
func (s Statement) WritesStdout(sql string) bool { return s.copies(sql, "to", "stdout") }

func (s Statement) copies(sql, way, what string) bool {
	if !isWord(s.Tokens[0].kind, s.Tokens[0].Text(sql), "copy") {
		return false
	}
	parens, behind := 0, false
	for _, token := range s.Tokens[1:] {
		text := token.Text(sql)
		switch {
		case text == "(":
			parens++
		case text == ")":
			parens--
		case behind && parens == 0 && isWord(token.kind, text, what):
			return true
		}
		behind = isWord(token.kind, text, way)
	}
	return false
}
