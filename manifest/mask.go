package manifest

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	minSecret = 4 // bytes; anything shorter would hide half of every sentence
	// maxSecrets bounds how many secrets are told apart. Of a file with so many
	// everything is hidden.
	maxSecrets = 2000
)

// mask hides secrets in text. Rules write what they found as the file has it,
// decoded, or quoted, and cut out its middle when it is long; all of these are
// hidden, also where several of them overlap.
type mask struct {
	all    bool // hide whatever it is
	forms  []string
	starts map[string][]string // the forms by their first minSecret bytes
	first  [256]bool           // the first bytes of the forms
}

// masks returns what hides the secrets of the issues; nil when there are none.
func masks(issues []issue) *mask {
	m := &mask{starts: map[string][]string{}}
	seen := map[string]bool{}
	secrets := 0
	for _, i := range issues {
		if i.secret == "" {
			continue
		}
		if secrets++; secrets >= maxSecrets {
			return &mask{all: true}
		}
		if seen[i.secret] {
			continue
		}
		for _, form := range formsOf(i.secret) {
			if len(form) < minSecret || seen[form] {
				continue
			}
			seen[form] = true
			m.forms = append(m.forms, form)
			m.first[form[0]] = true
			m.starts[form[:minSecret]] = append(m.starts[form[:minSecret]], form)
		}
		seen[i.secret] = true
	}
	if m.forms == nil {
		return nil
	}
	return m
}

// formsOf returns the ways to write a secret, which is given as the file has
// it, with or without its quotes.
func formsOf(secret string) []string {
	inner, quote := secret, ""
	if len(secret) > 2 && strings.HasPrefix(secret, `"`) && strings.HasSuffix(secret, `"`) {
		inner, quote = secret[1:len(secret)-1], `"`
	}
	decoded := inner
	if err := json.Unmarshal([]byte(`"`+inner+`"`), &decoded); err != nil {
		decoded = inner
	}
	forms := []string{inner, decoded, withoutQuotes(strconv.Quote(decoded)), withoutQuotes(jsonText(decoded))}
	for _, form := range forms {
		forms = append(forms, harmless(form), strings.Join(strings.Fields(form), " "))
	}
	for i := range forms {
		forms[i] = quote + forms[i] + quote
	}
	return forms
}

func withoutQuotes(text string) string { return text[1 : len(text)-1] }

// Replace returns text with a dot for each character of a secret.
func (m *mask) Replace(text string) string {
	if m.all {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return r
			}
			return '•'
		}, text)
	}
	var hidden []bool // for each byte; nil while nothing is hidden
	hide := func(from, to int) {
		if from < to && hidden == nil {
			hidden = make([]bool, len(text))
		}
		for i := from; i < to; i++ {
			hidden[i] = true
		}
	}
	for i := 0; i+minSecret <= len(text); i++ {
		if !m.first[text[i]] {
			continue
		}
		longest := 0
		for _, form := range m.starts[text[i:i+minSecret]] {
			if len(form) > longest && strings.HasPrefix(text[i:], form) {
				longest = len(form)
			}
		}
		hide(i, i+longest)
	}
	for i, r := range text {
		if r == '…' {
			before, after := m.cut(text[:i], text[i+len("…"):])
			hide(i-before, i)
			hide(i+len("…"), i+len("…")+after)
		}
	}
	if hidden == nil {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		if hidden[i] {
			r = '•'
		}
		if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 && !hidden[i] {
			b.WriteByte(text[i]) // also one that is not UTF-8
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cut returns how many bytes on both sides of an ellipsis belong to a secret
// whose middle was cut out.
func (m *mask) cut(before, after string) (int, int) {
	head, tail := 0, 0
	for _, form := range m.forms {
		for n := min(len(form), len(before)); n >= max(minSecret, head+1); n-- {
			if strings.HasSuffix(before, form[:n]) {
				head = n
				break
			}
		}
		for n := min(len(form), len(after)); n >= max(minSecret, tail+1); n-- {
			if strings.HasPrefix(after, form[len(form)-n:]) {
				tail = n
				break
			}
		}
	}
	return head, tail
}
