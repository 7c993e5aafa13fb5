package manifest

import (
	"slices"
	"strings"
)

// withHidden are the issues and, without a place, what must be hidden besides:
// secrets beyond those that are reported, those that no finding is about, and
// those in a file whose structure could not be told.
func (p *project) withHidden() []issue {
	if p.concealed != nil {
		return p.concealed
	}
	hidden := slices.Clone(p.hidden)
	if p.doc != nil {
		hidden = append(hidden, p.doc.hiddenTexts(p.judged && !p.doc.mended)...)
	}
	for _, name := range p.shownFiles() {
		if s := p.files.text(name); s != nil {
			hidden = append(hidden, remember(p.files, s, func() []string { return hiddenInText(string(s.data)) })...)
		}
	}
	issues := slices.Clip(p.issues)
	for _, secret := range hidden {
		issues = append(issues, issue{secret: secret})
	}
	p.concealed = append(issues, issue{}) // never nil
	return p.concealed
}

// writesSecret says whether a fix writes anew what must be hidden: a password is
// no author. Such a fix is left to the author of the plugin.
func (p *project) writesSecret(fix Fix) bool {
	if p.mask == nil {
		if p.mask = masks(p.withHidden()); p.mask == nil {
			p.mask = &mask{}
		}
	}
	return p.mask.isIn(fix.Edits)
}

// isIn says whether edits write a secret.
func (m *mask) isIn(edits []Edit) bool {
	return slices.ContainsFunc(edits, func(e Edit) bool { return m.Replace(e.New) != e.New })
}

// shownFiles are the files, other than the manifest, that findings and their
// fixes show lines of.
func (p *project) shownFiles() []string {
	seen := map[string]bool{ConfigName: true}
	for name := range p.files.edited {
		seen[name] = true
	}
	for _, i := range p.issues {
		seen[i.fileName()] = true
		for _, fix := range i.fixes {
			for _, e := range fix.Edits {
				seen[e.File] = true
			}
		}
	}
	delete(seen, FileName)
	return sortedKeys(seen)
}

// hiddenTexts are the values that must be hidden because of their names: of
// members called like a secret, and of settings that hold one. In a text with
// mistakes they are looked for as text, too.
func (d *Document) hiddenTexts(judged bool) []string {
	var hidden []string
	hide := func(n *node) {
		switch text := d.text(n); {
		case n.kind == kindNumber && len(text) >= 2*minSecret:
			hidden = append(hidden, text)
		case n.kind == kindString && n.text != "" && strings.HasPrefix(text, `"`) && len(text) > 1 && strings.HasSuffix(text, `"`):
			hidden = append(hidden, d.secretOf(n))
		case n.kind == kindString && n.text != "": // in other quotes, or in none
			hidden = append(hidden, strings.Trim(text, "\"'`"+typographic), withoutQuotes(jsonText(n.text)))
		}
	}
	if d.root != nil {
		d.root.walk(nil, func(n *node, path []string) bool {
			secretSetting := n.isSensitive() || len(path) > 0 && isSecretName(path[len(path)-1]) && describesValue(n)
			for _, m := range n.members {
				switch {
				case secretSetting && slices.Contains(valueWordsOfSettings, strings.ToLower(m.key)):
					m.value.walk(nil, func(n *node, _ []string) bool { hide(n); return len(hidden) < maxSecrets })
				case isSecretName(m.key):
					for _, leaf := range append([]*node{m.value}, m.value.items...) {
						if leaf.kind != kindString || !isExampleValue(leaf.text) {
							hide(leaf)
						}
					}
				}
			}
			return len(hidden) < maxSecrets
		})
	}
	if !judged || len(d.issues) > 0 {
		text := string(d.data[:min(len(d.data), MaxSize)])
		for _, s := range findSecrets(text, false) {
			hidden = append(hidden, text[s.start:s.end])
		}
		hidden = append(hidden, hiddenAsText(text)...)
	}
	return hidden
}

// valueWordsOfSettings are the members of a setting that hold values of it.
var valueWordsOfSettings = []string{"default", "const", "enum", "examples", "example", "value"}

// isSensitive says whether an object is marked as a secret, in whatever
// spelling, and if only by one of several marks.
func (n *node) isSensitive() bool {
	return slices.ContainsFunc(n.members, func(m member) bool {
		no := slices.Contains([]string{"false", "no", "off", "0", "null", ""}, strings.ToLower(m.value.text))
		return (m.key == "sensitive" || strings.EqualFold(m.key, "sensitive") || nearest(m.key, []string{"sensitive"}) != "") && !no
	})
}

// secretMarks are parts of names, one of which every name of a secret has.
var secretMarks = []string{"pass", "pw", "secret", "token", "key", "credential", "community"}

// holdsSecretMark says whether a text has one of the secretMarks in it, in upper
// or lower case. A regular expression takes ten times as long, and every name
// of every manifest is asked, for every fix that is tried.
func holdsSecretMark(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(secretMarks, func(mark string) bool { return strings.Contains(text, mark) })
}

// isSecretName is saysSecret, quick for the names that are none.
func isSecretName(key string) bool {
	return holdsSecretMark(key[max(0, len(key)-200):]) && saysSecret(key)
}

