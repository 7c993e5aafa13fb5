package manifest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// ownReadings are what single fields are often given by mistake. One that
// returns true has said all there is to say.
var ownReadings = map[string]func(*mending) bool{
	"/name":                              (*mending).readName,
	"/version":                           (*mending).readVersion,
	"/display_name":                      cutTo(100),
	"/description":                       cutTo(500),
	"/author":                            (*mending).readAuthor,
	"/image":                             noText,
	"/port":                              (*mending).readPort,
	"/capabilities_required":             (*mending).readCapabilities,
	"/capabilities_required/*":           (*mending).readCapability,
	"/resources/memory_limit":            (*mending).readMemory,
	"/resources/cpu_limit":               (*mending).readCPU,
	"/health_check":                      (*mending).readHealthCheck,
	"/health_check/command":              (*mending).readCommand,
	"/health_check/interval_seconds":     (*mending).readInterval,
	"/health_check/timeout_seconds":      (*mending).readSeconds,
	"/health_check/start_period_seconds": (*mending).readSeconds,
	"/migrations_dir":                    (*mending).readMigrationsDir,
	"/ui_bundle":                         (*mending).readBundle,
	"/openapi_path":                      (*mending).readOpenAPIPath,
	"/terminal_panels/*/icon":            noText,
	"/terminal_panels/*/data_endpoint":   (*mending).readPath,
	"/terminal_panels/*/refresh_interval_seconds": (*mending).readSeconds,
	"/terminal_panels/*/columns":                  (*mending).readColumns,
	"/terminal_panels/*/columns/*":                (*mending).readColumn,
	"/terminal_panels/*/columns/*/width":          (*mending).readWidth,
	"/terminal_panels/*/actions/*/confirm":        (*mending).readConfirm,
	"/terminal_panels/*/actions/*/method":         (*mending).readMethod,
	"/terminal_panels/*/actions/*/style":          (*mending).readStyle,
	"/terminal_panels/*/actions/*/endpoint":       (*mending).readPath,
}

// noText is for a place where a number or a switch would mean nothing as text.
func noText(m *mending) bool { return m.node.kind == kindNumber || m.node.kind == kindBool }

// readName spells a name as the Controller's pattern has it. Case and
// separators are no more than spelling; what else goes is the author's.
func (m *mending) readName() bool {
	if m.node.kind != kindString {
		return false
	}
	name, whole := kebab(m.node.text)
	m.write(whole, name)
	if len(name) > NameMax {
		cut := name[:NameMax]
		if i := strings.LastIndexByte(cut, '-'); i >= NameMin && name[NameMax] != '-' {
			cut = cut[:i]
		}
		m.write(false, strings.TrimRight(cut, "-"))
	}
	return strings.TrimSpace(m.node.text) != ""
}

// kebab spells text in lowercase letters, digits and single hyphens, a letter
// first. whole says that no letter or digit was lost.
func kebab(text string) (name string, whole bool) {
	whole = true
	var b strings.Builder
	var last rune
	for _, r := range shorten(text, 200) {
		lower := unicode.ToLower(r)
		switch {
		case lower >= 'a' && lower <= 'z' || lower >= '0' && lower <= '9' && b.Len() > 0:
			if b.Len() > 0 && (unicode.IsUpper(r) && unicode.IsLower(last) || last == '-') {
				b.WriteByte('-')
			}
			b.WriteRune(lower)
			last = r
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			whole = false
			last = '-'
		default:
			last = '-'
		}
	}
	return b.String(), whole
}

// versionText is a version as it is often written, with what follows it.
var versionText = onDemand(`^[vV]?\.?\s*([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(.*)$`)

// readVersion completes a version. The image's tag goes with it when it was the same text.
func (m *mending) readVersion() bool {
	n := m.node
	if n.kind != kindString && n.kind != kindNumber {
		return false
	}
	old := strings.TrimSpace(n.text)
	tag := m.imageTag()
	if parts := versionText().FindStringSubmatch(old); parts != nil && len(old) < 60 {
		version := parts[1] + "." + orZero(parts[2]) + "." + orZero(parts[3])
		safe := parts[4] == ""
		if tag != old || version == old {
			m.write(safe, version)
		}
		if tag != "" && tag != version {
			m.writeWith(safe && tag == old, version, " and the same tag in image", m.retag(version))
		}
	}
	if IsVersion(tag) {
		m.write(false, tag)
	}
	return false
}

