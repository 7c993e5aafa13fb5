package manifest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// What a settings_schema refers to is the author's word: to follow it would
// let a manifest make its reader open files and addresses.
func TestNothingASettingsSchemaNamesIsOpenedOrFetched(t *testing.T) {
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		_, _ = w.Write([]byte(`{"type": "string"}`))
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(file, []byte(`{"type": "string"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{server.URL + "/schema.json", server.URL + "/schema.json#/a", "file://" + filepath.ToSlash(file), "schema.json", "//" + server.Listener.Addr().String()} {
		for keyword, refused := range map[string]bool{
			`"$ref": "` + ref + `"`:                               true,
			`"$id": "` + server.URL + `/", "$ref": "` + ref + `"`: !strings.HasPrefix(ref, "schema"),
			`"$schema": "` + ref + `"`:                            false,
		} {
			text := strings.Replace(complete(t), `"minimum": 60`, `"not": { `+keyword+` }`, 1)
			r := Check(plugin(text), Options{})
			if strings.Contains(places(r.Findings), ruleSettingsRef) != refused {
				t.Errorf("%s: findings %+v", keyword, r.Findings)
			}
		}
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests were made", n)
	}
}

func TestPatternsAreRefusedOnlyWhenEveryDialectRefusesThem(t *testing.T) {
	for _, pattern := range []string{"", "^a$", "(?=a)", "(?<=a)b", "(?<!a)b", "(?!a)*", "(?<n>a)", "[]", "[^]", `\cX`, `(a)\1`, "a{2000}", `\u00e9`, `[a-\d]`, "a++", "(?>a)", "x{,3}", "[(]"} {
		if err := patternProblem(pattern); err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
	}
	for _, pattern := range []string{"(", "a)", "(a", "[a", "*a", "a|*", "+", `\`, "(?:a"} {
		if patternProblem(pattern) == nil {
			t.Errorf("%s is taken", pattern)
		}
	}
}
