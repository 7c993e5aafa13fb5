package studio

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// watched is a session that follows a fresh plugin's folder.
type watched struct {
	*Session
	t      *testing.T
	dir    string
	path   string // of the manifest
	good   []byte // its content when it was made
	events <-chan Event
	seen   []Snapshot // after every check
}

// watchProject opens the plugin that at stands for; prepare may change it first.
func watchProject(t *testing.T, prepare func(dir string) (at string)) *watched {
	t.Helper()
	dir := project(t)
	good, err := os.ReadFile(filepath.Join(dir, manifest.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if prepare != nil {
		dir = prepare(dir)
	}
	s := open(t, Options{Dir: dir, Engine: nobody(t), Watch: true})
	events, unsubscribe := s.Subscribe(100)
	t.Cleanup(unsubscribe)
	return &watched{Session: s, t: t, dir: dir, path: filepath.Join(dir, manifest.FileName), good: good, events: events}
}

// port is the manifest with another port, and with it one finding or none.
func (w *watched) port(n string) []byte {
	return bytes.Replace(w.good, []byte(`"port": 8080`), []byte(`"port": `+n), 1)
}

// until waits until the state satisfies done.
func (w *watched) until(what string, done func(Snapshot) bool) Snapshot {
	w.t.Helper()
	timeout := time.After(10 * time.Second)
	for sn := w.Snapshot(); !done(sn); sn = w.Snapshot() {
		select {
		case e := <-w.events:
			w.saw(e)
		case <-timeout:
			w.t.Fatalf("never seen: %s; the findings are %+v", what, sn.Manifest.Report.Findings)
		}
	}
	return w.Snapshot()
}

func (w *watched) saw(e Event) {
	if e.Kind != KindManifest {
		return
	}
	// A check whose fixes take long to try is told twice.
	sn, last := w.Snapshot(), len(w.seen)-1
	if last < 0 || sn.Manifest.Report.Document == nil || sn.Manifest.Report.Document != w.seen[last].Manifest.Report.Document {
		w.seen = append(w.seen, sn)
	}
}

// checks returns how many checks there were until none came for a while.
func (w *watched) checks() int {
	w.t.Helper()
	for quiet := time.NewTimer(5 * debounce); ; quiet.Reset(5 * debounce) {
		select {
		case e := <-w.events:
			w.saw(e)
		case <-quiet.C:
			return len(w.seen)
		}
	}
}

func (w *watched) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// saves are the ways in which editors and programs save a file.
var saves = []struct {
	name string
	save func(path string, data []byte) error
}{
	{"written in place", func(path string, data []byte) error { return os.WriteFile(path, data, 0o644) }},
	{"written and renamed", func(path string, data []byte) error {
		return errors.Join(os.WriteFile(path+".tmp", data, 0o644), os.Rename(path+".tmp", path))
	}},
	{"vim: probes the folder, moves the file away, writes it anew, removes the backup", func(path string, data []byte) error {
		probe := filepath.Join(filepath.Dir(path), "4913")
		return errors.Join(
			os.WriteFile(probe, nil, 0o644), os.Remove(probe), os.Rename(path, path+"~"),
			os.WriteFile(path, data, 0o644), os.Chmod(path, 0o644), os.Remove(path+"~"),
		)
	}},
	{"Emacs: moves the file away and keeps the backup", func(path string, data []byte) error {
		return errors.Join(os.Rename(path, path+"~"), os.WriteFile(path, data, 0o644))
	}},
	{"JetBrains: swaps two files", func(path string, data []byte) error {
		return errors.Join(
			os.WriteFile(path+"___jb_tmp___", data, 0o644), os.Rename(path, path+"___jb_old___"),
			os.Rename(path+"___jb_tmp___", path), os.Remove(path+"___jb_old___"),
		)
	}},
	{"git: removes and creates", func(path string, data []byte) error {
		return errors.Join(os.Remove(path), os.WriteFile(path, data, 0o644))
	}},
	{"in small pieces", func(path string, data []byte) error {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		for len(data) > 0 && err == nil {
			n := min(len(data), 100)
			_, err = f.Write(data[:n])
			data = data[n:]
		}
		return errors.Join(err, f.Close())
	}},
}

// checkedOnce fails when a save of the manifest with another port leads to more
// checks than one. On a machine so busy that the parts of a save come further
// apart than the watch waits, it is tried again.
func (w *watched) checkedOnce(t *testing.T, save func(port string) error) {
	t.Helper()
	n := 0
	for try := range 5 {
		port := fmt.Sprint(100 + 10*len(w.seen) + try)
		before := len(w.seen)
		w.must(save(port))
		w.until("port "+port, func(sn Snapshot) bool {
			return slices.ContainsFunc(sn.Manifest.Report.Findings, func(f manifest.Finding) bool {
				return strings.Contains(f.Message, "port is "+port)
			})
		})
		if n = w.checks() - before; n == 1 {
			return
		}
	}
	t.Errorf("%d checks of one save", n)
}

func TestEverySaveIsCheckedOnce(t *testing.T) {
	t.Parallel()
	w := watchProject(t, nil)
	for _, s := range saves {
		t.Run(s.name, func(t *testing.T) {
			w.t = t
			w.checkedOnce(t, func(port string) error { return s.save(w.path, w.port(port)) })
		})
	}
}

func TestWhatCannotMatterIsNotChecked(t *testing.T) {
	t.Parallel()
	w := watchProject(t, func(dir string) string {
		for _, name := range []string{".git", "node_modules/left-pad", "service/__pycache__"} {
			if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	})
	for _, name := range []string{".git/index", "node_modules/left-pad/index.js", "service/__pycache__/main.pyc", "watch-me-1.0.0.nspkg", ".manifest.json.swp", "4913"} {
		write(t, w.dir, name, "anything")
	}
	now := time.Now()
	w.must(os.WriteFile(w.path, w.good, 0o644)) // a save that changes nothing
	w.must(os.Chtimes(w.path, now, now))
	if n := w.checks(); n != 0 {
		t.Errorf("%d checks, want none", n)
	}
	write(t, w.dir, "service/Dockerfile", "FROM python:3.12-slim\n")
	w.until("a file that matters", func(Snapshot) bool { return len(w.seen) > 0 })
}

func TestASaveThatCompletesInTimeNeverShowsItsHalf(t *testing.T) {
	t.Parallel()
	w := watchProject(t, nil)
	for try := range 20 {
		port := []string{"8081", "8082"}[try%2]
		before := len(w.seen)
		began := time.Now()
		w.must(os.WriteFile(w.path, nil, 0o644))
		w.must(os.WriteFile(w.path, w.good[:len(w.good)/2], 0o644))
		w.must(os.WriteFile(w.path, w.port(port), 0o644))
		if took := time.Since(began); took >= debounce/2 {
			t.Logf("writing took %s, which proves nothing", took)
			w.checks()
			continue
		}
		w.until("port "+port, func(sn Snapshot) bool { m := sn.Manifest.Report.Manifest; return m != nil && m.Port != 8080 })
		for _, sn := range w.seen[before:] {
			if !sn.Manifest.Report.OK {
				t.Errorf("seen meanwhile: %s", firstComplaint(sn.Manifest.Report))
			}
		}
	}
}

func TestTheLastWholeManifestOutlivesWhatIsWrongNow(t *testing.T) {
	t.Parallel()
	w := watchProject(t, nil)
	for _, step := range []struct {
		name string
		act  func() error
		lost bool
	}{
		{"cut off", func() error { return os.WriteFile(w.path, w.good[:len(w.good)/2], 0o644) }, true},
		{"empty", func() error { return os.WriteFile(w.path, nil, 0o644) }, true},
		{"missing", func() error { return os.Remove(w.path) }, true},
		{"a folder", func() error { return os.Mkdir(w.path, 0o755) }, true},
		{"not JSON, but whole", func() error {
			return errors.Join(os.Remove(w.path), os.WriteFile(w.path, bytes.Replace(w.good, []byte(","), []byte(",,"), 1), 0o644))
		}, false},
	} {
		before := len(w.seen)
		w.must(step.act())
		sn := w.until(step.name, func(sn Snapshot) bool { return len(w.seen) > before && sn.Manifest.Lost() == step.lost })
		if sn.Manifest.Good == nil || len(sn.Panels) != 1 || sn.Manifest.Report.OK {
			t.Errorf("%s: good %v, panels %d, OK %t", step.name, sn.Manifest.Good, len(sn.Panels), sn.Manifest.Report.OK)
		}
		if whole := sn.Manifest.Whole; whole == nil || step.lost && !bytes.Equal(whole.Source, w.good) || whole.Lines(manifest.FileName) == 0 {
			t.Errorf("%s: the last whole manifest is lost: %+v", step.name, whole)
		}
		w.checks()
	}
}

func TestTheProjectsFolderMayGoAndComeBack(t *testing.T) {
	t.Parallel()
	away := func(dir string) string { return filepath.Join(filepath.Dir(dir), "away") }
	copyBack := func(dir string) error { return os.CopyFS(dir, os.DirFS(away(dir))) }
	for _, c := range []struct {
		name        string
		prepare     func(t *testing.T, dir string) string
		leave, back func(dir string) error
	}{
		{"renamed", nil, func(dir string) error { return os.Rename(dir, away(dir)) }, func(dir string) error { return os.Rename(away(dir), dir) }},
		{"deleted and made anew", nil, func(dir string) error {
			return errors.Join(os.CopyFS(away(dir), os.DirFS(dir)), os.RemoveAll(dir))
		}, copyBack},
		{"a folder above it renamed", nil, func(dir string) error { return os.Rename(filepath.Dir(dir), filepath.Dir(dir)+"-away") },
			func(dir string) error { return os.Rename(filepath.Dir(dir)+"-away", filepath.Dir(dir)) }},
		{"a link that comes back leading to another folder", func(t *testing.T, dir string) string {
			at := filepath.Join(t.TempDir(), "link")
			link(t, dir, at)
			return at
		}, func(dir string) error {
			return errors.Join(os.CopyFS(away(dir), os.DirFS(dir)), os.Remove(dir))
		}, func(dir string) error { return os.Symlink(away(dir), dir) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := watchProject(t, func(dir string) string {
				if c.prepare != nil {
					return c.prepare(t, dir)
				}
				return dir
			})
			w.must(c.leave(w.dir))
			sn := w.until("gone", func(sn Snapshot) bool { return sn.Gone })
			if sn.Manifest.Good == nil || sn.Manifest.Whole == nil || len(sn.Panels) != 1 {
				t.Error("the last good state is lost")
			}
			w.must(c.back(w.dir))
			w.until("back", func(sn Snapshot) bool { return !sn.Gone && sn.Manifest.Report.OK })
			w.checks()
			w.must(os.WriteFile(w.path, w.port("80"), 0o644))
			w.until("a save after that", func(sn Snapshot) bool { return strings.Contains(firstComplaint(sn.Manifest.Report), "port is 80") })
			w.must(os.Remove(filepath.Join(w.dir, "service", "Dockerfile")))
			w.until("a change below it", func(sn Snapshot) bool { return !sn.Manifest.Report.Checks[1].OK })
		})
	}
}

func TestLinkedManifestsAreFollowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, dir string) (real string) // moves the manifest away and links to it
	}{
		{"out of the project", func(t *testing.T, dir string) string {
			real := filepath.Join(t.TempDir(), "shared.json")
			move(t, filepath.Join(dir, manifest.FileName), real)
			link(t, real, filepath.Join(dir, manifest.FileName))
			return real
		}},
		{"over two links", func(t *testing.T, dir string) string {
			other := t.TempDir()
			real := filepath.Join(other, "real.json")
			move(t, filepath.Join(dir, manifest.FileName), real)
			link(t, "real.json", filepath.Join(other, "first.json"))
			link(t, filepath.Join(other, "first.json"), filepath.Join(dir, manifest.FileName))
			return real
		}},
		{"into a folder that is not watched", func(t *testing.T, dir string) string {
			if err := os.Mkdir(filepath.Join(dir, "target"), 0o755); err != nil {
				t.Fatal(err)
			}
			real := filepath.Join(dir, "target", "manifest.json")
			move(t, filepath.Join(dir, manifest.FileName), real)
			link(t, filepath.Join("target", "manifest.json"), filepath.Join(dir, manifest.FileName))
			return real
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var real string
			w := watchProject(t, func(dir string) string { real = c.prepare(t, dir); return dir })
			for _, s := range saves[:2] {
				w.checkedOnce(t, func(port string) error { return s.save(real, w.port(port)) })
			}
			w.must(os.Remove(real))
			w.until("the target is gone", func(sn Snapshot) bool { return sn.Manifest.Lost() })
			w.must(os.WriteFile(real, w.good, 0o644))
			w.until("the target is back", func(sn Snapshot) bool { return !sn.Manifest.Lost() && sn.Manifest.Report.Score.Passed == 8 })
		})
	}
}

