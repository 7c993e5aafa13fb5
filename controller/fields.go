package controller

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// fields reads the members of a JSON object strictly, and keeps the first
// error, which names the member. Members it is not asked for are ignored.
type fields struct {
	in  string // what comes before names in errors: "messages[0]."
	raw map[string]json.RawMessage
	err error
}

// readFields reads a request's body.
func readFields(body []byte) *fields {
	f := &fields{}
	d := json.NewDecoder(bytes.NewReader(body))
	switch err := d.Decode(&f.raw); {
	case errors.Is(err, io.EOF):
		f.err = errors.New("body: is empty; send a JSON object")
	case errors.Is(err, io.ErrUnexpectedEOF):
		f.err = errors.New("body: not JSON: it ends early; close what is open")
	case err != nil:
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			f.err = fmt.Errorf("body: must be a JSON object; found: %s", wrong.Value)
		} else {
			f.err = fmt.Errorf("body: not JSON: %w", err)
		}
	case f.raw == nil:
		f.err = errors.New("body: must be a JSON object, not null")
	default:
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			f.err = errors.New("body: something follows the JSON object")
		}
	}
	return f
}

// fail keeps an error about a member.
func (f *fields) fail(name, format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(f.in+name+": "+format, args...)
	}
}

// read decodes a member into a pointer; what says which type it must have. It
// reports whether the member is there.
func (f *fields) read(name, what string, required bool, into any) bool {
	raw, there := f.raw[name]
	switch {
	case f.err != nil:
		return false
	case !there:
		if required {
			f.fail(name, "is missing; it must be %s", what)
		}
		return false
	case string(raw) == "null" || json.Unmarshal(raw, into) != nil:
		f.fail(name, "must be %s", what)
		return false
	}
	return true
}

// text reads a string; one that is required may not be empty.
func (f *fields) text(name string, required bool) (s string) {
	if f.read(name, "a string", required, &s) && required && s == "" {
		f.fail(name, "is empty")
	}
	return s
}

// optional reads a string whose absence matters.
func (f *fields) optional(name string) *string {
	var s string
	if !f.read(name, "a string", false, &s) {
		return nil
	}
	return &s
}

// choice reads one of the strings.
func (f *fields) choice(name string, required bool, of ...string) (s string) {
	if f.read(name, "one of "+strings.Join(of, ", "), required, &s) && !slices.Contains(of, s) {
		f.fail(name, "%.50q is none of %s", s, strings.Join(of, ", "))
	}
	return s
}

// number reads a number in a range; nil when it is absent.
func (f *fields) number(name string, low, high float64) *float64 {
	var n float64
	if !f.read(name, "a number", false, &n) {
		return nil
	}
	if n < low || n > high {
		f.fail(name, "%v is not from %s to %s", n, plain(low), plain(high))
	}
	return &n
}

// plain writes a bound of a range without an exponent.
func plain(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// integer reads a whole number in a range; nil when it is absent.
func (f *fields) integer(name string, low, high int) *int {
	n := f.number(name, float64(low), float64(high))
	if n == nil {
		return nil
	}
	if *n != math.Trunc(*n) {
		f.fail(name, "%v is not a whole number", *n)
	}
	whole := int(*n)
	return &whole
}

// object reads an object as it is; nil when it is absent.
func (f *fields) object(name string) json.RawMessage {
	var members map[string]json.RawMessage
	if !f.read(name, "an object", false, &members) {
		return nil
	}
	return f.raw[name]
}

// org reads org_id, which may be absent.
func (f *fields) org(otherwise string) string {
	s := f.optional("org_id")
	if s == nil {
		return otherwise
	}
	if !isUUID(*s) {
		f.fail("org_id", "%.50q is not a UUID", *s)
	}
	return strings.ToLower(*s)
}

// texts reads an array of strings.
func (f *fields) texts(name string) (all []string) {
	var raw []json.RawMessage
	f.read(name, "an array of strings", false, &raw)
	for i, one := range raw {
		var s string
		if string(one) == "null" || json.Unmarshal(one, &s) != nil {
			f.fail(fmt.Sprintf("%s[%d]", name, i), "must be a string")
		}
		all = append(all, s)
	}
	return all
}

// each reads an array of objects and hands them on one by one.
func (f *fields) each(name string, required bool, do func(*fields)) (count int) {
	var raw []json.RawMessage
	f.read(name, "an array of objects", required, &raw)
	for i, one := range raw {
		in := &fields{in: fmt.Sprintf("%s%s[%d].", f.in, name, i)}
		if string(one) == "null" || json.Unmarshal(one, &in.raw) != nil {
			f.fail(fmt.Sprintf("%s[%d]", name, i), "must be an object")
			return count
		}
		if do(in); f.err == nil {
			f.err = in.err
		}
		count++
	}
	return count
}

func isUUID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }

// filters reads the members of a query strictly: one that is misspelt in its
// value would otherwise silently answer more than was asked for. It keeps the
// first error, which names the member. Others are ignored.
type filters struct {
	values url.Values
	err    error
}

func readFilters(rawQuery string) *filters {
	f := &filters{}
	if rawQuery == "" {
		return f
	}
	var err error
	if f.values, err = url.ParseQuery(rawQuery); err != nil {
		f.err = fmt.Errorf("query: %w", err)
	}
	return f
}

// given returns the value of a member that is there once.
func (f *filters) given(name string) (string, bool) {
	values, there := f.values[name]
	if f.err != nil || !there {
		return "", false
	}
	if len(values) > 1 {
		f.err = fmt.Errorf("%s: given %d times, once is possible", name, len(values))
		return "", false
	}
	return values[0], true
}

// org reads org_id in lower case, empty when it is absent.
func (f *filters) org() string {
	s, there := f.given("org_id")
	if there && !isUUID(s) {
		f.err = fmt.Errorf("org_id: %.50q is not a UUID", s)
	}
	return strings.ToLower(s)
}

// integer reads a whole number in a range.
func (f *filters) integer(name string, low, high, otherwise int) int {
	s, there := f.given(name)
	if !there {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		f.err = fmt.Errorf("%s: %.50q is not a whole number from %d to %d", name, s, low, high)
	}
	return n
}