// isSecretField says whether a text of the manifest is a secret by the name of
// its field. Settings are judged by their own rules.
func isSecretField(path []string, text string) bool {
	last := len(path) - 1
	for last > 0 && strings.Trim(path[last], "0123456789") == "" {
		last--
	}
	if last < 0 || !isSecretName(path[last]) {
		return false
	}
	inValue := slices.ContainsFunc(path[:last], func(key string) bool { return slices.Contains(valueWordsOfSettings, key) })
	if path[0] == "settings_schema" && !inValue {
		return false
	}
	return len(strings.Fields(text)) <= 4 && !isExampleValue(text) && !isFilePath(text) && !strings.Contains(text, "://") && len(text) <= 1000
}

var (
	// quotedText is a text in quotes; its content.
	quotedText = onDemand("\"([^\"\n]+)\"|'([^'\n]+)'")
	// sensitiveWord is the mark of a secret setting.
	sensitiveWord = onDemand(`(?i)sensitive`)
)

// maxStretch bounds how far around a mark a setting is looked for, in bytes.
const maxStretch = 4 << 10

// hiddenAsText finds values of secrets in a JSON text whose structure may not be told.
func hiddenAsText(text string) []string {
	var hidden []string
	add := func(value string) {
		if len(value) >= minSecret && len(hidden) < maxSecrets {
			hidden = append(hidden, value)
		}
	}
	eachNamed(text, func(key, rest string) {
		if len(hidden) >= maxSecrets || !isSecretName(key) {
			return
		}
		// Long ones are not asked for their words: there may be very many.
		if value := looseValue(rest); len(value) > 200 || !isExampleValue(value) {
			add(value)
		}
	})
	done := 0 // what is behind the last setting
	for _, at := range sensitiveWord().FindAllStringIndex(text, maxSecrets) {
		if at[0] < done {
			continue
		}
		from := max(0, at[0]-maxStretch, strings.LastIndexByte(text[:at[0]], '{'))
		to := min(len(text), at[1]+maxStretch)
		if n := strings.IndexByte(text[at[1]:to], '}'); n >= 0 {
			to = at[1] + n
		}
		done = to
		eachNamed(text[from:to], func(key, rest string) {
			switch {
			case !slices.Contains(valueWordsOfSettings, strings.ToLower(key)):
			case strings.HasPrefix(rest, "["):
				list, _, _ := strings.Cut(rest, "]")
				for _, item := range quotedText().FindAllStringSubmatch(list, maxSecrets) {
					add(item[1] + item[2])
				}
			default:
				add(looseValue(rest))
			}
		})
	}
	return hidden
}

// eachNamed calls visit with each name in front of a colon or an equals sign,
// and with the text behind that sign.
func eachNamed(text string, visit func(key, rest string)) {
	for i := 0; i < len(text); i++ {
		if text[i] != ':' && text[i] != '=' {
			continue
		}
		head := strings.TrimRight(strings.TrimRight(text[max(0, i-200):i], " \t"), "\"'`")
		key := head[len(strings.TrimRightFunc(head, isLooseNameRune)):]
		if key != "" {
			visit(key, strings.TrimLeft(text[i+1:min(len(text), i+1+maxStretch)], " \t\r\n"))
		}
	}
}

func isLooseNameRune(r rune) bool { return r == '_' || isSchemeRune(r) }

// looseValue is the value that text starts with, without its quotes: up to the
// closing one or the end of the line.
func looseValue(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	ends := ",}] \t\r\"'"
	for _, quotes := range []string{`"`, "'", "`", "“”\"", "‘’'"} {
		if opener := string([]rune(quotes)[:1]); strings.HasPrefix(line, opener) {
			line, ends = line[len(opener):], quotes
			break
		}
	}
	escaped := false
	for i, r := range line {
		if !escaped && strings.ContainsRune(ends, r) {
			return line[:i]
		}
		escaped = r == '\\' && !escaped
	}
	return strings.TrimSpace(line)
}

// sqlPassword is a password in SQL: PASSWORD 'x', password = 'x', and in dollars.
var sqlPassword = onDemand(`(?i)pass(?:word|wd|phrase)?["\s]*[=:,]*\s*(?:E|U&)?(?:'((?:[^']|'')+)'|\$\w*\$([^$]+)\$)`)

// hiddenInText are the secrets in a file that is no manifest.
func hiddenInText(text string) []string {
	var hidden []string
	for _, s := range findSecrets(text, false) {
		hidden = append(hidden, text[s.start:s.end])
	}
	for _, at := range sqlPassword().FindAllStringSubmatchIndex(text, maxSecrets) {
		start, end := max(at[2], at[4]), max(at[3], at[5])
		if value := text[start:end]; !isExampleValue(value) && len(value) <= 1000 {
			if len(value) < 2*minSecret {
				value = text[start-1 : end+1] // with its quotes
			}
			hidden = append(hidden, value)
		}
	}
	for line := range strings.Lines(text) {
		if len(hidden) >= maxSecrets {
			break
		}
		if !holdsSecretMark(line) && !strings.Contains(line, "uthorization") {
			continue
		}
		commandSecrets(line[:min(len(line), maxCommand)], func(s secretText) {
			if value := line[s.start:s.end]; len(value) >= minSecret {
				hidden = append(hidden, value)
			}
		})
	}
	return hidden
}