func TestFoldersThatAppearOrMoveAreFollowed(t *testing.T) {
	t.Parallel()
	w := watchProject(t, func(dir string) string {
		if err := os.RemoveAll(filepath.Join(dir, "migrations")); err != nil {
			t.Fatal(err)
		}
		return dir
	})
	if w.Snapshot().Manifest.Report.OK {
		t.Fatal("the folder is not missed")
	}
	migrations := filepath.Join(w.dir, "migrations")
	count := func(label string) func(Snapshot) bool {
		return func(sn Snapshot) bool {
			return len(sn.Manifest.Report.Extra) == 1 && sn.Manifest.Report.Extra[0].Label == label
		}
	}
	w.must(os.Mkdir(migrations, 0o755))
	w.must(os.WriteFile(filepath.Join(migrations, "001_first.sql"), []byte("CREATE TABLE a (id INT);\n"), 0o644))
	w.until("the first migration", count("Migrations directory has 1 SQL file(s)"))
	w.checks()
	w.must(os.Rename(migrations, migrations+"-away"))
	w.until("the folder is gone", func(sn Snapshot) bool { return !sn.Manifest.Report.Extra[0].OK })
	w.checks()
	w.must(os.Rename(migrations+"-away", migrations))
	w.until("the folder is back", count("Migrations directory has 1 SQL file(s)"))
	w.checks()
	w.must(os.WriteFile(filepath.Join(migrations, "002_second.sql"), []byte("CREATE TABLE b (id INT);\n"), 0o644))
	w.until("a file in the folder that is back", count("Migrations directory has 2 SQL file(s)"))
}

