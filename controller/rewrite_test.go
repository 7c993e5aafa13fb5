package controller

import (
	"net/url"
	"strings"
	"testing"
)

func TestCleanPathResolvesDotsAsBrowsersDo(t *testing.T) {
	for path, want := range map[string]string{
		"":                   "",
		"*":                  "*",
		"/a/b":               "/a/b",
		"/a//b/":             "/a//b/",
		"/a/./b":             "/a/b",
		"/a/../b":            "/b",
		"/a/..":              "/",
		"/a/b/..":            "/a/",
		"/a/.":               "/a/",
		"/../../x":           "/x",
		"/a/%2e%2E/b":        "/b",
		"/a/%2E/b":           "/a/b",
		"/a/.%2e/b":          "/b",
		"/a/..%2fb":          "/a/..%2fb",
		"/a/...":             "/a/...",
		"/a/.b":              "/a/.b",
		"/a/%20/../b":        "/a/b",
		"/api/plugins/x/..":  "/api/plugins/",
		"/x/../api/plugins/": "/api/plugins/",
	} {
		if got := cleanPath(path); got != want {
			t.Errorf("%q becomes %q, want %q", path, got, want)
		}
	}
}

func FuzzTheQueryHoldsTheCallersOrganisationOnce(f *testing.F) {
	const org = "e168ceaa-dc72-4742-8f6f-f3a822fa8132"
	for _, q := range []string{"", "a=1", "org_id=x", "%6Frg_id=x&ORG_ID=y", "a;org_id=x", "org_id[]=x", "a=%zz&%zorg_id=1", "+org_id=1", "org_id%00=1", "&&=&;"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got := withOrg(query, org)
		// Read it as servers of many kinds would: by & alone, by ; too, strictly and leniently.
		for name, separators := range map[string]string{"&": "&", "& and ;": "&;"} {
			count := 0
			for _, field := range strings.FieldsFunc(got, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
				key, value, _ := strings.Cut(field, "=")
				if strict, err := url.QueryUnescape(key); err == nil {
					key = strict
				}
				if strings.EqualFold(key, "org_id") {
					count++
					if value != org {
						t.Fatalf("%q becomes %q, whose organisation is %q", query, got, value)
					}
				}
			}
			if count != 1 {
				t.Fatalf("%q becomes %q, with %d organisations when split at %s", query, got, count, name)
			}
		}
		values, _ := url.ParseQuery(got)
		if ids := values["org_id"]; len(ids) != 1 || ids[0] != org {
			t.Fatalf("%q becomes %q, read as %v", query, got, ids)
		}
		if again := withOrg(got, org); again != got {
			t.Fatalf("%q becomes %q and then %q", query, got, again)
		}
	})
}

func FuzzNoPathLeavesItsPlugin(f *testing.F) {
	for _, p := range []string{"/", "/../../internal", "/%2e%2e/..", "/.%2E/%2e./x", "//..//", "/a%2f..%2f.."} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got := cleanPath("/api/plugins/shop" + path)
		for segment := range strings.SplitSeq(got, "/") {
			decoded, err := url.PathUnescape(segment)
			if err == nil && (decoded == "." || decoded == "..") {
				t.Fatalf("%q keeps a dot segment: %q", path, got)
			}
		}
		if !strings.HasPrefix(got, "/") || cleanPath(got) != got {
			t.Fatalf("%q becomes %q and then %q", path, got, cleanPath(got))
		}
		a := attachment{host: "netstacks-plugin-shop:8080"}
		rest, inside := strings.CutPrefix(got, "/api/plugins/shop/")
		if !inside {
			return
		}
		var u url.URL
		a.aim(&u, "/"+rest, "a=1", "org")
		if u.Host != a.host || u.Scheme != "http" || !strings.HasPrefix(u.EscapedPath(), "/") {
			t.Fatalf("%q leads to %s", path, u.String())
		}
	})
}
