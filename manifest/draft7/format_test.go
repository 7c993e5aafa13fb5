package draft7_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest/draft7"
)

// formats are the formats that are known, each with texts that are of it, of
// which others are made.
var formats = map[string][]string{
	"regex":                 {"^a+$", "(a|b)[c-d]{2}"},
	"uri":                   {"http://a.b/c?d#e", "urn:a:b", "http://[::1]:80/a"},
	"iri":                   {"http://é.b/c"},
	"uri-reference":         {"/a/b", "#a", "a b", `a\b`, "http://[::1]/"},
	"iri-reference":         {"é/b"},
	"uri-template":          {"http://a/{b}/{c}", "/{a}{b}"},
	"email":                 {"a.b+c@d.example", `"a b"@c`, "a@[1.2.3.4]", "a@[IPv6:::1]"},
	"hostname":              {"a.b-c.example", "xn--1.de."},
	"ipv4":                  {"1.2.3.4", "255.0.10.1"},
	"ipv6":                  {"::1", "fe80::1:2", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"},
	"date":                  {"2024-02-29", "1999-12-31"},
	"time":                  {"12:30:59Z", "23:59:60Z", "08:00:00.25+05:30", "01:29:60+01:30", "15:59:60-08:00"},
	"date-time":             {"2024-02-29T12:30:59Z", "1990-12-31t23:59:60z"},
	"duration":              {"P1Y2M3DT4H5M6S", "P4W", "PT1M", "P1D"},
	"period":                {"2024-01-01T00:00:00Z/P1D", "P1M/2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z/2025-01-01T00:00:00Z"},
	"json-pointer":          {"", "/a~0b/~1", "/é/0"},
	"relative-json-pointer": {"0", "1#", "12/a"},
	"uuid":                  {"550e8400-e29b-41d4-a716-446655440000"},
	"semver":                {"1.0.0", "1.2.3-rc.1+build.5", "0.0.1--a"},
}

// signed are texts that the oracle reads with a sign before a number, as Go
// does and no RFC.
func signed(format, text string) bool {
	switch format {
	case "ipv4", "time", "date-time", "period":
		return strings.ContainsAny(text, "+-")
	case "email":
		return strings.Contains(text, "[") && strings.ContainsAny(text, "+-")
	}
	return false
}

// TestFormatsAreTheOraclesOwn compares texts of each format, and slips in them.
func TestFormatsAreTheOraclesOwn(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	alphabet := []rune("01259azAZ.:-+/#~@[]{}%()*TZPWY \\\"é\n")
	for format, texts := range formats {
		doc := map[string]any{"format": format}
		ours, err := draft7.Compile(doc, nil)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := oracle(doc)
		if err != nil {
			t.Fatal(err)
		}
		of, not := 0, 0
		for i := range 3_000 {
			text := []rune(texts[i%len(texts)])
			for range i / len(texts) % 3 {
				at, c := r.IntN(len(text)+1), alphabet[r.IntN(len(alphabet))]
				switch r.IntN(3) {
				case 0:
					text = append(text[:at:at], append([]rune{c}, text[at:]...)...)
				case 1:
					text = append(text[:at:at], text[min(at+1, len(text)):]...)
				default:
					text = append(text[:at:at], append([]rune{c}, text[min(at+1, len(text)):]...)...)
				}
			}
			taken := ours.Valid(string(text))
			if (theirs.Validate(string(text)) == nil) != taken && !(signed(format, string(text)) && !taken) {
				t.Errorf("%s: %q is taken: %t, not so by the oracle", format, string(text), taken)
			}
			if taken {
				of++
			} else {
				not++
			}
		}
		if of < 100 || not < 100 {
			t.Errorf("%s: %d texts are of it, %d are not", format, of, not)
		}
	}
}

func TestFormatsAreAboutTextsOnly(t *testing.T) {
	for format := range formats {
		if s := compile(t, `{"format": "`+format+`"}`); !s.Valid(json.Number("1")) || !s.Valid([]any{}) || !s.Valid(nil) {
			t.Errorf("%s refuses what is no text", format)
		}
	}
	for text, format := range map[string]string{"+1.2.3.4": "ipv4", "+1:00:00Z": "time", "00:00:00+-1:00": "time"} {
		if compile(t, `{"format": "`+format+`"}`).Valid(text) {
			t.Errorf("%s is taken for %s", text, format)
		}
	}
}
