package image

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/internal/machine"
	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// patience bounds what a test waits for; nothing here takes a tenth of it.
const patience = time.Minute

func timeout(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// unique makes an image name of this test's own, whose images are removed when
// the test ends.
func unique(t *testing.T, eng *engine.Engine) string {
	t.Helper()
	var b [6]byte
	_, _ = rand.Read(b[:])
	tag := "netstacks-test-image-" + hex.EncodeToString(b[:]) + ":1"
	t.Cleanup(func() { removeImage(t, eng, tag) })
	return tag
}

func removeImage(t *testing.T, eng *engine.Engine, ref string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, _ = eng.API.ImageRemove(ctx, ref, image.RemoveOptions{Force: true, PruneChildren: true})
}

// labelBase marks what was built from a test's base; images inherit it.
const labelBase = "io.netstacks.test.base"

// removeBuiltFrom removes the untagged images that builds leave behind. Which
// of them stands on which is not known, so it tries until none can go.
func removeBuiltFrom(t *testing.T, eng *engine.Engine, from string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for removed := true; removed; {
		removed = false
		left, err := eng.API.ImageList(ctx, image.ListOptions{All: true, Filters: filters.NewArgs(filters.Arg("label", labelBase+"="+from))})
		if err != nil {
			t.Errorf("listing what was built: %v", err)
		}
		for _, img := range left {
			_, err := eng.API.ImageRemove(ctx, img.ID, image.RemoveOptions{Force: true})
			removed = removed || err == nil
		}
	}
}

// tool is a static program for linux, built once per run of the tests.
var tool = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "tool")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "tool")
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, "./testdata/tool")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, errors.New(string(out))
	}
	return os.ReadFile(path)
})

// base imports an image that holds nothing but the tool, unlike any that was
// built on before: what a test builds is never cached at first.
func base(t *testing.T, eng *engine.Engine) string {
	t.Helper()
	program, err := tool()
	must(t, err)
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	add := func(name string, mode int64, data []byte) {
		must(t, w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(data))}))
		_, err := w.Write(data)
		must(t, err)
	}
	tag := unique(t, eng)
	t.Cleanup(func() { removeBuiltFrom(t, eng, tag) })
	add("tool", 0o755, program)
	add("name", 0o644, []byte(tag))
	must(t, w.Close())
	r, err := eng.API.ImageImport(timeout(t), image.ImportSource{Source: &buf, SourceName: "-"}, tag, image.ImportOptions{
		Changes: []string{"LABEL " + labelBase + "=" + tag},
	})
	must(t, err)
	_, err = io.Copy(io.Discard, r)
	must(t, err)
	must(t, r.Close())
	return tag
}

// service is a folder with a Dockerfile whose lines follow a FROM of the base.
func service(t *testing.T, from string, lines ...string) string {
	t.Helper()
	return folder(t, "Dockerfile", "FROM "+from+"\n"+strings.Join(lines, "\n")+"\n", "hello.txt", "hello\n")
}

// watch collects events and lets a test wait for one.
type watch struct {
	mu     sync.Mutex
	events []Event
	seen   chan struct{}
	want   func(Event) bool
}

func waitFor(want func(Event) bool) *watch { return &watch{seen: make(chan struct{}), want: want} }

func (w *watch) on(ev Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, ev)
	if w.want != nil && w.want(ev) {
		w.want = nil
		close(w.seen)
	}
}

func (w *watch) wait(t *testing.T) {
	t.Helper()
	select {
	case <-w.seen:
	case <-time.After(patience):
		t.Fatalf("the event never came; got %+v", w.events)
	}
}

// story is the course of the author's own steps and their output.
func (w *watch) story(from string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var got []string
	for _, ev := range w.events {
		if ev.Internal || !strings.HasPrefix(ev.Name, "[") || strings.Contains(ev.Name, "FROM "+from) || strings.Contains(ev.Name, " FROM docker.io") {
			continue
		}
		name := stepLabel().ReplaceAllString(ev.Name, "")
		switch {
		case ev.Status == StatusLog:
			got = append(got, ev.Stream+": "+ev.Log)
		case ev.Cached:
			got = append(got, name+" cached")
		case ev.Status == StatusDone, ev.Status == StatusFailed, ev.Status == StatusCancelled:
			got = append(got, name+" "+string(ev.Status))
		}
	}
	return got
}

