package panel

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/manifest"
)

// terminal.js: the Terminal's rules, run by a real JavaScript engine. Each
// line of input is one case, each line of output its result.
const terminalJS = `
const out = [];
for (const line of require('fs').readFileSync(0, 'utf8').trim().split('\n')) {
  const c = JSON.parse(line);
  try {
    if (c.bytes !== undefined) { out.push(new TextDecoder().decode(Buffer.from(c.bytes, 'hex'))); continue; }
    const body = JSON.parse(c.doc);
    if (c.one) { out.push([String(body), JSON.stringify(body) ?? 'undefined']); continue; }
    const rows = Array.isArray(body) ? body
      : body !== null && typeof body === 'object' && Array.isArray(body.data) ? body.data : [];
    const columns = c.columns ?? (rows.length === 0 || rows[0] === null ? [] :
      Object.keys(rows[0]).map(key => ({key, label: key.charAt(0).toUpperCase() + key.slice(1).replace(/_/g, ' ')})));
    const own = (row, key) => row === null || !Object.hasOwn(Object(row), key) ? undefined : row[key];
    const cell = v => v === null || v === undefined ? '-' : typeof v === 'object' ? JSON.stringify(v) : String(v);
    out.push({columns, rows: rows.map(row => ({
      id: own(row, 'id') ? String(row.id) : '', cells: columns.map(col => cell(own(row, col.key)))}))});
  } catch (e) { out.push({bad: true}); }
}
process.stdout.write(JSON.stringify(out));
`

// inNode runs the cases through node and decodes the results into out.
func inNode(t *testing.T, cases []any, out any) {
	t.Helper()
	node := machine.Program(t, "node", "nodejs")
	var in bytes.Buffer
	for _, c := range cases {
		line, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.CommandContext(t.Context(), node, "-e", terminalJS)
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	got, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.String())
	}
	if err := json.Unmarshal(got, out); err != nil {
		t.Fatal(err)
	}
}

type docCase struct {
	Doc     string            `json:"doc"`
	One     bool              `json:"one,omitempty"`
	Columns []manifest.Column `json:"columns,omitempty"`
}

func TestValuesPrintAsInJavaScript(t *testing.T) {
	docs := []string{
		"1e21", "1e-7", "0.000001", "100000000000000000000", "-0", "12345678901234567890", "1.0", "0.1", "1e400", "-1e400",
		"5e-324", "1.7976931348623157e308", "123e-20", "9007199254740993", "1E5", "1e+5", "-1.5e-10", "999999999999999999999",
		"4.35", "0.1e1", "true", "false", "null", `""`, `"-"`, "[]", "{}", "[null]", "[1e400,-0]",
		`"\ud800"`, `"\udc00\ud800"`, `"\ud83d\ude00"`, `"\ud83d\ud83d\ude00"`, `["\ud800","\uDFFF"]`, `{"\ud800":1}`,
		`"\u0000\u001f\b\f\n\r\t\"\\\/"`, `["\u0000\u001f\b\f\n\r\t\"\\\/\u007f\u2028\u2029<>&'"]`,
		`{"b":1,"a":2,"10":3,"9":4,"01":5,"-1":6,"4294967294":7,"4294967295":8,"a":9,"1.5":1}`,
		`{"__proto__":1,"constructor":2}`, `{"":{"":[{}]}}`, `[[[]],[1,[2,[3,null]]]]`,
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		docs = append(docs, randomNumber(r))
	}
	for range 1500 {
		docs = append(docs, randomJSON(r, 3))
	}
	cases := make([]any, len(docs))
	for i, d := range docs {
		cases[i] = docCase{Doc: d, One: true}
	}
	var want [][2]string
	inNode(t, cases, &want)
	for i, d := range docs {
		p := &parser{text: d}
		v, err := p.value(true)
		if err != nil {
			t.Fatalf("%s: %v", d, err)
		}
		if got := v.String(); got != want[i][0] {
			t.Errorf("String(%s) = %q, JavaScript says %q", d, got, want[i][0])
		}
		if got := wellFormed(string(v.appendJSON(nil))); got != want[i][1] {
			t.Errorf("JSON.stringify(%s) = %q, JavaScript says %q", d, got, want[i][1])
		}
	}
}

type terminalTable struct {
	Bad     bool
	Columns []manifest.Column
	Rows    []struct {
		ID    string
		Cells []string
	}
}

