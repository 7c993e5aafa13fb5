package panel

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

type kind uint8

const (
	kindNull kind = iota
	kindBool      // num is 0 or 1
	kindNumber
	kindString
	kindArray
	kindObject
)

// value is a JavaScript value that JSON.parse can yield.
type value struct {
	kind kind
	num  float64
	str  string // may hold half surrogates, see parser.string
	arr  []value
	obj  *object
}

// object keeps its members in JavaScript's own property order: integer-like
// keys ascending, then the others as first inserted.
type object struct {
	keys   []string
	values []value
	index  map[string]int // only for large objects
}

// indexFrom is the number of members from which a map beats scanning.
const indexFrom = 16

func (o *object) find(key string) int {
	if o.index == nil {
		return slices.Index(o.keys, key)
	}
	if i, ok := o.index[key]; ok {
		return i
	}
	return -1
}

// set adds a member; a repeated key keeps its place and takes the new value.
func (o *object) set(key string, v value) {
	if i := o.find(key); i >= 0 {
		o.values[i] = v
		return
	}
	o.keys = append(o.keys, key)
	o.values = append(o.values, v)
	switch {
	case o.index != nil:
		o.index[key] = len(o.keys) - 1
	case len(o.keys) == indexFrom:
		o.reindex()
	}
}

func (o *object) reindex() {
	o.index = make(map[string]int, len(o.keys))
	for i, k := range o.keys {
		o.index[k] = i
	}
}

// sort moves integer-like keys to the front, ascending.
func (o *object) sort() {
	if !slices.ContainsFunc(o.keys, func(k string) bool { _, ok := arrayIndex(k); return ok }) {
		return
	}
	order := make([]int, len(o.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		ai, aok := arrayIndex(o.keys[a])
		bi, bok := arrayIndex(o.keys[b])
		switch {
		case aok && bok:
			return int(ai - bi)
		case aok:
			return -1
		case bok:
			return 1
		}
		return 0
	})
	keys, values := make([]string, len(order)), make([]value, len(order))
	for to, from := range order {
		keys[to], values[to] = o.keys[from], o.values[from]
	}
	o.keys, o.values = keys, values
	if o.index != nil {
		o.reindex()
	}
}

// arrayIndex reads a canonical array index, 0 to 2^32-2 (ECMA-262, "array index").
func arrayIndex(key string) (int64, bool) {
	if key == "" || len(key) > 10 || key[0] == '0' && len(key) > 1 || key[0] < '0' || key[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(key, 10, 64)
	return n, err == nil && n < math.MaxUint32
}

// property is value[key] for an own property: of an object its members, of an
// array its elements and length, of a string its UTF-16 units and length.
// Inherited properties count as missing.
func (v value) property(key string) (value, bool) {
	switch v.kind {
	case kindObject:
		if i := v.obj.find(key); i >= 0 {
			return v.obj.values[i], true
		}
	case kindArray:
		if i, ok := arrayIndex(key); ok && i < int64(len(v.arr)) {
			return v.arr[i], true
		}
		if key == "length" {
			return value{kind: kindNumber, num: float64(len(v.arr))}, true
		}
	case kindString:
		units := utf16Units(v.str)
		if i, ok := arrayIndex(key); ok && i < int64(len(units)) {
			return value{kind: kindString, str: string(appendRune(nil, rune(units[i])))}, true
		}
		if key == "length" {
			return value{kind: kindNumber, num: float64(len(units))}, true
		}
	}
	return value{}, false
}

// keys is Object.keys(value); none for null, where JavaScript would throw.
func (v value) keys() []string {
	n := 0
	switch v.kind {
	case kindObject:
		return v.obj.keys
	case kindArray:
		n = len(v.arr)
	case kindString:
		n = len(utf16Units(v.str))
	}
	keys := make([]string, n)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	return keys
}

// truthy is JavaScript's ToBoolean.
func (v value) truthy() bool {
	switch v.kind {
	case kindNull:
		return false
	case kindBool, kindNumber:
		return v.num != 0
	case kindString:
		return v.str != ""
	}
	return true
}

// String is JavaScript's String(value), with half surrogates as U+FFFD.
func (v value) String() string {
	switch v.kind {
	case kindBool:
		return strconv.FormatBool(v.num != 0)
	case kindNumber:
		return formatNumber(v.num)
	case kindString:
		return wellFormed(v.str)
	case kindArray:
		parts := make([]string, len(v.arr))
		for i, e := range v.arr {
			if e.kind != kindNull {
				parts[i] = e.String()
			}
		}
		return strings.Join(parts, ",")
	case kindObject:
		return "[object Object]"
	}
	return "null"
}

// appendJSON appends JSON.stringify(value).
func (v value) appendJSON(b []byte) []byte {
	switch v.kind {
	case kindNumber:
		if math.IsInf(v.num, 0) {
			return append(b, "null"...)
		}
		return append(b, formatNumber(v.num)...)
	case kindString:
		return appendQuoted(b, v.str)
	case kindArray:
		b = append(b, '[')
		for i, e := range v.arr {
			if i > 0 {
				b = append(b, ',')
			}
			b = e.appendJSON(b)
		}
		return append(b, ']')
	case kindObject:
		b = append(b, '{')
		for i, k := range v.obj.keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendQuoted(b, k), ':')
			b = v.obj.values[i].appendJSON(b)
		}
		return append(b, '}')
	}
	return append(b, v.String()...)
}