func logged(text string) func(Event) bool {
	return func(ev Event) bool { return ev.Status == StatusLog && ev.Log == text }
}

// builders runs a test with BuildKit and with the classic builder; the latter
// through a proxy that hides BuildKit from us.
func builders(t *testing.T, run func(t *testing.T, eng *engine.Engine, builder string)) {
	direct := needs.Engine(t)
	t.Run(BuilderBuildKit, func(t *testing.T) {
		if has, err := hasBuildKit(timeout(t), direct); err != nil || !has {
			machine.Missing(t, "%s has no BuildKit (%v)", direct, err)
		}
		run(t, direct, BuilderBuildKit)
	})
	t.Run(BuilderClassic, func(t *testing.T) {
		p := newProxy(t, direct, true)
		run(t, p.engine(t), BuilderClassic)
	})
}

func TestBuildTellsStepsInOrderAndUsesTheCache(t *testing.T) {
	builders(t, func(t *testing.T, eng *engine.Engine, builder string) {
		from, tag := base(t, eng), unique(t, eng)
		o := Options{ContextDir: service(t, from,
			`COPY hello.txt /`, `RUN ["/tool", "out=one", "err=two", "cat=/hello.txt"]`, `RUN ["/tool", "out=three"]`), Tag: tag}
		w := &watch{}
		r, err := Build(timeout(t), eng, o, w.on)
		must(t, err)

		info, err := eng.API.ImageInspect(timeout(t), tag)
		must(t, err)
		if r.ImageID != info.ID || r.Size != info.Size || r.Size == 0 || r.Took <= 0 || r.Builder != builder {
			t.Errorf("got %+v", r)
		}
		story := w.story(from)
		// What comes on two streams at once has no order between them.
		if i := slices.Index(story, "stderr: two"); i >= 0 {
			story = slices.Delete(story, i, i+1)
		} else {
			t.Error("nothing of stderr")
		}
		want := []string{
			"COPY hello.txt / done", "stdout: one", "stdout: hello", `RUN ["/tool", "out=one", "err=two", "cat=/hello.txt"] done`,
			"stdout: three", `RUN ["/tool", "out=three"] done`,
		}
		for i := range story { // BuildKit shows the command without its JSON form
			story[i] = strings.NewReplacer("RUN /tool out=one err=two cat=/hello.txt", `RUN ["/tool", "out=one", "err=two", "cat=/hello.txt"]`,
				"RUN /tool out=three", `RUN ["/tool", "out=three"]`).Replace(story[i])
		}
		if !slices.Equal(story, want) {
			t.Errorf("got  %q\nwant %q", story, want)
		}
		for i, ev := range w.events {
			if ev.ID != uint64(i+1) || ev.At.IsZero() {
				t.Fatalf("event %d is %+v", i, ev)
			}
		}

		again := &watch{}
		second, err := Build(timeout(t), eng, o, again.on)
		must(t, err)
		if second.ImageID != r.ImageID {
			t.Errorf("the second build made another image: %s, %s", second.ImageID, r.ImageID)
		}
		for _, line := range again.story(from) {
			if !strings.HasSuffix(line, " cached") {
				t.Errorf("not from the cache: %s", line)
			}
		}

		o.NoCache = true
		fresh := &watch{}
		_, err = Build(timeout(t), eng, o, fresh.on)
		must(t, err)
		if !slices.Contains(fresh.story(from), "stdout: three") {
			t.Errorf("no step ran without the cache: %q", fresh.story(from))
		}
	})
}

func TestFindTellsWhetherToBuild(t *testing.T) {
	builders(t, func(t *testing.T, eng *engine.Engine, _ string) {
		from, tag := base(t, eng), unique(t, eng)
		o := Options{ContextDir: service(t, from, "COPY . /srv/"), Tag: tag}
		expect := func(when string, current, exists bool) {
			t.Helper()
			got, err := Find(timeout(t), eng, o)
			must(t, err)
			if got.Current != current || (got.ImageID != "") != exists || (got.Size > 0) != exists || got.Built.IsZero() == exists {
				t.Errorf("%s: got %+v", when, got)
			}
		}
		expect("before the build", false, false)
		_, err := Build(timeout(t), eng, o, nil)
		must(t, err)
		expect("after the build", true, true)
		write(t, filepath.Join(o.ContextDir, "hello.txt"), "changed")
		expect("after a change", false, true)
	})
}