func TestTablesAreTheOnesTheTerminalDraws(t *testing.T) {
	docs := []string{
		`[]`, `{}`, `null`, `5`, `"text"`, `{"data":[]}`, `{"data":{}}`, `{"data":[{"a":1}],"data":null}`, `{"data":null,"data":[{"a":1}]}`,
		`{"d\u0061ta":[{"a":1}]}`, `{"items":[{"a":1}]}`, `[null,{"a":1}]`, `[5,{"a":1}]`, `["ab😀","c"]`, `[[1,2],[3]]`,
		`[{"id":0},{"id":""},{"id":false},{"id":"x"},{"id":7},{"id":{}},{"id":[1,null]},{"id":null},{}]`,
		`[{"2":1,"1":2,"some_long_key":3,"ßig":4,"ŉ":5,"😀x_y":6,"ǆ":7,"":8,"_a":9,"éa_b_c":1}]`,
		`[{"a":1,"b":{"z":1,"a":[1.0,"x"]}},{"b":null},true,"s",[9]]`,
		` [ {"a" : 1 } ] `, "\n{\"data\" :\t[ {\"a\":[ ]} ] , \"total\": 1}\r\n",
		// not JSON
		``, `[`, `[1,]`, `{"a":1,}`, `[01]`, `[1.]`, `[.5]`, `[+1]`, `[1e]`, `[-]`, `nul`, `[nan]`, `['a']`, `["\x"]`, `["\u12"]`, "[\"a\nb\"]", `[1] 2`, `{"data":[1],}`,
		`{a:1}`, `[1 2]`, `{"a" 1}`, `[`, `"`, `{"a":`, `[tru]`, "\u00a0[]", `[]x`, `{"a":1 "b":2}`, `["\`, `{,}`, `[,]`,
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 1500 {
		docs = append(docs, randomRows(r))
	}
	for range 1500 { // broken in one place, which often still is JSON
		d := []byte(randomRows(r))
		const bytes = "{}[]\",:\\0123456789.eE+-tfnu \n\t"
		d[r.IntN(len(d))] = bytes[r.IntN(len(bytes))]
		if utf8.Valid(d) {
			docs = append(docs, string(d))
		}
	}
	columnSets := [][]manifest.Column{nil, {{Key: "id", Label: "ID"}, {Key: "length", Label: "Länge"}, {Key: "0"}, {Key: "k1"}}}
	var cases []any
	for _, d := range docs {
		for _, c := range columnSets {
			cases = append(cases, docCase{Doc: d, Columns: c})
		}
	}
	var want []terminalTable
	inNode(t, cases, &want)
	for i, c := range cases {
		compareTable(t, c.(docCase), want[i])
	}
}

func compareTable(t *testing.T, c docCase, want terminalTable) {
	t.Helper()
	got, err := tableOf([]byte(c.Doc), c.Columns)
	if c.Doc == "" {
		want.Bad = false // the Terminal's HTTP client hands an empty body on as an empty text: no rows
	}
	if (err != nil) != want.Bad {
		t.Errorf("%s: error %v, JavaScript fails: %v", c.Doc, err, want.Bad)
		return
	}
	if err != nil {
		return
	}
	if len(got.Rows) != len(want.Rows) || len(got.Rows) > 0 && fmt.Sprint(got.Columns) != fmt.Sprint(want.Columns) {
		t.Errorf("%s: %d rows under %v, want %d under %v", c.Doc, len(got.Rows), got.Columns, len(want.Rows), want.Columns)
		return
	}
	for i, row := range got.Rows {
		if w := want.Rows[i]; row.ID != w.ID || fmt.Sprintf("%q", row.Cells) != fmt.Sprintf("%q", w.Cells) {
			t.Errorf("%s: row %d is %q %q, want %q %q", c.Doc, i, row.ID, row.Cells, w.ID, w.Cells)
		}
		if !json.Valid(row.Raw) {
			t.Errorf("%s: raw row %q is not JSON", c.Doc, row.Raw)
		}
	}
}

func TestEveryLetterGetsTheUpperCaseOfJavaScript(t *testing.T) {
	doc, keys := []byte("[{"), 0
	for r := rune(0x80); r <= 0xFFFF; r++ {
		if r >= 0xD800 && r <= 0xDFFF {
			continue
		}
		if keys++; keys > 1 {
			doc = append(doc, ',')
		}
		doc = append(doc, strconv.QuoteToASCII(string(r))...)
		doc = append(doc, ":1"...)
	}
	text := strings.ReplaceAll(string(append(doc, "}]"...)), `\x`, `\u00`)
	var want []terminalTable
	inNode(t, []any{docCase{Doc: text}}, &want)
	got, err := tableOf([]byte(text), nil)
	if err != nil || len(got.Columns) != keys {
		t.Fatalf("%d columns of %d, error %v", len(got.Columns), keys, err)
	}
	differing := 0
	for i, c := range got.Columns {
		if c != want[0].Columns[i] {
			differing++
			t.Logf("%U: %q, JavaScript says %q", []rune(c.Key), c.Label, want[0].Columns[i].Label)
		}
	}
	// The two carry different editions of Unicode; letters younger than one of them may differ.
	if differing > 20 {
		t.Errorf("%d of %d upper cases differ from JavaScript's", differing, keys)
	}
}

func TestIllFormedUTF8IsReadAsABrowserReadsIt(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	bodies := [][]byte{{0xEF, 0xBB, 0xBF, 'a'}, {0xE2, 0x82}, {0xE2, 0x82, 'x'}, {0xED, 0xA0, 0x80}, {0xF0, 0x9F, 0x98}, {0xC0, 0x80}, {0xF8, 0x88}}
	for range 1000 {
		b := make([]byte, 1+r.IntN(6))
		for i := range b {
			b[i] = []byte{'a', 0x80, 0xBF, 0xC2, 0xE2, 0xED, 0xF0, 0xF4, 0xFF, 0x9F, 0xA0}[r.IntN(11)]
		}
		bodies = append(bodies, b)
	}
	cases := make([]any, len(bodies))
	for i, b := range bodies {
		cases[i] = map[string]string{"bytes": hex.EncodeToString(b)}
	}
	var want []string
	inNode(t, cases, &want)
	for i, b := range bodies {
		if got := string(decodeUTF8(b)); got != want[i] {
			t.Errorf("% x is read as %q, a browser reads %q", b, got, want[i])
		}
	}
}

// randomNumber is a JSON number: any double, or digits as people write them.
func randomNumber(r *rand.Rand) string {
	switch r.IntN(4) {
	case 0:
		f := math.Float64frombits(r.Uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			f = 1
		}
		return strconv.FormatFloat(f, 'g', -1, 64)
	case 1:
		return strconv.FormatInt(r.Int64()>>r.IntN(63), 10)
	case 2:
		return strconv.FormatFloat(float64(r.IntN(100000))/float64(int(1)<<r.IntN(20)), 'f', r.IntN(25), 64)
	}
	return fmt.Sprintf("%d.%de%d", r.IntN(10), r.IntN(1000000), r.IntN(50)-25)
}

func randomString(r *rand.Rand) string {
	pieces := []string{"a", "k1", "é", "漢", "😀", `\ud800`, `\udc01`, `\ud83d\ude00`, `\"`, `\\`, `\/`, `\n`, `\u0000`, `\u001f`, "\u007f", "\u2028", "<", "&", " ", "_", "0", `\u0041`}
	var b strings.Builder
	b.WriteByte('"')
	for range r.IntN(6) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String() + `"`
}

func randomJSON(r *rand.Rand, depth int) string {
	kinds := 7
	if depth == 0 {
		kinds = 5
	}
	switch r.IntN(kinds) {
	case 0:
		return randomNumber(r)
	case 1, 2:
		return randomString(r)
	case 3:
		return []string{"true", "false", "null"}[r.IntN(3)]
	case 4:
		return strconv.Itoa(r.IntN(10))
	case 5:
		return randomList(r, '[', ']', func() string { return randomJSON(r, depth-1) })
	}
	return randomList(r, '{', '}', func() string { return randomKey(r) + ":" + randomJSON(r, depth-1) })
}

// randomKey repeats itself often, and is often a number.
func randomKey(r *rand.Rand) string {
	switch r.IntN(4) {
	case 0:
		return `"` + strconv.Itoa(r.IntN(12)) + `"`
	case 1:
		return []string{`"id"`, `"data"`, `"k1"`, `"some_key"`, `"length"`}[r.IntN(5)]
	case 2:
		return `"k` + strconv.Itoa(r.IntN(40)) + `"`
	}
	return randomString(r)
}

func randomList(r *rand.Rand, open, closing byte, item func() string) string {
	b := []byte{open}
	n := r.IntN(5)
	if r.IntN(10) == 0 {
		n = 40
	}
	for i := range n {
		if i > 0 {
			b = append(b, ',', ' ')
		}
		b = append(b, item()...)
	}
	return string(append(b, closing))
}

func randomRows(r *rand.Rand) string {
	rows := randomList(r, '[', ']', func() string { return randomJSON(r, 2) })
	if r.IntN(2) == 0 {
		return rows
	}
	return `{"total": 1, "data": ` + rows + `, "x": ` + randomJSON(r, 1) + `}`
}
