package manifest

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// thousands is a number with its digits in groups of three, as people write.
var thousands = onDemand(`^-?[0-9]{1,3}(?:(?:,[0-9]{3})+|(?:'[0-9]{3})+|(?:[ \x{00a0}\x{202f}][0-9]{3})+)`)

// withUnit is a number with the unit of a size or of a time.
var withUnit = onDemand(`^([0-9]+)[ \t]*(?i:(k|m|g)i?b?|bytes?|s|secs?|seconds?|cores?)`)

// product is a number as programs write it: 256 * 1024 * 1024.
var product = onDemand(`^[0-9]{1,10}(?:[ \t]*\*[ \t]*[0-9]{1,10}){1,5}`)

// atNumber says whether a number starts here, or what is meant for one.
func (p *parser) atNumber() bool {
	c, next := p.peek(), byte(0)
	if p.pos+1 < len(p.data) {
		next = p.data[p.pos+1]
	}
	return isDigit(c) || c == '-' || c == '+' || c == '.' && isDigit(next)
}

// atBareText says whether a word starts here, or a text that lacks its quotes.
func (p *parser) atBareText() bool {
	r, _ := utf8.DecodeRune(p.data[p.pos:])
	return r != 0 && (isWordRune(r) || strings.ContainsRune("/.~@*^%", r))
}

// parseNumber reads a number, and what only looks like one.
func (p *parser) parseNumber() *node {
	start := p.pos
	for p.pos < len(p.data) {
		if c := p.data[p.pos]; !isWordByte(c) && !isDigit(c) && c != '+' && c != '-' && c != '.' && c != '%' {
			break
		}
		p.pos++
	}
	n := &node{kind: kindNumber, start: start, end: p.pos, text: string(p.data[start:p.pos])}
	if size := p.phrase(start); size > 0 {
		p.pos, n.end = start+size, start+size
		n.text = string(p.data[start:n.end])
	}
	if !isJSONNumber(n.text) {
		hint, fixes := numberFixes(n.text)
		at := p.report(ruleNumber, start, "a number as JSON writes it", "%s is not a number of JSON; %s", shorten(n.text, 60), hint)
		for _, f := range fixes {
			f.Edits = []Edit{edit(start, n.end, f.Edits[0].New)}
			p.offer(at, f)
		}
		p.takeFix(n, fixes)
		return n
	}
	if beyondNumbers(n.text) {
		p.report(ruleNumber, start, "a number that a computer can hold", "%s is beyond what a number can hold; write an ordinary one", shorten(n.text, 60))
		p.takeFix(n, nil)
	}
	return n
}

// beyondNumbers says whether a number of JSON is so large or so small that
// arithmetic on it, as on 1e999999999, would take for ever.
func beyondNumbers(s string) bool {
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(s[i+1:]); err != nil {
			exponent = math.MaxInt
		}
	}
	return exponent < -308 || exponent > 308 || len(s) > 400
}

// wholeDigits returns the digits of a number of JSON that is whole, as 8080,
// 8080.0 and 8.08e3 are, without the zeros at both ends, and how many zeros stand
// behind them. It reads the text alone, so that a large exponent costs nothing
// and nothing is rounded.
func wholeDigits(number string) (kept string, zeros int, ok bool) {
	if !isJSONNumber(number) {
		return "", 0, false
	}
	mantissa, exponent := strings.TrimPrefix(number, "-"), 0
	if i := strings.IndexAny(mantissa, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(mantissa[i+1:]); err != nil || exponent < -math.MaxInt32 || exponent > math.MaxInt32 {
			return "", 0, false
		}
		mantissa = mantissa[:i]
	}
	before, behind, _ := strings.Cut(mantissa, ".")
	all := strings.TrimLeft(before+behind, "0")
	kept = strings.TrimRight(all, "0")
	zeros = len(all) - len(kept) - len(behind) + exponent
	return kept, zeros, kept == "" || zeros >= 0
}

// isWhole says whether a number is an integer to a schema of Draft-07: one whose
// fraction is zero, however it is written.
func isWhole(number string) bool {
	_, _, ok := wholeDigits(number)
	return ok
}

// integer returns the whole number that a number of JSON is; false when it is
// none, or beyond 64 bits.
func integer(number string) (int64, bool) {
	kept, zeros, ok := wholeDigits(number)
	const most = 19 // digits of 64 bits
	switch {
	case !ok || kept != "" && (len(kept) > most || zeros > most):
		return 0, false
	case kept == "":
		return 0, true
	}
	plain := kept + strings.Repeat("0", zeros)
	if number[0] == '-' {
		plain = "-" + plain
	}
	v, err := strconv.ParseInt(plain, 10, 64)
	return v, err == nil
}

