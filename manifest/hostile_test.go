package manifest

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// What one Check of a hostile file may cost, the trials of its fixes included.
const (
	hostileTime   = time.Second
	hostileMemory = 128 << 20
)

func TestHostileSyntaxStaysCheap(t *testing.T) {
	if underRace {
		t.Skip("how long something takes says nothing under the race detector")
	}
	fill := func(unit string) string { return strings.Repeat(unit, MaxSize/len(unit)) }
	inside := func(before, unit, after string) string {
		return before + strings.Repeat(unit, (MaxSize-len(before)-len(after))/len(unit)) + after
	}
	tests := []struct{ name, text string }{
		{"opening brackets", fill("[")}, {"opening braces", fill(`{"a":`)}, {"closers", fill("}")}, {"wrong closers", inside("{", "]", "}")},
		{"double quotes", fill(`"`)}, {"single quotes", fill("'")}, {"typographic quotes", fill("“")}, {"backticks", fill("`")},
		{"comments that end", fill("/**/")}, {"comments without an end", fill("/*")}, {"comments of a line", fill("#\n")},
		{"backslashes", fill(`\`)}, {"backslashes in a text", inside(`{"a":"`, `\`, `"}`)}, {"wrong escapes in a text", inside(`{"a":"C:`, `\q`, `"}`)}, {"half surrogates", inside(`{"a":"`, `\ud800`, `"}`)},
		{"bytes that are not UTF-8", fill("\xff")}, {"some bytes that are not UTF-8", inside(`{"a":"`, "\xe9a", `"}`)}, {"UTF-16", fill("{\x00")},
		{"commas", fill(",")}, {"commas in a list", inside("[", ",", "]")}, {"colons", fill(":")}, {"colons in an object", inside(`{"a"`, ":", "}")},
		{"control characters", inside(`{"a":"`, "\t\x01", `"}`)}, {"line breaks in a text", inside(`{"a":"`, "a\n", `"}`)}, {"empty lines in a text", inside(`{"a":"`, "\n", `"}`)},
		{"strange spaces", fill("\u00a0")}, {"strange spaces apart", inside("[", "\u00a01,", "1]")}, {"spaces", fill(" ")},
		{"nested 10,000 deep", strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)},
		{"words", fill("a ")}, {"one word", fill("a")}, {"keys", inside("{", "a:1,", "}")}, {"texts without commas", inside("[", `"a" `, "]")}, {"keys without commas", inside("{", `"a":1 `, "}")},
		{"numbers with commas", inside("{", `"a":1,000,`, "}")}, {"products", inside(`{"a":1`, "*1", "}")}, {"a long wrong number", inside(`{"a":0`, "0", "}")},
		{"marks of a merge", fill("<<<<<<< a\n")}, {"sides of a merge", fill("=======\n")}, {"merges", inside("{", "\n<<<<<<< a\n=======\n>>>>>>> b\n", "}")},
		{"a key without an end", inside(`{"`, "a", "")}, {"texts without an end", inside("[", "\"a\n", "]")}, {"lost quotes", inside("[", `"a, b", `, "]")}, {"inner quotes", inside(`{"a":"`, `a"b`, `"}`)},
		{"objects in one line", inside("[", "{},", "{}]")}, {"objects left unclosed", inside("[", "{\"a\":1\n", "]")}, {"a module", inside("module.exports = {", "a:1,", "}")},
		{"equal keys", inside("{", `"a":[],`, `"a":[]}`)}, {"escaped U+0000", inside(`{"a":"`, `\u0000`, `"}`)}, {"texts with U+0000", inside(`{"a":["`, `\u0000","`, `"]}`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := plugin(tt.text)
			var took time.Duration
			for range 3 { // other work on the machine may slow down one of them
				runtime.GC()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				start := time.Now()
				r := Check(fsys, Options{})
				took = time.Since(start)
				runtime.ReadMemStats(&after)
				if r.OK || len(r.Findings) == 0 || len(r.Findings) > maxFindings+1 {
					t.Fatalf("%d findings", len(r.Findings))
				}
				if n := after.TotalAlloc - before.TotalAlloc; n > hostileMemory {
					t.Fatalf("%d MiB were allocated", n>>20)
				}
				if took < hostileTime {
					return
				}
			}
			t.Errorf("it took %s", took)
		})
	}
}
