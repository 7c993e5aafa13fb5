package ignore

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

// checker asks git itself.
type checker struct{ dir string }

func newChecker(t testing.TB) checker {
	t.Helper()
	machine.Program(t, "git", "git") // it is what the patterns are held against
	c := checker{dir: t.TempDir()}
	for _, args := range [][]string{{"init", "-q"}, {"config", "core.ignorecase", "false"}, {"config", "core.excludesFile", os.DevNull}} {
		if out, err := c.git(args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v %s", args, err, out)
		}
	}
	return c
}

func (c checker) git(args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	return cmd
}

// decided returns for each path the line of .gitignore that decides, "" when none does.
func (c checker) decided(t testing.TB, file string, paths []string) map[string]string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, ".gitignore"), []byte(file), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := c.git("check-ignore", "--stdin", "-z", "-v", "-n", "--no-index")
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\x00") + "\x00")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !(asExit(err, &exit) && exit.ExitCode() == 1) {
		t.Fatalf("git check-ignore: %v", err)
	}
	got := map[string]string{}
	fields := bytes.Split(out, []byte{0})
	for i := 0; i+3 < len(fields); i += 4 {
		verdict := ""
		if len(fields[i]) > 0 {
			verdict = string(fields[i+1]) + ":" + string(fields[i+2])
		}
		got[string(fields[i+3])] = verdict
	}
	return got
}

func asExit(err error, into **exec.ExitError) bool {
	exit, ok := err.(*exec.ExitError)
	*into = exit
	return ok
}

// decidedByUs is the same through this package: the outermost ignored folder decides.
func decidedByUs(file string, name string) string {
	list := List(Parse(".gitignore", "", []byte(file)))
	parts := strings.Split(name, "/")
	var last *Pattern
	for i := range parts {
		last = list.Decides(strings.Join(parts[:i+1], "/"), i+1 < len(parts))
		if last != nil && !last.Negated {
			break
		}
	}
	if last == nil {
		return ""
	}
	return fmt.Sprintf("%d:%s", last.Line, last.Text)
}

var somePatterns = []string{
	"*.log", "/build", "build/", "**/foo", "foo/**", "a/**/b", "!keep.log", "*.[oa]", "[!a]*.txt", "[^a]*.txt", `\#x`, `\!x`, "#comment", `x\ `, "trail ", "doc/*.txt",
	"/*.c", "foo/", "/foo/*", "!/foo/bar", "**", "*", "?", "a?c", "abc/**/def/**", "**/x/**", "*/y", "[a-c].d", "[]].e", "[[:digit:]]z", `\*s`, `a\b`, `foo\`, "**foo",
	"foo**bar", "a/**b", "/", "!", "//", "foo//bar", "./foo", "../foo", " lead", "tab\t", "*.LOG", "[a-", "a/b/", "!a/b/c", "a[/]b", "?/b", "*/", "**/", "/**", "/**/",
	"foo/**/", `[\]]q`, `x\\y`, "{a,b}", "a+b", "(a)", "^a", "$a", "a.b", "a|b", `x\  `, "[!]", "[]-a]x", `a\*b`, "***", "**/*", "*/**", "[[:alpha:][:digit:]]z", "[[:nope:]]",
	"[!!]x", "[a-]x", "[-a]x", `[\-a]x`, "[[:punct:]]x", "!*/", "!**/bar", "foo/bar/", "/a", "b*", "*b*", "a/*/c", "[[:upper:]]*", "[a-cx-z]", `{`, "a{b", "!foo/", "foo\r",
	"***/a", "a/***/b", "[a/b]x", "[--a]x", "[a", "[[a]x", "[^]]x", "[^]a]x", "*.*", "?*", ".*", "!.keep", "\t", "a b", "a b ", "[ ]x", `\a`, `[a\`, "[[:space:]]lead",
	"a**/b", "**a/b", "foo/*/", "!foo/*/", "/*/y", "**/a/**/b", "a/**/**/b", "**/**", "[b-a]x", "[a-a]x",
	"/foo**", "!/foo**", "a**/**/b", "a**/{", "****", "a/****", "x**/*.log", "x**/", "[a,b]**/x", "a**/b,c", "{**/b", "a,**/b",
}

var someNames = []string{
	"a", "b", "c", "foo", "bar", "build", "keep.log", "x.log", "y.log", "a.o", "b.txt", "a.txt", "#x", "!x", "x ", "trail", "trail ", "doc", "x.c", "abc", "def", "x", "y", "a.d",
	"].e", "5z", "*s", "ab", `a\b`, "foobar", "fooXbar", " lead", "tab", "tab\t", "x.LOG", "aXb", "]q", `x\y`, "{a,b}", "a+b", "(a)", "^a", "$a", "a.b", "a|b", "a*b", "-x", "bx",
	"Az", "ax", "!!x", "]x", "{", "a{b", ".keep", "a b", "[x", "foo\r", `foo\`,
}

func TestPatternsDecideAsGitDoes(t *testing.T) {
	git := newChecker(t)
	random := rand.New(rand.NewPCG(1, 2))
	files := make([]string, 0, 600)
	for _, p := range somePatterns {
		files = append(files, p+"\n", "\xef\xbb\xbf"+p, "x\r\n"+p+"\r\n!a\r\n")
	}
	for len(files) < cap(files) {
		var b strings.Builder
		for range 1 + random.IntN(6) {
			b.WriteString(somePatterns[random.IntN(len(somePatterns))] + "\n")
		}
		files = append(files, b.String())
	}
	wrong := 0
	for _, file := range files {
		paths := make([]string, 150)
		for i := range paths {
			parts := make([]string, 1+random.IntN(4))
			for n := range parts {
				parts[n] = someNames[random.IntN(len(someNames))]
			}
			paths[i] = strings.Join(parts, "/")
		}
		for name, want := range git.decided(t, file, paths) {
			if got := decidedByUs(file, name); got != want && wrong < 40 {
				wrong++
				t.Errorf("%q about %q: git says %q, we say %q", file, name, want, got)
			}
		}
	}
}
