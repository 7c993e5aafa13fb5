package scaffold

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// cargoManifest is what is read of a Cargo.toml.
type cargoManifest struct {
	Package struct {
		Name, Version, Description string
		Authors                    []string
	}
	Dependencies    map[string]any
	DevDependencies map[string]any `toml:"dev-dependencies"`
}

// cargoLock is what is read of a Cargo.lock.
type cargoLock struct{ Package []cargoPackage }

type cargoPackage struct {
	Name, Version, Source, Checksum string
	Dependencies                    []string
}

// randomRustAnswers returns odd answers for a service in Rust.
func randomRustAnswers(r *rand.Rand) Answers {
	a := randomAnswers(r)
	a.Template = "rust"
	return a
}

// Cargo refuses to build with --locked where the lock is not the one it would
// write: whatever the plugin is called, its package stands at the same place.
func TestCargoLockIsThatOfAnyName(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		a := randomRustAnswers(r)
		p := plan(t, a)
		var cargo cargoManifest
		var lock cargoLock
		for file, into := range map[string]any{"Cargo.toml": &cargo, "Cargo.lock": &lock} {
			content, _ := p.Content("service/" + file)
			if err := toml.Unmarshal(content, into); err != nil {
				t.Fatalf("%s of %+v: %v", file, a, err)
			}
		}
		d := newData(a, Template{})
		if pkg := cargo.Package; pkg.Name != d.Package || pkg.Version != Version || pkg.Description != a.Description || !slices.Equal(pkg.Authors, []string{a.Author}) {
			t.Errorf("Cargo.toml holds %+v, want the answers %+v", pkg, a)
		}
		checkCargoLock(t, cargo, lock)
		if t.Failed() {
			t.Fatalf("with the answers %+v", a)
		}
	}
}

// checkCargoLock proves that the lock is sorted, complete and of this package.
func checkCargoLock(t *testing.T, cargo cargoManifest, lock cargoLock) {
	t.Helper()
	if !slices.IsSortedFunc(lock.Package, func(a, b cargoPackage) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the packages of Cargo.lock are not in order")
	}
	locked := map[string]bool{} // by "name", and by "name version"
	for _, pkg := range lock.Package {
		locked[pkg.Name], locked[pkg.Name+" "+pkg.Version] = true, true
	}
	own := 0
	for _, pkg := range lock.Package {
		for _, dependency := range pkg.Dependencies {
			if !locked[dependency] {
				t.Errorf("Cargo.lock lacks %s, which %s needs", dependency, pkg.Name)
			}
		}
		if pkg.Name != cargo.Package.Name {
			if !strings.HasPrefix(pkg.Source, "registry+https://") || pkg.Checksum == "" {
				t.Errorf("Cargo.lock has %s %s from %q with checksum %q", pkg.Name, pkg.Version, pkg.Source, pkg.Checksum)
			}
			continue
		}
		own++
		var needed []string
		for name := range cargo.Dependencies {
			needed = append(needed, name)
		}
		for name := range cargo.DevDependencies {
			needed = append(needed, name)
		}
		slices.Sort(needed)
		if needed = slices.Compact(needed); !slices.Equal(pkg.Dependencies, needed) || pkg.Version != cargo.Package.Version || pkg.Source != "" {
			t.Errorf("Cargo.lock has %+v, want the dependencies %v", pkg, needed)
		}
	}
	if own != 1 {
		t.Errorf("Cargo.lock has the package itself %d times", own)
	}
}

// aboutModule is the part of main.rs that holds free text.
var aboutModule = regexp.MustCompile(`(?s)\nmod about \{\n.*?\n\}\n`)

// Rust refuses some of what Go takes in a literal, such as characters that turn
// the direction of text; so Rust itself reads the answers back.
func TestRustReadsTheAnswers(t *testing.T) {
	rustc := needs.Program(t, "rustc", "rustc")
	var source strings.Builder
	var body []string
	var want []Answers
	r := rand.New(rand.NewPCG(7, 8))
	for round := range 200 {
		a := randomRustAnswers(r)
		main, _ := plan(t, a).Content("service/src/main.rs")
		module := aboutModule.Find(main)
		if module == nil {
			t.Fatalf("main.rs has no module about:\n%s", main)
		}
		fmt.Fprintf(&source, "mod round%d {%s\npub const ALL: [&str; 3] = [about::TITLE, about::DESCRIPTION, about::AUTHOR];\n}\n", round, module)
		body, want = append(body, fmt.Sprintf("round%d::ALL", round)), append(want, a)
	}
	source.WriteString("fn main() {\nfor text in [" + strings.Join(body, ", ") + "].concat() {\n" +
		"println!(\"{}\", text.bytes().map(|byte| format!(\"{byte:02x}\")).collect::<String>());\n}\n}\n")

	dir := t.TempDir()
	file, program := filepath.Join(dir, "answers.rs"), filepath.Join(dir, "answers")
	if err := os.WriteFile(file, []byte(source.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(rustc, "--edition", "2021", "-o", program, file).CombinedOutput(); err != nil {
		t.Fatalf("rustc: %v\n%s", err, out)
	}
	out, err := exec.Command(program).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != 3*len(want) {
		t.Fatalf("%d texts, want three for each of %d services", len(lines), len(want))
	}
	for i, a := range want {
		for j, text := range []string{a.DisplayName, a.Description, a.Author} {
			if read, err := hex.DecodeString(lines[3*i+j]); err != nil || string(read) != text {
				t.Errorf("Rust reads %q, want %q", read, text)
			}
		}
	}
}

// A name of any length and answers of any kind leave the project as its
// formatter writes it, which also proves that all of it is Rust.
func TestRustProjectsOfAnyAnswersAreFormatted(t *testing.T) {
	rustfmt := needs.Program(t, "rustfmt", "rustfmt")
	args := []string{"--check", "--edition", "2024"}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(9, 10))
	for round := range 12 {
		a := randomRustAnswers(r)
		a.Database = round%2 == 0
		if round < 4 {
			a.Name = [...]string{"abc", strings.Repeat("a", 50)}[round/2]
		}
		for _, f := range plan(t, a).Files {
			if path.Ext(f.Path) != ".rs" {
				continue
			}
			file := filepath.Join(dir, fmt.Sprint(round), filepath.FromSlash(f.Path))
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, f.Content, 0o600); err != nil {
				t.Fatal(err)
			}
			// The other files are modules of these, and read with them.
			if f.Path == "service/src/main.rs" || strings.HasPrefix(f.Path, "service/tests/") {
				args = append(args, file)
			}
		}
	}
	if out, err := exec.Command(rustfmt, args...).CombinedOutput(); err != nil {
		t.Errorf("rustfmt: %v\n%s", err, out)
	}
}