// phrase is the length of the number at start when it holds more than a number
// of JSON may, such as commas between groups of digits, a product or a unit, and
// nothing but the end of its member follows; 0 when it does not. In a list the
// groups would be items.
func (p *parser) phrase(start int) int {
	rest := p.data[p.pos:]
	if !p.inMember || len(rest) < 2 || bytes.IndexByte([]byte(", '*\t\xc2\xe2"), rest[0]) < 0 || rest[0] == ',' && !isDigit(rest[1]) {
		return 0
	}
	for _, written := range []*regexp.Regexp{thousands(), product(), withUnit()} {
		size := len(written.Find(p.data[start:p.lineEnd(start)]))
		rest := bytes.TrimLeft(p.data[start+size:], " \t")
		if start+size > p.pos && (len(rest) == 0 || bytes.ContainsAny(rest[:1], ",;}]\r\n/#")) {
			return size
		}
	}
	return 0
}

// numberFixes says how to write what was meant by a number that is none. The
// fixes have one edit each, whose place is not set.
func numberFixes(s string) (string, []Fix) {
	write := func(how func(string, ...Edit) Fix, text string) Fix {
		return how("write "+shorten(text, 60), edit(0, 0, text))
	}
	only := func(text string) []Fix {
		if !isJSONNumber(text) {
			return nil
		}
		return []Fix{write(safeFix, text)}
	}
	lower := strings.ToLower(s)
	sign, body := "", strings.TrimPrefix(s, "-")
	if body != s {
		sign = "-"
	}
	switch {
	case strings.HasPrefix(s, "+"):
		return "remove the plus sign", only(s[1:])
	case len(lower) > 2 && lower[0] == '0' && strings.ContainsRune("xbo", rune(lower[1])):
		if v, err := strconv.ParseInt(s, 0, 64); err == nil {
			return "write it in decimal", only(strconv.FormatInt(v, 10))
		}
		return "write it in decimal", nil
	case strings.ContainsAny(s, "_"):
		return "remove the underscores", only(strings.ReplaceAll(s, "_", ""))
	case thousands().MatchString(s) && strings.ContainsAny(s, ",' \u00a0\u202f"):
		plain := strings.Map(func(r rune) rune {
			if strings.ContainsRune(",' \u00a0\u202f", r) {
				return -1
			}
			return r
		}, s)
		return "write its digits together: " + shorten(plain, 60), only(plain)
	case strings.Count(s, ".") > 1:
		return "put it in double quotes", []Fix{write(safeFix, jsonText(s))}
	case strings.HasPrefix(body, "."):
		return "write a 0 before the point", only(sign + "0" + body)
	case strings.HasSuffix(s, "."):
		return "write a digit behind the point, or remove the point", only(strings.TrimSuffix(s, "."))
	case len(body) > 1 && body[0] == '0':
		return "remove the leading zero", leadingZero(sign, body)
	}
	if product().FindString(s) == s {
		v := int64(1)
		for factor := range strings.SplitSeq(s, "*") {
			f, err := strconv.ParseInt(strings.TrimSpace(factor), 10, 64)
			if err != nil || f > 0 && v > math.MaxInt64/f {
				return "write the product", nil
			}
			v *= f
		}
		return "write the product: " + strconv.FormatInt(v, 10), []Fix{write(safeFix, strconv.FormatInt(v, 10))}
	}
	if m := withUnit().FindStringSubmatch(s); m != nil && m[0] == s {
		return unitFixes(s, m, write)
	}
	const hint = "write digits only, or put it in double quotes when it is text"
	if strings.ContainsFunc(s, unicode.IsLetter) && isDigit(s[0]) {
		return hint, []Fix{write(riskyFix, jsonText(s))}
	}
	return hint, nil
}

// leadingZero writes a number without its leading zeros. One that could also be
// octal, or a short one that may have lost its point (05 for 0.5), is a choice.
func leadingZero(sign, body string) []Fix {
	plain := strings.TrimLeft(body, "0")
	if plain == "" || !isDigit(plain[0]) {
		plain = "0" + plain
	}
	if !isJSONNumber(sign + plain) {
		return nil
	}
	fix := safeFix("write "+shorten(sign+plain, 60), edit(0, 0, sign+plain))
	if len(body) <= 3 && !strings.Contains(body, ".") && strings.Trim(body, "0") != "" {
		point := sign + "0." + body[1:]
		fix.Safe = false
		return []Fix{fix, riskyFix("write "+point, edit(0, 0, point))}
	}
	v, err := strconv.ParseInt(body, 8, 64)
	if err != nil || strconv.FormatInt(v, 10) == plain {
		return []Fix{fix}
	}
	fix.Safe = false
	octal := sign + strconv.FormatInt(v, 10)
	return []Fix{fix, riskyFix(fmt.Sprintf("write %s, as octal", octal), edit(0, 0, octal))}
}

// unitFixes writes a number with a unit without it: sizes in bytes.
func unitFixes(s string, m []string, write func(func(string, ...Edit) Fix, string) Fix) (string, []Fix) {
	v, err := strconv.ParseInt(m[1], 10, 32)
	if err != nil {
		return "write digits only", nil
	}
	if m[2] == "" {
		return "write the number without the unit", []Fix{write(riskyFix, strconv.FormatInt(v, 10)), write(riskyFix, jsonText(s))}
	}
	shift := map[string]int{"k": 10, "m": 20, "g": 30}[strings.ToLower(m[2])]
	return "write the number of bytes without a unit", []Fix{write(riskyFix, strconv.FormatInt(v<<shift, 10)), write(riskyFix, jsonText(s))}
}