func orZero(part string) string {
	if part == "" {
		return "0"
	}
	return part
}

// readAuthor joins the names of several, and takes an author apart that is
// written as other package managers have it.
func (m *mending) readAuthor() bool {
	n := m.node
	if n.kind == kindObject {
		name := n.get("name")
		if name == nil || name.kind != kindString {
			return false
		}
		text, known := name.text, 1
		if email := memberText(n, "email"); email != "" {
			text, known = text+" <"+email+">", 2
		}
		m.write(len(n.members) == known, text)
	}
	var names []string
	for _, item := range n.items {
		if item.kind == kindString {
			names = append(names, item.text)
		}
	}
	if len(names) > 1 && len(names) < 20 {
		m.write(len(names) == len(n.items), strings.Join(names, ", "))
	}
	return false
}

// cutTo cuts a text to a length in characters, at a word.
func cutTo(limit int) func(*mending) bool {
	return func(m *mending) bool {
		runes := []rune(strings.TrimSpace(m.node.text))
		if m.node.kind != kindString || len(runes) <= limit {
			return false
		}
		cut := strings.TrimRightFunc(string(runes[:limit]), unicode.IsSpace)
		if i := strings.LastIndexFunc(cut, unicode.IsSpace); i > len(cut)/2 && !unicode.IsSpace(runes[limit]) {
			cut = cut[:i]
		}
		m.write(false, strings.TrimRight(cut, " ,;:-–—&"))
		return true
	}
}

// readCapabilities takes the names of an object of switches: {"read_devices": true}.
func (m *mending) readCapabilities() bool {
	if m.node.kind != kindObject || len(m.node.members) == 0 || len(m.node.members) > 50 {
		return false
	}
	list := []any{}
	for _, x := range m.node.members {
		if x.value.kind != kindBool {
			return false
		}
		if x.value.text == "true" {
			list = append(list, x.key)
		}
	}
	m.write(true, list)
	return true
}

// readCapability has nothing to write in place of the wildcard: only the
// author knows what the plugin uses.
func (m *mending) readCapability() bool { return m.node.text == "*" || noText(m) }

// amount is a number with a unit.
var amount = onDemand(`^([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([A-Za-z%]*)$`)

// readMemory reads amounts with a unit. A plain number that is too small was
// most likely counted in MB or KB.
func (m *mending) readMemory() bool {
	text := withoutSeparators(strings.TrimSpace(m.node.text))
	if v, ok := integer(text); ok { // 2.56e2
		text = strconv.FormatInt(v, 10)
	}
	parts := amount().FindStringSubmatch(text)
	if parts == nil || m.node.kind != kindString && m.node.kind != kindNumber {
		return false
	}
	f, _ := strconv.ParseFloat(parts[1], 64)
	if parts[2] == "" {
		for _, unit := range []float64{1 << 20, 1 << 10} {
			if low := m.schema.Minimum.Float64(); f < low && f*unit >= low && f == math.Trunc(f) && !m.tooLarge(f*unit) {
				m.write(false, int64(f*unit))
			}
		}
		return false
	}
	shift := strings.Index("bkmgt", strings.ToLower(parts[2][:1]))
	if rest := strings.ToLower(parts[2][1:]); shift < 0 || !slices.Contains([]string{"", "b", "i", "ib", "yte", "ytes"}, rest) {
		return false
	}
	bytes := reading{int64(min(f*math.Pow(1024, float64(shift)), 1<<53)), true}
	m.write(bytes.safe, bytes.value)
	m.clamp(bytes)
	return true
}

// tooLarge says whether f is more than the schema takes.
func (m *mending) tooLarge(f float64) bool {
	return f > m.schema.Maximum.Float64()
}

