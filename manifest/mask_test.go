package manifest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestMaskHidesEveryFormOfASecret(t *testing.T) {
	tests := []struct {
		name, secrets, text, want string // secrets as the file has them, parted by a space
	}{
		{"as it stands", `s3same`, `a s3same b`, `a •••••• b`},
		{"one that holds another", `s3sa s3same`, `s3same s3sa`, `•••••• ••••`},
		{"one that holds another, the other way round", `s3same s3sa`, `xs3samey`, `x••••••y`},
		{"two that overlap", `abcdef defghi`, `xabcdefghiy`, `x•••••••••y`},
		{"one that repeats itself", `abab`, `ababab`, `••••••`},
		{"with escapes, as the file has it", `p\u00e4ss\"w`, `"p\u00e4ss\"w"`, `"••••••••••••"`},
		{"with escapes, decoded", `p\u00e4ss\"w`, `it is päss"w`, `it is ••••••`},
		{"with escapes, quoted", `p\u00e4ss\"w`, `it is "päss\"w"`, `it is "•••••••"`},
		{"with escapes, quoted by Go", `a\u0007bcd`, `"a\abcd"`, `"••••••"`},
		{"with a line break", `ab\ncd`, "ab\ncd ab\\ncd", "••••• ••••••"},
		{"with spaces that were joined", `ab\t\tcd`, `ab cd`, `•••••`},
		{"that cannot be printed", `ab\u0007cd`, harmless("ab\acd"), `•••••`},
		{"cut in its middle", `0123456789abcdef`, `the text "0123…cdef"`, `the text "••••…••••"`},
		{"cut at its end", `0123456789abcdef`, `the text "a 0123456…"`, `the text "a •••••••…"`},
		{"cut at its start", `0123456789abcdef`, `the text "…9abcdef b"`, `the text "…••••••• b"`},
		{"cut in the middle of another", `0123456789abcdef 456789xyz`, `0123456789…`, `••••••••••…`},
		{"nothing else around an ellipsis", `0123456789abcdef`, `head…tail 01…ef`, `head…tail 01…ef`},
		{"with its quotes", `"abc"`, `abc "abc" abcd`, `abc ••••• abcd`},
		{"too short", `abc`, `abc`, `abc`},
		{"not UTF-8 around it", `s3same`, "\xffs3same\xff", "\xff••••••\xff"},
		{"none", ``, `abc`, `abc`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var issues []issue
			for _, secret := range strings.Fields(tt.secrets) {
				issues = append(issues, issue{secret: secret})
			}
			r := Report{mask: masks(issues)}
			got := r.Mask(tt.text)
			if got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.text, got, tt.want)
			}
			if again := r.Mask(got); again != got {
				t.Errorf("masked again it is %q", again)
			}
		})
	}
}

func TestEverythingIsHiddenWhereThereAreTooManySecrets(t *testing.T) {
	var issues []issue
	for i := range maxSecrets {
		issues = append(issues, issue{secret: fmt.Sprintf("secret%d", i)})
	}
	if got := masks(issues).Replace("any text\n"); got != "••• ••••\n" {
		t.Errorf("the text is %q", got)
	}
}

// saidBy is all that a report says: its JSON, and the lines of its findings.
func saidBy(t *testing.T, r Report) string {
	t.Helper()
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		out.WriteString(r.Line(f.File, f.Line) + "\n")
		out.WriteString(f.Message + "\n" + f.Found + "\n" + f.Allowed + "\n")
		for _, fix := range f.Fixes {
			out.WriteString(fix.Title + "\n")
			for _, e := range fix.Edits {
				out.WriteString(e.New + "\n")
			}
		}
	}
	for _, c := range append(r.Checks, r.Extra...) {
		out.WriteString(c.Label + "\n" + c.Detail + "\n")
	}
	return out.String()
}

