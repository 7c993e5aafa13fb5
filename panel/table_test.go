package panel

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"
)

func FuzzAnyBodyMakesATableOrAnError(f *testing.F) {
	for _, seed := range []string{`{"data":[{"a":1}]}`, `[{"\ud800":"\ud83d\ude00","1":-0e5}]`, "\xef\xbb\xbf[\xff]", `{"data":[1],"data":{}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		table, err := tableOf(body, nil)
		var limit *LimitError
		if plain := len(bytes.TrimSpace(body)) > 0 && utf8.Valid(body) && !bytes.HasPrefix(body, []byte("\ufeff")); plain && !errors.As(err, &limit) {
			if valid := json.Valid(body); valid != (err == nil) {
				t.Fatalf("%q: JSON is %t, error %v", body, valid, err)
			}
		}
		if err != nil {
			return
		}
		for _, r := range table.Rows {
			if len(r.Cells) != len(table.Columns) || !json.Valid(r.Raw) {
				t.Fatalf("%q: row %+v under %d columns", body, r, len(table.Columns))
			}
			for _, c := range r.Cells {
				if !utf8.ValidString(c) {
					t.Fatalf("%q: cell %q is not UTF-8", body, c)
				}
			}
		}
	})
}