func TestChangesThatNeverSettleAreSeenAllTheSame(t *testing.T) {
	t.Parallel()
	w := watchProject(t, nil)
	w.must(os.WriteFile(w.path, w.port("80"), 0o644))
	log := filepath.Join(w.dir, "service", "service.log")
	tick := time.NewTicker(debounce / 3)
	defer tick.Stop()
	timeout := time.After(10 * time.Second)
	for w.Snapshot().Manifest.Report.OK {
		select {
		case <-tick.C:
			w.must(os.WriteFile(log, []byte(time.Now().String()), 0o644))
		case <-timeout:
			t.Fatal("the change was never looked at")
		}
	}
}

func move(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = errors.Join(os.WriteFile(to, data, 0o644), os.Remove(from))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A package used to be called out of date as soon as it was written: it has no name until it is
// whole, and Linux tells of such a file as "#" and a number.
func TestFilesThatNoWatchMinds(t *testing.T) {
	for name, minded := range map[string]bool{
		"#1234567": false, "service/#89": false, "watch-me-1.0.0.nspkg": false, ".packing-ABC.nspkg": false, "service/main.py~": false, tempPrefix + "12": false,
		"#": true, "#notes": true, "service/#1a": true, "service/main.py": true,
	} {
		if ignored(name) == minded {
			t.Errorf("%s: ignored is %t", name, !minded)
		}
	}
}