// appendQuoted is JSON.stringify of a string: only quotes, backslashes,
// control characters and half surrogates are escaped (ECMA-262, QuoteJSONString).
func appendQuoted(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			if u, ok := halfSurrogate(s[i:]); ok {
				b = append(b, '\\', 'u', 'd', hex[u>>8&0xF], hex[u>>4&0xF], hex[u&0xF])
				i += 3
				continue
			}
		}
		switch j := strings.IndexByte("\"\\\b\f\n\r\t", c); {
		case j >= 0:
			b = append(b, '\\', `"\bfnrt`[j])
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xF])
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}

// halfSurrogate reads a surrogate written as three UTF-8 like bytes.
func halfSurrogate(s string) (rune, bool) {
	if len(s) < 3 || s[0] != 0xED || s[1] < 0xA0 {
		return 0, false
	}
	return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), true
}

// wellFormed is String.prototype.toWellFormed: half surrogates become U+FFFD.
func wellFormed(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if _, ok := halfSurrogate(s[i:]); ok {
			b.WriteRune(utf8.RuneError)
			i += 3
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// utf16Units are the code units JavaScript sees in a string.
func utf16Units(s string) []uint16 {
	units := make([]uint16, 0, len(s))
	for i := 0; i < len(s); {
		if u, ok := halfSurrogate(s[i:]); ok {
			units = append(units, uint16(u))
			i += 3
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		units = utf16.AppendRune(units, r)
		i += size
	}
	return units
}

// formatNumber is JavaScript's String(number) (ECMA-262, Number::toString, radix 10).
func formatNumber(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0" // of -0 too
	}
	var buf [32]byte
	mantissa, exponent, _ := strings.Cut(string(strconv.AppendFloat(buf[:0], math.Abs(f), 'e', -1, 64)), "e")
	digits := strings.Replace(mantissa, ".", "", 1)
	e, _ := strconv.Atoi(exponent)
	sign := ""
	if f < 0 {
		sign = "-"
	}
	point := e + 1 // digits before the decimal point: the specification's n
	switch k := len(digits); {
	case k <= point && point <= 21:
		return sign + digits + strings.Repeat("0", point-k)
	case 0 < point && point <= 21:
		return sign + digits[:point] + "." + digits[point:]
	case -6 < point && point <= 0:
		return sign + "0." + strings.Repeat("0", -point) + digits
	case k == 1:
		return sign + digits + "e" + signed(e)
	default:
		return sign + digits[:1] + "." + digits[1:] + "e" + signed(e)
	}
}

func signed(e int) string {
	if e < 0 {
		return strconv.Itoa(e)
	}
	return "+" + strconv.Itoa(e)
}