// readCPU reads shares of a core in other units: "500m", "50%", 500 of a
// thousandth, 500000000 of a billionth.
func (m *mending) readCPU() bool {
	parts := amount().FindStringSubmatch(strings.Replace(strings.TrimSpace(m.node.text), ",", ".", 1))
	if parts == nil || m.node.kind != kindString && m.node.kind != kindNumber {
		return false
	}
	f, _ := strconv.ParseFloat(parts[1], 64)
	units := map[string]float64{"m": 1000, "%": 100, "cpu": 1, "cpus": 1, "core": 1, "cores": 1, "vcpu": 1, "vcpus": 1}
	switch unit := units[strings.ToLower(parts[2])]; {
	case unit > 0:
		m.write(true, f/unit)
	case parts[2] != "":
		return false
	case f < 100:
		m.write(m.node.kind == kindString, f)
	default:
		m.write(false, f/1000)
		m.write(false, f/1e9)
	}
	return false
}

// readSeconds reads durations: "30s", "2 min", 30000 of a thousandth, and false for none.
func (m *mending) readSeconds() bool {
	if m.node.kind == kindBool && m.node.text == "false" {
		m.remove(true)
		return true
	}
	for _, r := range m.seconds() {
		m.write(r.safe, r.value)
		m.clamp(r)
	}
	return false
}

// readInterval is readSeconds, with the timeout kept below the interval.
func (m *mending) readInterval() bool {
	timeout := m.parent.get("timeout_seconds")
	list := append(m.seconds(), readings(m.node, []string{"integer"}, 1)...)
	for _, r := range list {
		m.write(r.safe, r.value)
	}
	for _, r := range list {
		m.clamp(r)
		f, _ := asFloat(r.value)
		low := m.schema.Minimum.Float64()
		if timeout != nil && f < low && timeout.kind == kindNumber {
			if t, ok := integer(timeout.text); ok && float64(t) >= low {
				m.writeWith(false, int64(low), fmt.Sprintf(` and "timeout_seconds": %d`, int64(low)-1), replace(timeout, int64(low)-1))
			}
		}
	}
	return false
}

// seconds returns the seconds of a duration that is written with its unit, or
// in thousandths.
func (m *mending) seconds() []reading {
	n := m.node
	switch n.kind {
	case kindString:
		text := strings.ToLower(strings.ReplaceAll(n.text, " ", ""))
		if parts := amount().FindStringSubmatch(text); parts != nil {
			words := map[string]string{"sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "hour": "h", "hours": "h"}
			if unit := words[parts[2]]; unit != "" {
				text = parts[1] + unit
			}
		}
		d, err := time.ParseDuration(text)
		if err != nil {
			return nil
		}
		if d%time.Second == 0 {
			return []reading{{int64(d / time.Second), true}}
		}
		return []reading{{d.Seconds(), true}}
	case kindNumber:
		high := m.schema.Maximum
		i, err := strconv.ParseInt(n.text, 10, 64)
		if high != nil && err == nil && i >= 1000 && i%1000 == 0 {
			return []reading{{i / 1000, false}}
		}
	}
	return nil
}

// readHealthCheck takes a command that stands where its object is asked for.
func (m *mending) readHealthCheck() bool {
	if command := commandOf(m.node); command != "" {
		m.write(true, keyed{{"command", command}})
		return true
	}
	return false
}

// readCommand takes a command that is written as a list of words.
func (m *mending) readCommand() bool {
	if command := commandOf(m.node); command != "" && m.node.kind == kindArray {
		m.write(true, command)
		return true
	}
	return false
}

// plainWord is a word that a shell leaves as it is.
var plainWord = onDemand(`^[A-Za-z0-9_@%+=:,./-]+$`)

// commandOf returns a text, or a list of words as engines take it, as a shell
// command; "" when n is neither.
func commandOf(n *node) string {
	if n.kind == kindString {
		return strings.TrimSpace(n.text)
	}
	var words []string
	for _, item := range n.items[:min(len(n.items), 100)] {
		if item.kind != kindString {
			return ""
		}
		words = append(words, item.text)
	}
	switch {
	case n.kind != kindArray || len(words) == 0 || words[0] == "NONE":
		return ""
	case words[0] == "CMD-SHELL" || len(words) == 1:
		return strings.TrimSpace(words[len(words)-1])
	case words[0] == "CMD":
		words = words[1:]
	}
	for i, w := range words {
		if !plainWord().MatchString(w) {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}
