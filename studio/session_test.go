package studio

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/scaffold"
)

// nobody is an engine endpoint at which nothing listens.
func nobody(t *testing.T) engine.Options {
	return engine.Options{Host: "unix://" + filepath.Join(t.TempDir(), "nobody.sock"), Getenv: func(string) string { return "" }}
}

// project writes a fresh plugin and returns its folder.
func project(t *testing.T) string {
	t.Helper()
	plan, err := scaffold.NewPlan(scaffold.Answers{
		Name: "watch-me", DisplayName: "Watch Me", Description: "Is watched", Author: "Ada", Template: "python", Database: true, Port: 8080,
	}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Write(); err != nil {
		t.Fatal(err)
	}
	return plan.Dir
}

func open(t *testing.T, o Options) *Session {
	t.Helper()
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// await waits until the session's state satisfies done.
func await(t *testing.T, s *Session, events <-chan Event, what string, done func(Snapshot) bool) Snapshot {
	t.Helper()
	timeout := time.After(10 * time.Second)
	for {
		if sn := s.Snapshot(); done(sn) {
			return sn
		}
		select {
		case <-events:
		case <-timeout:
			t.Fatalf("never seen: %s; the state is %+v", what, s.Snapshot())
		}
	}
}

func TestManifestIsCheckedAsItChangesOnDisk(t *testing.T) {
	dir := project(t)
	s := open(t, Options{Dir: dir, Engine: nobody(t), Watch: true})
	events, unsubscribe := s.Subscribe(100)
	defer unsubscribe()
	path := filepath.Join(dir, manifest.FileName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if sn := s.Snapshot(); !sn.Manifest.Report.OK || sn.Manifest.Good == nil || len(sn.Panels) != 1 {
		t.Fatalf("a fresh plugin is not in order: %+v", sn.Manifest.Report)
	}
	steps := []struct {
		name string
		act  func() error
		ok   bool
	}{
		{"half written in place", func() error { return os.WriteFile(path, good[:len(good)/2], 0o644) }, false},
		{"whole again, by rename", func() error {
			tmp := filepath.Join(dir, "manifest.json~")
			return errors.Join(os.WriteFile(tmp, good, 0o644), os.Rename(tmp, path))
		}, true},
		{"deleted", func() error { return os.Remove(path) }, false},
		{"there again", func() error { return os.WriteFile(path, good, 0o644) }, true},
		{"Dockerfile deleted", func() error { return os.Remove(filepath.Join(dir, "service", "Dockerfile")) }, false},
	}
	for _, step := range steps {
		if err := step.act(); err != nil {
			t.Fatal(err)
		}
		sn := await(t, s, events, step.name, func(sn Snapshot) bool { return sn.Manifest.Report.OK == step.ok })
		if sn.Manifest.Good == nil || len(sn.Panels) != 1 {
			t.Errorf("%s: the last good manifest is lost", step.name)
		}
	}
}

func TestWorkNeedsAnEngineAndSaysSo(t *testing.T) {
	dir := project(t)
	s := open(t, Options{Dir: dir, Engine: nobody(t)})
	for _, work := range []struct {
		name string
		do   func() error
		got  func(Snapshot) (Phase, *Problem)
	}{
		{"build", func() error { return s.Build(context.Background(), false) }, func(sn Snapshot) (Phase, *Problem) { return sn.Build.Phase, sn.Build.Problem }},
		{"run", func() error { return s.Run(context.Background()) }, func(sn Snapshot) (Phase, *Problem) { return sn.Run.Phase, sn.Run.Problem }},
	} {
		t.Run(work.name, func(t *testing.T) {
			err := work.do()
			var gone *engine.UnavailableError
			if !errors.As(err, &gone) {
				t.Fatalf("got %v, want an UnavailableError", err)
			}
			phase, problem := work.got(s.Snapshot())
			if phase != PhaseFailed || problem == nil {
				t.Errorf("the state is %s, %v", phase, problem)
			}
			if s.Snapshot().Engine.Problem == nil {
				t.Error("the engine's state shows no problem")
			}
		})
	}
}

func TestWorkNeedsAManifestInOrder(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir(), Engine: nobody(t)})
	for _, work := range []struct {
		name string
		do   func() error
	}{
		{"build", func() error { return s.Build(context.Background(), false) }},
		{"run", func() error { return s.Run(context.Background()) }},
		{"package", func() error { return s.Package(context.Background(), "") }},
	} {
		t.Run(work.name, func(t *testing.T) {
			var refused *NotInOrderError
			if err := work.do(); !errors.As(err, &refused) {
				t.Errorf("got %v, want a NotInOrderError", err)
			}
		})
	}
}

func TestPackageGoesStaleWhenAFileChanges(t *testing.T) {
	dir := project(t)
	s := open(t, Options{Dir: dir, Engine: nobody(t), Watch: true})
	events, unsubscribe := s.Subscribe(100)
	defer unsubscribe()
	if err := s.Package(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	sn := s.Snapshot()
	if sn.Package.Phase != PhaseDone || filepath.Base(sn.Package.Path) != "watch-me-1.0.0.nspkg" || sn.Package.Files != len(sn.Package.Entries) {
		t.Fatalf("packaging ended as %+v", sn.Package)
	}
	if err := os.WriteFile(filepath.Join(dir, "service", "main.py"), []byte("# changed\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	await(t, s, events, "the package is stale", func(sn Snapshot) bool { return sn.Package.Stale })
}

func TestArchiveThatIsRemovedIsToldToBeGone(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"in the project's folder", "elsewhere"} {
		t.Run(where, func(t *testing.T) {
			s := open(t, Options{Dir: project(t), Engine: nobody(t), Watch: true})
			events, unsubscribe := s.Subscribe(100)
			defer unsubscribe()
			output := ""
			if where == "elsewhere" {
				output = filepath.Join(t.TempDir(), "x.nspkg")
			}
			if err := s.Package(context.Background(), output); err != nil {
				t.Fatal(err)
			}
			if !s.Snapshot().Package.Uploadable() {
				t.Fatalf("packaging ended as %+v", s.Snapshot().Package)
			}
			path := s.Snapshot().Package.Path
			if err := os.Rename(path, path+".away"); err != nil {
				t.Fatal(err)
			}
			await(t, s, events, "the archive is gone", func(sn Snapshot) bool { return sn.Package.Gone && !sn.Package.Uploadable() })
			if err := os.Rename(path+".away", path); err != nil {
				t.Fatal(err)
			}
			await(t, s, events, "the archive is back", func(sn Snapshot) bool { return !sn.Package.Gone })
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			await(t, s, events, "the archive is gone", func(sn Snapshot) bool { return sn.Package.Gone })
			if err := s.Package(context.Background(), output); err != nil || s.Snapshot().Package.Gone {
				t.Errorf("written anew: error %v, %+v", err, s.Snapshot().Package)
			}
		})
	}
}

func TestWhatStoppedAPackageIsForgottenWhenAFileChanges(t *testing.T) {
	dir := project(t)
	secret := filepath.Join(dir, "token.txt")
	if err := os.WriteFile(secret, []byte("gh"+"p_"+strings.Repeat("q1W2e3R4t5Y6", 3)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Dir: dir, Engine: nobody(t), Watch: true})
	events, unsubscribe := s.Subscribe(100)
	defer unsubscribe()
	if err := s.Package(context.Background(), ""); err == nil || s.Snapshot().Package.Phase != PhaseFailed {
		t.Fatalf("packaging a secret ended with %v", err)
	}
	if err := os.Remove(secret); err != nil {
		t.Fatal(err)
	}
	await(t, s, events, "the failure is forgotten", func(sn Snapshot) bool { return sn.Package.Phase == PhaseIdle })
}

func TestOpenRefusesWhatIsNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(t.TempDir(), "nowhere")} {
		if _, err := Open(context.Background(), Options{Dir: dir}); err == nil {
			t.Errorf("%s was opened", dir)
		}
	}
}

func TestSnapshotsAreImmutable(t *testing.T) {
	s := open(t, Options{Dir: project(t), Engine: nobody(t)})
	s.note("plain", "first")
	before := s.Snapshot()
	s.note("plain", "second")
	s.beginRunStep("a step")
	steps := s.Snapshot().Run.Steps
	s.endRunStep("a step", PhaseDone, time.Second)
	if before.Recent[0].Text != "first" || steps[0].Phase != PhaseWorking {
		t.Error("a later change reached into an earlier snapshot")
	}
}