func TestReplacedImageIsNamedAndCanBeRemoved(t *testing.T) {
	builders(t, func(t *testing.T, eng *engine.Engine, _ string) {
		from, tag := base(t, eng), unique(t, eng)
		o := Options{ContextDir: service(t, from, "COPY . /srv/"), Tag: tag}
		first, err := Build(timeout(t), eng, o, nil)
		must(t, err)
		again, err := Build(timeout(t), eng, o, nil)
		must(t, err)
		if first.Replaced != "" || again.Replaced != "" && again.ImageID == first.ImageID {
			t.Errorf("nothing was replaced, but %q and %q are named", first.Replaced, again.Replaced)
		}
		if gone, err := RemoveReplaced(timeout(t), eng, again.ImageID); gone || err != nil {
			t.Errorf("an image with a name: gone %v, %v", gone, err)
		}
		write(t, filepath.Join(o.ContextDir, "hello.txt"), "changed")
		second, err := Build(timeout(t), eng, o, nil)
		must(t, err)
		if second.Replaced != again.ImageID {
			t.Errorf("%q was replaced, %q is named", again.ImageID, second.Replaced)
		}
		for range 2 { // what is gone stays gone
			if gone, err := RemoveReplaced(timeout(t), eng, second.Replaced); !gone || err != nil {
				t.Errorf("a replaced image: gone %v, %v", gone, err)
			}
		}
	})
}

func TestIgnoredFilesStayOutOfTheImage(t *testing.T) {
	builders(t, func(t *testing.T, eng *engine.Engine, _ string) {
		from, tag := base(t, eng), unique(t, eng)
		dir := service(t, from, "COPY . /srv/", `RUN ["/tool", "cat=/srv/secret.env"]`)
		write(t, filepath.Join(dir, ".dockerignore"), "*.env\nDockerfile\n")
		write(t, filepath.Join(dir, "secret.env"), "PASSWORD")
		_, err := Build(timeout(t), eng, Options{ContextDir: dir, Tag: tag}, nil)
		var failed *FailedError
		if !errors.As(err, &failed) || failed.Line != 3 || !strings.Contains(strings.Join(failed.Log, "\n"), "no such file") {
			t.Errorf("got %v", err)
		}
	})
}

