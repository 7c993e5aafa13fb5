package manifest

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// opened counts how often each file is opened.
type opened struct {
	fstest.MapFS
	times map[string]int
}

func (o opened) Open(name string) (fs.File, error) {
	o.times[name]++
	return o.MapFS.Open(name)
}

func sourceNames(p *project) (names string, all bool) {
	list, all := p.files.sources()
	for _, name := range list {
		names += name + "\n"
	}
	return names, all
}

func TestSourcesAreTheTextFilesOfTheService(t *testing.T) {
	text := &fstest.MapFile{Data: []byte("text\n")}
	many := fstest.MapFS{}
	for n := range maxServiceFiles + 1 {
		many[fmt.Sprintf("service/f%03d.py", n)] = text
	}
	large := fstest.MapFS{}
	for n := range maxServiceText/serviceFileLimit + 1 {
		large[fmt.Sprintf("service/f%03d.py", n)] = &fstest.MapFile{Data: []byte(strings.Repeat("x", serviceFileLimit))}
	}
	tests := []struct {
		name  string
		fsys  fstest.MapFS
		names string
		all   bool
	}{
		{name: "none without a service", fsys: fstest.MapFS{}},
		{name: "an empty service", fsys: fstest.MapFS{"service": {Mode: fs.ModeDir}}, all: true},
		{name: "a service that is a file", fsys: fstest.MapFS{"service": text}},
		{
			name:  "files before the directories beside them",
			fsys:  fstest.MapFS{"service/z.py": text, "service/a/b.py": text, "service/a/c/d.py": text, "service/main.py": text, "other.py": text},
			names: "service/main.py\nservice/z.py\nservice/a/b.py\nservice/a/c/d.py\n", all: true,
		},
		{
			name: "without what others wrote or a program made",
			fsys: fstest.MapFS{
				"service/main.py": text, "service/node_modules/a.js": text, "service/web/dist/a.js": text, "service/target/a.rs": text,
				"service/.venv/a.py": text, "service/venv/a.py": text, "service/.git/config": text, "service/vendor/a.go": text, "service/__pycache__/a": text,
			},
			names: "service/main.py\n", all: true,
		},
		{name: "without pictures", fsys: fstest.MapFS{"service/main.py": text, "service/logo.PNG": {Data: []byte("\x89PNG\x00")}}, names: "service/main.py\n", all: true},
		{name: "none where one is no text", fsys: fstest.MapFS{"service/main.py": text, "service/a.so": {Data: []byte("\x7fELF\x00")}}},
		{name: "none where one is too large", fsys: fstest.MapFS{"service/main.py": text, "service/a.py": {Data: make([]byte, serviceFileLimit+1)}}},
		{name: "none where one is a link", fsys: fstest.MapFS{"service/main.py": text, "service/a.py": {Mode: fs.ModeSymlink, Data: []byte("main.py")}}},
		{name: "none where one is a pipe", fsys: fstest.MapFS{"service/main.py": text, "service/a.py": {Mode: fs.ModeNamedPipe}}},
		{name: "none of very many", fsys: many},
		{name: "none of very much", fsys: large},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			names, all := sourceNames(&project{files: newFiles(tt.fsys)})
			if names != tt.names || all != tt.all {
				t.Errorf("sources are\n%sall: %t\nwant\n%sall: %t", names, all, tt.names, tt.all)
			}
		})
	}
}

func TestNoMoreThanTheBoundsIsListedAndNothingBeyondThemIsOpened(t *testing.T) {
	many, much := fstest.MapFS{}, fstest.MapFS{}
	for n := range maxServiceFiles + 1 {
		many[fmt.Sprintf("service/f%03d.py", n)] = &fstest.MapFile{Data: []byte("text\n")}
	}
	for n := range maxServiceText/serviceFileLimit + 1 {
		much[fmt.Sprintf("service/f%03d.py", n)] = &fstest.MapFile{Data: []byte(strings.Repeat("x", serviceFileLimit))}
	}
	for _, test := range []struct {
		name        string
		fsys        fstest.MapFS
		files, fits int
		whole       bool
	}{
		{"very many", many, maxServiceFiles, maxServiceFiles, false},
		{"very much", much, maxServiceText/serviceFileLimit + 1, maxServiceText / serviceFileLimit, true},
	} {
		fsys := opened{test.fsys, map[string]int{}}
		p := &project{files: newFiles(fsys)}
		p.files.sources()
		s, fits := p.files.service(), 0
		for _, file := range s.files {
			if file.fits {
				fits++
			}
			if fsys.times[file.name] > 0 {
				t.Errorf("%s: %s was opened", test.name, file.name)
			}
		}
		if len(s.files) != test.files || fits != test.fits || s.whole != test.whole {
			t.Errorf("%s: %d files, %d fit, whole: %t; want %d, %d, %t", test.name, len(s.files), fits, s.whole, test.files, test.fits, test.whole)
		}
	}
}

func TestSourcesAreReadOnceForAllTrials(t *testing.T) {
	fsys := opened{plugin(strings.Replace(complete(t), `"Bell"`, `"bell"`, 1)), map[string]int{}}
	fsys.MapFS["service/main.py"] = &fstest.MapFile{Data: []byte(bare)}
	r := Check(fsys, Options{})
	if got := places(r.Findings); got != "NSP3023 27:15\nNSP3027 39:23" || len(r.Findings[0].Fixes) == 0 {
		t.Fatalf("found\n%s", got)
	}
	for _, name := range []string{"service/main.py", "migrations/001_initial_schema.sql"} {
		if fsys.times[name] != 1 {
			t.Errorf("%s was opened %d times", name, fsys.times[name])
		}
	}
}

func TestAQuestionIsAskedOfTheFilesAsTheyAreAfterAFix(t *testing.T) {
	fsys := plugin(complete(t))
	p := evaluate(newFiles(fsys))
	has := func(word string) bool {
		found, all := p.anySource("has "+word, func(text []byte) bool { return strings.Contains(string(text), word) })
		if !all {
			t.Error("not all files were asked")
		}
		return found
	}
	if !has("/health") || has("/ready") || !has("SELECT 1") {
		t.Fatal("the sources or the migrations were not asked")
	}
	at := strings.Index(string(fsys["service/main.py"].Data), "/health")
	if _, err := p.files.source("service/main.py", serviceFileLimit); err != nil {
		t.Fatal(err)
	}
	edited, err := p.files.edit([]Edit{{File: "service/main.py", Start: at, End: at + len("/health"), New: "/ready"}})
	if err != nil {
		t.Fatal(err)
	}
	p = evaluate(edited)
	if has("/health") || !has("/ready") {
		t.Error("the answer is that of the files before the fix")
	}
}
