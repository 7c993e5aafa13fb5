package draft7

import (
	"cmp"
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Number is a number of JSON, exact and as small as its text, whatever its
// exponent. Equal numbers are equal in Go.
type Number struct {
	negative bool
	digits   string // without zeros at either end: 0.digits times ten to the point
	point    int
}

// numberOf returns the number of a Go value; false when it is none. A float64
// is the shortest decimal that is read as it.
func numberOf(v any) (Number, bool) {
	switch v := v.(type) {
	case json.Number:
		return parseNumber(string(v))
	case int:
		return parseNumber(strconv.Itoa(v))
	case int64:
		return parseNumber(strconv.FormatInt(v, 10))
	case uint64:
		return parseNumber(strconv.FormatUint(v, 10))
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return parseNumber(strconv.FormatFloat(v, 'e', -1, 64))
		}
	}
	return Number{}, false
}

// parseNumber reads a number as JSON writes it. One whose exponent is beyond 32
// bits is none.
func parseNumber(text string) (Number, bool) {
	var n Number
	text, n.negative = strings.CutPrefix(text, "-")
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		exponent, err := strconv.ParseInt(text[i+1:], 10, 32)
		if err != nil {
			return Number{}, false
		}
		text, n.point = text[:i], int(exponent)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n.point += len(whole)
	n.digits = whole + fraction
	if whole == "" || strings.Trim(n.digits, "0123456789") != "" {
		return Number{}, false
	}
	significant := strings.TrimLeft(n.digits, "0")
	n.point -= len(n.digits) - len(significant)
	if n.digits = strings.TrimRight(significant, "0"); n.digits == "" {
		return Number{}, true
	}
	return n, true
}

// isWhole says whether the fraction is zero.
func (n Number) isWhole() bool { return n.point >= len(n.digits) }

// compare returns -1, 0 or 1, as n is less than, equal to or more than m.
func (n Number) compare(m Number) int {
	if d := cmp.Compare(n.sign(), m.sign()); d != 0 {
		return d
	}
	return n.sign() * cmp.Or(cmp.Compare(n.point, m.point), strings.Compare(n.digits, m.digits))
}

func (n Number) sign() int {
	switch {
	case n.digits == "":
		return 0
	case n.negative:
		return -1
	}
	return 1
}

// isMultipleOf says whether n divided by step is whole.
func (n Number) isMultipleOf(step Number) bool {
	if n.digits == "" {
		return true
	}
	// Both are whole numbers that ten does not divide, times a power of ten. Of a
	// negative difference of the powers the step had to divide a ten out of n.
	shift := (n.point - len(n.digits)) - (step.point - len(step.digits))
	if shift < 0 {
		return false
	}
	a, _ := new(big.Int).SetString(n.digits, 10)
	b, _ := new(big.Int).SetString(step.digits, 10)
	a.Mul(a, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(shift)), b))
	return a.Rem(a, b).Sign() == 0
}

// Rat returns the number as a fraction. It takes memory in proportion to the
// exponent, and is nil where that is beyond a million.
func (n Number) Rat() *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return nil
	}
	return r
}

// Float64 returns the nearest float64; infinite where there is none near.
func (n Number) Float64() float64 {
	f, _ := strconv.ParseFloat(n.String(), 64)
	return f
}

// String returns the number in the one form that all equal ones share.
func (n Number) String() string {
	sign := ""
	if n.negative {
		sign = "-"
	}
	return sign + "0." + cmp.Or(n.digits, "0") + "e" + strconv.Itoa(n.point)
}

// whole returns the number as an int, or the next that there is; false when it
// is negative or no whole number.
func (n Number) whole() (int, bool) {
	if n.negative || !n.isWhole() {
		return 0, false
	}
	if n.point > 18 {
		return math.MaxInt, true
	}
	i, err := strconv.Atoi(n.digits + strings.Repeat("0", n.point-len(n.digits)))
	if n.digits == "" || err == nil {
		return i, true
	}
	return math.MaxInt, true
}
