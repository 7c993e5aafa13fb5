package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/scaffold"
)

func TestNewSaysEverythingThatIsWrongAtOnce(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want []string // the lines of standard error
	}{
		{"nothing is said", []string{"new"}, []string{
			"netstacks-plugin: NAME: the name is empty",
			"  --description: the description is required",
			"  --author: the author is required",
			"  without a terminal each answer is a flag, and --yes takes the defaults",
		}},
		{"with the defaults", []string{"new", "my-plugin", "--yes"}, []string{
			"netstacks-plugin: --author: the author is required",
			`  its default is git's user.name, which is not set; set it with git config --global user.name "Ada", or give --author "Ada"`,
		}},
		{"missing and bad", []string{
			"new", "Bad", "--template", "cobol", "--capability", "*", "--capability", "Read", "--port", "80", "--database", "--no-database",
		}, []string{
			"netstacks-plugin: NAME: ",
			`  --template: there is no template "cobol"; choose `,
			"  --description: the description is required",
			"  --author: the author is required",
			"  --capability: the wildcard * is refused by the Controller",
			`  --capability: "Read" is not a capability`,
			"  --port: 80 is out of range; the port is 1024 to 65535",
			"  --database and --no-database exclude each other",
			"  without a terminal each answer is a flag",
		}},
		{"bad alone", []string{"new", "my-plugin", "--yes", "--author", "a", "--display-name", strings.Repeat("x", 101)}, []string{
			"netstacks-plugin: --display-name: the display name is 101 characters long; at most 100 are taken",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
			t.Chdir(w.dir)
			code, stdout, stderr := w.run(test.args...)
			if code != 2 || stdout != "" {
				t.Errorf("exit code %d, stdout %q", code, stdout)
			}
			lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
			for i := range max(len(lines), len(test.want)) {
				if i >= len(lines) || i >= len(test.want) || !strings.HasPrefix(lines[i], test.want[i]) {
					t.Fatalf("stderr is\n%swant lines that start with\n%s", stderr, strings.Join(test.want, "\n"))
				}
			}
			if entries, _ := os.ReadDir(w.dir); len(entries) > 0 {
				t.Errorf("something was written: %v", entries)
			}
		})
	}
}

// TestNewInATerminalRefusesBadFlags: the wizard asks for what is missing, but
// what was said on the command line is judged there.
func TestNewInATerminalRefusesBadFlags(t *testing.T) {
	w := newWorld(t)
	s := w.streams(nil, nil)
	s.InTTY, s.OutTTY = true, true
	o := newOptions{streams: s, answers: scaffold.Answers{Template: "cobol", Port: 80}}
	err := runNew(t.Context(), o)
	if err == nil || strings.Count(err.Error(), "\n") != 1 || !strings.Contains(err.Error(), "--template") || !strings.Contains(err.Error(), "--port") {
		t.Errorf("got %v", err)
	}
}

func TestNewMakesAProjectOfEveryTemplate(t *testing.T) {
	for _, template := range scaffold.Templates() {
		for _, name := range append(template.Aliases, template.Name) {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t)
				args := []string{"new", "my-plugin", "--yes", "--author", "Ada", "--template", name, "--json"}
				type result struct {
					Path, Name, Template string
					Files                []struct {
						Path string
						Size int64
					}
					Written bool
				}
				var dry, real result
				for _, run := range []struct {
					args []string
					into *result
				}{{append(args, "--dry-run"), &dry}, {args, &real}} {
					code, stdout, stderr := w.run(run.args...)
					if code != 0 || stderr != "" {
						t.Fatalf("%v: exit code %d, %s", run.args, code, stderr)
					}
					if err := json.Unmarshal([]byte(stdout), run.into); err != nil {
						t.Fatalf("%s: %v", stdout, err)
					}
					if _, err := os.Stat(filepath.Join(w.dir, "my-plugin")); (err == nil) != run.into.Written {
						t.Errorf("%v: it says written: %v, but %v", run.args, run.into.Written, err)
					}
				}
				if real.Path != filepath.Join(w.dir, "my-plugin") || real.Name != "my-plugin" || real.Template != template.Name || len(real.Files) < 5 {
					t.Errorf("it says %+v", real)
				}
				for i, f := range real.Files {
					info, err := os.Stat(filepath.Join(real.Path, f.Path))
					if err != nil || info.Size() != f.Size || dry.Files[i] != f {
						t.Errorf("%s of %d bytes: %v", f.Path, f.Size, err)
					}
				}
			})
		}
	}
}

func TestTemplatesAreHelpedWithAndCompleted(t *testing.T) {
	w := newWorld(t)
	_, help, _ := w.run("new", "--help")
	_, completed, _ := w.run("__complete", "new", "--template", "")
	for _, template := range scaffold.Templates() {
		about := template.Title + ": " + template.Summary
		if !strings.Contains(help, template.Name) || !strings.Contains(help, about) {
			t.Errorf("the help does not tell of %s:\n%s", template.Name, help)
		}
		if !strings.Contains(completed, template.Name+"\t"+about+"\n") {
			t.Errorf("%s is not completed:\n%s", template.Name, completed)
		}
	}
}