func TestFailingStepIsPlacedAndThePreviousImageStays(t *testing.T) {
	builders(t, func(t *testing.T, eng *engine.Engine, _ string) {
		from, tag := base(t, eng), unique(t, eng)
		good, err := Build(timeout(t), eng, Options{ContextDir: service(t, from, `RUN ["/tool"]`), Tag: tag}, nil)
		must(t, err)

		many := make([]string, 15)
		for i := range many {
			many[i] = `"out=line ` + string(rune('a'+i)) + `"`
		}
		for _, tc := range []struct {
			name        string
			lines       []string
			line        int
			instruction string
			log         string
			cause       string
		}{
			{
				"exit code",
				[]string{"# a comment", `RUN ["/tool", \`, `  ` + strings.Join(many, ", ") + `, "exit=3"]`, "ENV A=1"},
				3,
				`RUN ["/tool", "out=line a"`, "line f line g line h line i line j line k line l line m line n line o", "",
			},
			{"missing source", []string{"ENV A=1", "COPY nope.txt /"}, 3, "COPY nope.txt /", "", "nope.txt is not in the build context"},
			{"syntax", []string{"", "RUNN x"}, 3, "RUNN x", "", "RUNN is not an instruction"},
			{"missing command", []string{`RUN ["/nosuch"]`}, 2, `RUN ["/nosuch"]`, "", ""},
		} {
			t.Run(tc.name, func(t *testing.T) {
				w := &watch{}
				_, err := Build(timeout(t), eng, Options{ContextDir: service(t, from, tc.lines...), Tag: tag}, w.on)
				var failed *FailedError
				if !errors.As(err, &failed) {
					t.Fatalf("got %v", err)
				}
				if failed.File != "Dockerfile" || failed.Line != tc.line || !strings.HasPrefix(failed.Instruction, tc.instruction) {
					t.Errorf("got %s:%d %q", failed.File, failed.Line, failed.Instruction)
				}
				if got := strings.Join(failed.Log, " "); tc.log != "" && got != tc.log {
					t.Errorf("the log is %q", got)
				}
				if tc.cause != "" && !strings.Contains(failed.Cause, tc.cause) {
					t.Errorf("the cause is %q", failed.Cause)
				}
				if failed.Err == nil || strings.Contains(err.Error(), "\n") {
					t.Errorf("got %q", err)
				}
				for _, ev := range w.events {
					if ev.Status == StatusRunning && !slices.ContainsFunc(w.events, func(e Event) bool { return e.StepID == ev.StepID && e.Status.Ended() }) {
						t.Errorf("%s never ended", ev.Name)
					}
				}
			})
		}
		info, err := eng.API.ImageInspect(timeout(t), tag)
		must(t, err)
		if info.ID != good.ImageID {
			t.Errorf("the image under the tag changed")
		}
	})
}

func TestMissingBaseImageIsExplained(t *testing.T) {
	builders(t, func(t *testing.T, eng *engine.Engine, _ string) {
		// A registry that nothing listens on: refused, whatever the network.
		dir := folder(t, "Dockerfile", "# base\nFROM localhost:9/nosuch:1\n")
		_, err := Build(timeout(t), eng, Options{ContextDir: dir, Tag: unique(t, eng)}, nil)
		var failed *FailedError
		if !errors.As(err, &failed) || failed.Line != 2 || failed.Instruction != "FROM localhost:9/nosuch:1" {
			t.Fatalf("got %v", err)
		}
		if !strings.Contains(failed.Cause, "localhost:9/nosuch:1 is not on this engine and its registry cannot be reached") {
			t.Errorf("the cause is %q (%v)", failed.Cause, err)
		}
	})
}

func TestCancelledBuildEndsWithinASecond(t *testing.T) {
	builders(t, func(t *testing.T, eng *engine.Engine, _ string) {
		from, tag := base(t, eng), unique(t, eng)
		good, err := Build(timeout(t), eng, Options{ContextDir: service(t, from, "ENV A=1"), Tag: tag}, nil)
		must(t, err)

		ctx, cancel := context.WithCancel(timeout(t))
		w := waitFor(logged("ready"))
		done := make(chan error, 1)
		go func() {
			_, err := Build(ctx, eng, Options{ContextDir: service(t, from, `RUN ["/tool", "out=ready", "hang"]`), Tag: tag}, w.on)
			done <- err
		}()
		w.wait(t)
		start := time.Now()
		cancel()
		select {
		case err = <-done:
		case <-time.After(patience):
			t.Fatal("the build goes on")
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("took %s", took)
		}
		var failed *FailedError
		if !errors.Is(err, context.Canceled) || errors.As(err, &failed) {
			t.Errorf("got %v", err)
		}
		if last := w.story(from); len(last) == 0 || !strings.HasSuffix(last[len(last)-1], " cancelled") {
			t.Errorf("the step's end is missing: %q", last)
		}
		info, err := eng.API.ImageInspect(timeout(t), tag)
		must(t, err)
		if info.ID != good.ImageID {
			t.Error("the image under the tag changed")
		}
		awaitNoContainer(t, eng, from)
	})
}

// awaitNoContainer waits until nothing made from the image is left.
func awaitNoContainer(t *testing.T, eng *engine.Engine, from string) {
	t.Helper()
	ctx := timeout(t)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := eng.API.ContainerList(ctx, container.ListOptions{All: true, Filters: filters.NewArgs(filters.Arg("ancestor", from))})
		must(t, err)
		if len(left) == 0 {
			return
		}
		<-tick.C
	}
}

func TestEngineThatGoesAwayMidBuildIsTold(t *testing.T) {
	direct := needs.Engine(t)
	for _, tc := range []struct {
		name    string
		classic bool
	}{{BuilderBuildKit, false}, {BuilderClassic, true}} {
		t.Run(tc.name, func(t *testing.T) {
			p := newProxy(t, direct, tc.classic)
			eng := p.engine(t)
			from, tag := base(t, direct), unique(t, direct)
			w := waitFor(logged("ready"))
			done := make(chan error, 1)
			go func() {
				_, err := Build(timeout(t), eng, Options{ContextDir: service(t, from, `RUN ["/tool", "out=ready", "hang"]`), Tag: tag}, w.on)
				done <- err
			}()
			w.wait(t)
			p.cut()
			start := time.Now()
			var err error
			select {
			case err = <-done:
			case <-time.After(patience):
				t.Fatal("the build hangs")
			}
			var gone *engine.UnavailableError
			if !errors.As(err, &gone) || gone.Kind != engine.KindLost {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
			awaitNoContainer(t, direct, from)
		})
	}
}
