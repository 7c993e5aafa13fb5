package ignore

import (
	"path"
	"slices"
	"strings"
)

// classes are the named classes of a bracket expression, as ranges.
var classes = map[string]string{
	"alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": " \t", "cntrl": "\x00-\x1f\x7f", "digit": "0-9", "graph": `\!-~`, "lower": "a-z",
	"print": " -~", "punct": `\!-/:-@\[-` + "`" + `{-~`, "space": " \t-\r", "upper": "A-Z", "xdigit": "0-9a-fA-F",
}

// anyFolders is the part of a glob that stands for any number of folders.
const anyFolders = "**"

// translateAll takes one of git's globs apart at its slashes and writes the parts in
// the syntax of path.Match. Of several globs any may match; there is none when git's matches nothing.
func translateAll(glob string) [][]string {
	first := strings.IndexAny(glob, `*?[\`)
	end := len(glob) - len(strings.TrimLeft(glob[first:], "*"))
	if first > 0 && glob[first-1] != '/' && end-first > 1 && (end == len(glob) || glob[end] == '/') {
		return glued(glob[:first], glob[end:])
	}
	if translated, ok := translate(glob); ok {
		return [][]string{translated}
	}
	return nil
}

// glued translates a pattern whose first wildcard is two stars right behind a
// word, as in "lib**/x". Git compares the word by itself, and what is left begins with
// the stars: they are folders, the first of which the word begins.
func glued(text, rest string) [][]string {
	word, _ := translate(text)
	last := len(word) - 1
	with := func(end string, behind ...string) []string {
		return append(append(slices.Clone(word[:last]), word[last]+end), behind...)
	}
	if rest == "" {
		return [][]string{with("*"), with("*", anyFolders, "*")}
	}
	rest = rest[1:]
	translated, ok := translate(rest)
	if !ok {
		return nil
	}
	all := [][]string{with("*", append([]string{anyFolders}, translated...)...)}
	if more := strings.TrimLeft(rest, "*"); len(rest)-len(more) > 1 && (more == "" || more[0] == '/') {
		return append(all, glued(text, more)...)
	}
	return append(all, with(translated[0], translated[1:]...))
}

// translate writes the parts of one of git's globs in the syntax of path.Match; false when
// git's matches nothing.
func translate(glob string) ([]string, bool) {
	var parts []string
	var b strings.Builder
	flush := func() {
		parts = append(parts, b.String())
		b.Reset()
	}
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; c {
		case '/':
			flush()
		case '\\':
			i++
			if i == len(glob) {
				return nil, false
			}
			if glob[i] == '/' {
				flush()
				continue
			}
			b.WriteByte('\\')
			b.WriteByte(glob[i])
		case '[':
			class, length, ok := bracket(glob[i:])
			if !ok {
				return nil, false
			}
			b.WriteString(class)
			i += length - 1
		case '*':
			end := i + 1
			for end < len(glob) && glob[end] == '*' {
				end++
			}
			if end-i > 1 && (i == 0 || glob[i-1] == '/') && (end == len(glob) || glob[end] == '/') {
				b.WriteString(anyFolders)
				if i > 0 && end == len(glob) { // what is in the folder, and not the folder itself
					flush()
					b.WriteString("*")
				}
			} else {
				b.WriteString("*")
			}
			i = end - 1
		default:
			b.WriteByte(c)
		}
	}
	flush()
	return parts, true
}

// isMatch says whether a part of a glob, which has been found valid, matches a part of a path.
func isMatch(glob, part string) bool {
	ok, err := path.Match(glob, part)
	return ok && err == nil
}

// matches says whether the parts of a path match those of a glob. Only the last
// anyFolders is ever tried again, so that no glob takes longer than parts times parts.
func matches(glob, parts []string) bool {
	g, at := 0, 0
	retry, from := -1, 0
	for at < len(parts) {
		switch {
		case g < len(glob) && glob[g] == anyFolders:
			retry, from = g, at
			g++
		case g < len(glob) && isMatch(glob[g], parts[at]):
			g++
			at++
		case retry >= 0:
			from++
			g, at = retry+1, from
		default:
			return false
		}
	}
	for g < len(glob) && glob[g] == anyFolders {
		g++
	}
	return g == len(glob)
}

// bracket translates the bracket expression that glob starts with and returns its
// length; false when it has no end.
func bracket(glob string) (class string, length int, ok bool) {
	var b strings.Builder
	b.WriteByte('[')
	i := 1
	if i < len(glob) && (glob[i] == '!' || glob[i] == '^') {
		b.WriteByte('^')
		i++
	}
	for first := true; ; first = false {
		if i >= len(glob) {
			return "", 0, false
		}
		if glob[i] == ']' && !first {
			b.WriteByte(']')
			return b.String(), i + 1, true
		}
		if name, _, found := strings.Cut(glob[i:], ":]"); found && strings.HasPrefix(name, "[:") {
			ranges, known := classes[name[2:]]
			if !known {
				return "", 0, false
			}
			b.WriteString(ranges)
			i += len(name) + 2
			continue
		}
		low, n, fine := member(glob[i:])
		if !fine {
			return "", 0, false
		}
		i += n
		b.WriteString(low)
		if i+1 < len(glob) && glob[i] == '-' && glob[i+1] != ']' {
			high, n, fine := member(glob[i+1:])
			if !fine {
				return "", 0, false
			}
			i += 1 + n
			if low <= high { // of a range that runs backwards, git takes the start
				b.WriteString("-" + high)
			}
		}
	}
}

// member translates one character of a bracket expression and returns its length.
func member(text string) (string, int, bool) {
	length := 1
	c := text[0]
	if c == '\\' {
		if len(text) < 2 {
			return "", 0, false
		}
		c, length = text[1], 2
	}
	if c < 0x80 {
		return `\` + string(rune(c)), length, true
	}
	for _, r := range text[length-1:] { // one character of several bytes
		return `\` + string(r), length - 1 + len(string(r)), true
	}
	return "", 0, false
}
