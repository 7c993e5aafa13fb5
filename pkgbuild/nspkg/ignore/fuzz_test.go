package ignore

import (
	"os/exec"
	"path"
	"strings"
	"testing"
	"time"
)

// FuzzIgnore holds whatever a file may say against git: what decides about a path
// is the same line. Where git is missing, it looks for panics and endless searches only.
func FuzzIgnore(f *testing.F) {
	for i, p := range somePatterns {
		f.Add(p+"\n!a*\n", someNames[i%len(someNames)]+"/"+someNames[(i*7)%len(someNames)])
	}
	f.Add(strings.Repeat("*a", 40)+"b", strings.Repeat("a", 200))
	f.Add(strings.Repeat("**/a/", 30)+"b", strings.Repeat("a/", 60)+"c")
	_, missing := exec.LookPath("git")
	var git checker
	if missing == nil {
		git = newChecker(f)
	}
	f.Fuzz(func(t *testing.T, file, name string) {
		if len(file) > 1000 || len(name) > 300 {
			t.Skip()
		}
		start := time.Now()
		ours := decidedByUs(file, name)
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("it took %v", took)
		}
		if missing != nil || !comparable(file, name) {
			return
		}
		if theirs := git.decided(t, file, []string{name})[name]; ours != theirs {
			t.Errorf("%q about %q: git says %q, we say %q", file, name, theirs, ours)
		}
	})
}

// comparable says whether git can be asked: it takes bytes for characters, exponential
// time for many stars, and refuses paths that are none.
func comparable(file, name string) bool {
	if strings.Count(file, "*") > 12 {
		return false
	}
	for _, text := range []string{file, name} {
		for _, c := range []byte(text) {
			if c == 0 || c >= 0x80 {
				return false
			}
		}
	}
	clean := path.Clean(name)
	return clean == name && name != "." && name != ".." && name[0] != '/' && !strings.HasPrefix(name, "../") && !strings.Contains(strings.ToLower(name), ".git") && !strings.HasPrefix(name, ":") && name[0] != '"'
}