func TestNoReportShowsASecret(t *testing.T) {
	const password = "s3same-0pen"
	base := complete(t)
	at := func(old, new string) string { return strings.Replace(base, old, new, 1) }
	tests := []struct{ name, text, secret string }{
		{"beside other findings", strings.NewReplacer(descriptionText, fakeGitHub, `"port": 8080`, `"port": 80`).Replace(base), fakeGitHub},
		{"as the name", at(`"name": "notice"`, `"name": "`+fakeGitHub+`"`), fakeGitHub},
		{"as the version", at(`"version": "1.0.0"`, `"version": "`+fakeGitHub+`"`), fakeGitHub},
		{"as the port", at(`"port": 8080`, `"port": "`+fakeJWT+`"`), fakeJWT},
		{"in the image", at(`netstacks-plugin-notice:1.0.0`, `https://u:`+password+`@ghcr.io/a b`), password},
		{"in a capability", at(`"invoke_llm"`, `"`+fakeAWS+`"`), fakeAWS},
		{"in an endpoint", at(`"/admin/sources"`, `"http://u:`+password+`@localhost/x"`), password},
		{"in a field that nobody knows", at(`"author": "Zoë Müller"`, `"authr": "`+fakeGitHub+`"`), fakeGitHub},
		{"as the directory of migrations", at(`"migrations_dir": "migrations"`, `"migrations_dir": "`+fakeGitHub+`"`), fakeGitHub},
		{"as the type of a setting", at(`"type": "integer"`, `"type": "`+fakeGitHub+`"`), fakeGitHub},
		{"in a reference", at(`"minimum": 60`, `"not": { "$ref": "`+"http://u:"+password+"@localhost/x"+`" }`), password},
		{"in a default that breaks its rules", at(`"default": 300`, `"default": "`+fakeGitHub+`"`), fakeGitHub},
		{"in a choice", at(`"critical", "warning", "info"`, `"`+fakeGitHub+`", "a"`), fakeGitHub},
		{"as a default of a sensitive setting that breaks its rules", at(windowSetting, `{ "type": "string", "enum": ["a"], "sensitive": true, "default": "`+password+`" }`), password},
		{"as a short default of a sensitive setting", at(windowSetting, `{ "type": "string", "minLength": 8, "sensitive": true, "default": "s3sam" }`), `"s3sam"`},
		{"in a long text", at(descriptionText, strings.Repeat("long ", 120)+fakeJWT+strings.Repeat(" text", 120)), fakeJWT},
		{"cut by a long text", at(`"critical"`, `"`+strings.Repeat("a", 20)+" "+fakeGitHub+" "+strings.Repeat("b", 60)+`\u0000"`), fakeGitHub},
		{"behind escapes", at(`"notice"`, `"\u0041 \"`+fakeGitHub+`\u0000"`), fakeGitHub},
		{"twice, once inside another", at(descriptionText, `http://u:x`+password+`y@a http://u:`+password+`@b http://u:`+password[4:]+`z@c`), password},
		{"in a manifest that is broken", at(`"port": 8080,`, `"port": 8080, "token": "`+fakeGitHub+`" port`), fakeGitHub},
		{"in a manifest that is a list", `["http://u:` + password + `@localhost"]`, password},
		{"without quotes", at(`"notice"`, fakeGitHub), fakeGitHub},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := plugin(tt.text)
			r := Check(fsys, Options{})
			if len(r.Findings) == 0 || !strings.Contains(tt.text, tt.secret) {
				t.Fatal("there is nothing to find")
			}
			text := saidBy(t, r) + saidBy(t, Check(fsys, Options{ChecksOnly: true}))
			// Neither the whole of it, nor most of it, nor a head or tail that is left of it.
			for _, part := range []string{tt.secret, tt.secret[:len(tt.secret)*2/3], tt.secret[len(tt.secret)/3:]} {
				if i := strings.Index(text, part); i >= 0 {
					t.Errorf("%q is shown: %s", part, text[max(0, i-100):min(len(text), i+100)])
				}
			}
			if !strings.Contains(text, "•") {
				t.Error("nothing is hidden")
			}
		})
	}
}

func TestTheCorpusOfSecretsShowsNone(t *testing.T) {
	secrets := []string{fakeGitHub, fakeAWS, fakeJWT, inJSON, "s3same", "correct horse", "changeme"}
	for _, d := range secretDeviations {
		if d.want == "" {
			continue
		}
		text := saidBy(t, Check(plugin(strings.Replace(complete(t), d.old, d.new, 1)), Options{}))
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q is shown", d.name, secret)
			}
		}
	}
}

func TestNoRepairShowsASecret(t *testing.T) {
	for _, d := range secretDeviations {
		if d.want == "" {
			continue
		}
		r := Repair(plugin(strings.Replace(complete(t), d.old, d.new, 1)), Options{}, true)
		text := saidBy(t, r.Report)
		for _, a := range r.Applied {
			text += fmt.Sprintln(a.Finding.Message, a.Finding.Found, a.Finding.Allowed, a.Fix.Title)
		}
		for _, c := range r.Changes {
			text += r.Mask(string(c.Before)) + r.Mask(string(c.After))
		}
		for _, secret := range []string{fakeGitHub, fakeAWS, fakeJWT, inJSON, "s3same", "correct horse", "changeme"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q is shown", d.name, secret)
			}
		}
	}
}
