package ui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
)

func noProject(context.Context, string) (Project, error) { return nil, ErrNoProject }

func TestNumbersAndTabSwitchPages(t *testing.T) {
	h := newHarness(t, sampleRunning(), 100, 30)
	for _, c := range []struct {
		key  string
		want int
	}{{"5", pagePanels}, {"tab", pagePackage}, {"tab", pageOverview}, {"shift+tab", pagePackage}, {"[", pagePanels}, {"]", pagePackage}, {"1", pageOverview}} {
		h.press(c.key)
		if h.root.current != c.want {
			t.Errorf("after %s the page is %s", c.key, h.root.page().name())
		}
	}
}

func TestKeysStartWorkAndShowItsPage(t *testing.T) {
	for _, c := range []struct {
		key, call string
		page      int
	}{{"b", "build noCache=false", pageBuild}, {"r", "run", pageRun}, {"p", "package", pagePackage}} {
		h := newHarness(t, sampleFresh(), 100, 30)
		h.press(c.key)
		h.until(c.call+" was called", func() bool { return slices.Contains(h.project.seen(), c.call) })
		if h.root.current != c.page {
			t.Errorf("%s shows page %s", c.key, h.root.page().name())
		}
	}
}

func TestBuildingWithoutTheCacheIsAKeyOfTheBuildPage(t *testing.T) {
	h := newHarness(t, sampleFresh(), 100, 30)
	h.press("B")
	if len(h.project.seen()) > 0 {
		t.Fatalf("B on the overview called %v", h.project.seen())
	}
	h.press("3", "B")
	h.until("a build without the cache", func() bool { return slices.Contains(h.project.seen(), "build noCache=true") })
}

func TestTheSameWorkIsNotStartedTwice(t *testing.T) {
	h := newHarness(t, sampleFresh(), 100, 30)
	h.project.hold = make(chan struct{})
	h.press("p", "p")
	h.until("packaging began", func() bool { return len(h.project.seen()) > 0 })
	h.shows("This is already under way.")
	if got := h.project.seen(); len(got) != 1 {
		t.Errorf("calls: %v", got)
	}
	close(h.project.hold)
	h.until("it ended", func() bool { return len(h.root.work) == 0 })
}

func TestXCancelsTheBuild(t *testing.T) {
	h := newHarness(t, sampleBuilding(), 100, 30)
	h.project.hold = make(chan struct{})
	h.do(h.root.begin(workBuild, func(ctx context.Context, p Project) error { return p.Build(ctx, false) }))
	h.press("3", "x")
	h.until("the build ended", func() bool { return len(h.root.work) == 0 })
	if strings.Contains(h.screen(), "The build failed") {
		t.Error("a cancelled build is said to have failed")
	}
}

func TestAFailureIsSaidInTheFooterWithThePageToRead(t *testing.T) {
	h := newHarness(t, sampleFresh(), 100, 30)
	h.project.err = errors.New("pip failed")
	h.press("b")
	h.shows("✗ The build failed: 3 says why.")
}

func TestStopStopsWhatRuns(t *testing.T) {
	sn := sampleRunning()
	sn.Run.Database = ""
	h := newHarness(t, sn, 100, 30)
	h.press("s")
	h.until("stop was called", func() bool { return slices.Contains(h.project.seen(), "stop") })

	idle := newHarness(t, sampleFresh(), 100, 30)
	idle.press("s")
	idle.shows("Nothing is running; r runs the plugin.")
}

func TestStopCancelsAStart(t *testing.T) {
	h := newHarness(t, sampleFresh(), 100, 30)
	h.project.hold = make(chan struct{})
	h.press("r")
	h.until("the start began", func() bool { return len(h.project.seen()) > 0 })
	h.press("s")
	h.until("the start ended", func() bool { return len(h.root.work) == 0 })
}

func TestQuittingWhileSomethingRunsAsksAndDefaultsToNo(t *testing.T) {
	h := newHarness(t, sampleRunning(), 100, 30)
	h.press("q")
	if !strings.Contains(h.screen(), "Stop it and quit?") {
		t.Fatalf("no question:\n%s", h.screen())
	}
	h.fits()
	h.press("enter")
	if len(h.root.dialogs) != 0 || h.root.mode != modeProject {
		t.Fatal("enter did not stay")
	}
	h.press("q", "y")
	h.until("the program quits", func() bool { return h.quit })
	if got := h.project.seen(); !slices.Equal(got, []string{"close"}) {
		t.Errorf("calls: %v", got)
	}
}

func TestQuittingAnIdleProjectDoesNotAsk(t *testing.T) {
	h := newHarness(t, sampleFresh(), 100, 30)
	h.press("q")
	h.until("the program quits", func() bool { return h.quit })
}

func TestCtrlCQuitsAtOnceAndASecondOneDoesNotWait(t *testing.T) {
	h := newHarness(t, sampleRunning(), 100, 30)
	h.project.hold = make(chan struct{})
	defer close(h.project.hold)
	h.press("q", "ctrl+c")
	h.shows("Stopping the plugin and removing what was started…")
	if h.quit {
		t.Fatal("it did not wait for the clean-up")
	}
	h.press("ctrl+c")
	h.until("the program quits", func() bool { return h.quit })
	if err := h.root.close(); err != nil || !h.root.abandoned {
		t.Errorf("close waits for the clean-up: %v", err)
	}
}

func TestAnErrorOfTheCleanUpIsReturned(t *testing.T) {
	h := newHarness(t, sampleFresh(), 100, 30)
	h.project.err = errors.New("the network is in use")
	h.press("q")
	h.until("the program quits", func() bool { return h.quit })
	if err := h.root.close(); !errors.Is(err, h.project.err) {
		t.Errorf("close returned %v", err)
	}
}

func TestHelpListsPageAndGlobalKeys(t *testing.T) {
	h := newHarness(t, sampleRunning(), 100, 50)
	h.press("5", "?")
	for _, want := range []string{"Keys", "Panels", "full width", "Everywhere", "build", "ctrl+c"} {
		if !strings.Contains(h.screen(), want) {
			t.Errorf("the help lacks %q:\n%s", want, h.screen())
		}
	}
	h.fits()
	h.press("b")
	if len(h.project.seen()) != 0 {
		t.Error("a key reached the project through the help")
	}
	h.press("esc")
	if len(h.root.dialogs) != 0 {
		t.Error("esc did not close the help")
	}
}

func TestHelpScrollsInALowTerminal(t *testing.T) {
	h := newHarness(t, sampleRunning(), 40, 12)
	h.press("?")
	h.fits()
	for range 40 {
		h.press("down")
	}
	if !strings.Contains(h.screen(), "quit at once") {
		t.Errorf("the end is out of reach:\n%s", h.screen())
	}
}

func TestNoScopeHasTheSameKeyTwice(t *testing.T) {
	h := newHarness(t, sampleRunning(), 100, 30)
	keys := h.root.st.keys
	scopes := map[string][]key.Binding{"welcome": bindingsOf(keys.welcome), "wizard": bindingsOf(keys.wizard), "dialog": bindingsOf(keys.dialog)}
	for _, p := range h.root.pages {
		scopes["page "+p.name()] = append(bindingsOf(keys.global), p.bindings()...)
	}
	for scope, bindings := range scopes {
		seen := map[string]string{}
		for _, b := range bindings {
			for _, k := range b.Keys() {
				if other, ok := seen[k]; ok {
					t.Errorf("%s: %q is both %q and %q", scope, k, other, b.Help().Desc)
				}
				seen[k] = b.Help().Desc
			}
		}
	}
}

func bindingsOf(scope any) []key.Binding {
	var out []key.Binding
	v := reflect.ValueOf(scope)
	for i := range v.NumField() {
		out = append(out, v.Field(i).Interface().(key.Binding))
	}
	return out
}

func TestEverythingInTheGlobalScopeIsInTheHelp(t *testing.T) {
	keys := newKeyMap().global
	if got, want := len(keys.all()), len(bindingsOf(keys)); got != want {
		t.Errorf("the help lists %d of %d global keys", got, want)
	}
	log := newKeyMap().log
	if got, want := len(log.all()), len(bindingsOf(log)); got != want {
		t.Errorf("the help lists %d of %d keys of logs", got, want)
	}
}

func TestTheWelcomePageLeadsOn(t *testing.T) {
	h := newRootHarness(t, Options{Open: noProject}, 100, 30)
	h.do(h.root.open("/home/ada/plugins"))
	h.shows("No plugin here yet")
	for _, want := range []string{"/home/ada/plugins holds no manifest.json.", "new plugin", "open another folder", "quit"} {
		if !strings.Contains(h.screen(), want) {
			t.Errorf("the page lacks %q:\n%s", want, h.screen())
		}
	}
	h.press("n")
	h.shows("Plugin name")
	h.press("esc")
	h.shows("No plugin here yet")
	h.press("q")
	h.until("the program quits", func() bool { return h.quit })
}

func TestAnotherFolderIsOpenedByItsPath(t *testing.T) {
	project := newSampleProject(sampleFresh())
	var asked []string
	h := newRootHarness(t, Options{Open: func(_ context.Context, dir string) (Project, error) {
		asked = append(asked, dir)
		if dir == "/srv/x" {
			return project, nil
		}
		return nil, fmt.Errorf("opening the project: %w", fs.ErrPermission)
	}}, 100, 30)
	h.do(h.root.open("/root/secret"))
	h.shows("✗ /root/secret cannot be opened")
	h.press("o", "ctrl+u")
	h.typeText("/srv/x")
	h.press("enter")
	h.shows("monitoring-integration")
	if want := []string{"/root/secret", "/srv/x"}; !slices.Equal(asked, want) {
		t.Errorf("opened %v, want %v", asked, want)
	}
}

func TestMessagesOfAnEarlierProjectAreDropped(t *testing.T) {
	h := newHarness(t, sampleFresh(), 100, 30)
	h.project.set(func(sn *studio.Snapshot) { sn.Build.Phase = studio.PhaseWorking })
	h.root.Update(snapshotChangedMsg{owner: h.root.owner - 1})
	if h.root.st.snap.Build.Phase == studio.PhaseWorking {
		t.Error("a stale message was heeded")
	}
	h.root.Update(snapshotChangedMsg{owner: h.root.owner})
	if h.root.st.snap.Build.Phase != studio.PhaseWorking {
		t.Error("a current message was not heeded")
	}
}

func TestTheRelayWakesOnceForManyEventsAndAlwaysAfterTheLast(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	events := make(chan studio.Event)
	wakes := make(chan tea.Msg)
	follow(ctx, events, 7, func(m tea.Msg) {
		select {
		case wakes <- m:
		case <-ctx.Done():
		}
	}, func(f func()) { f() })
	for range 1000 { // nobody takes wake-ups meanwhile, as while an editor is open
		events <- studio.Event{Kind: studio.KindLog}
	}
	if got := <-wakes; got != (snapshotChangedMsg{owner: 7}) {
		t.Fatalf("got %v", got)
	}
	first := time.Now()
	events <- studio.Event{Kind: studio.KindBuild}
	<-wakes
	if gap := time.Since(first); gap < wakeInterval/2 {
		t.Errorf("wake-ups %v apart, want %v", gap, wakeInterval)
	}
	extra := 0
	for quiet := false; !quiet; {
		select {
		case <-wakes:
			extra++
		case <-time.After(3 * wakeInterval):
			quiet = true
		}
	}
	if extra > 1 { // one when the last event came in between
		t.Errorf("%d more wake-ups without an event", extra)
	}
}

func TestACheckOfTheManifestDoesNotWaitForTheNextWakeUp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	events, wakes := make(chan studio.Event), make(chan tea.Msg, 16)
	follow(ctx, events, 7, func(m tea.Msg) { wakes <- m }, func(f func()) { f() })
	for range 50 { // on a busy machine some wake-ups are late
		events <- studio.Event{Kind: studio.KindLog}
		<-wakes
		began := time.Now()
		events <- studio.Event{Kind: studio.KindManifest}
		<-wakes
		if time.Since(began) < wakeInterval/4 {
			return
		}
	}
	t.Errorf("no check was told within %v", wakeInterval/4)
}

// TestKeysTypedInOneBurstAreAllTaken: a terminal hands over fast keys as one message.
func TestKeysTypedInOneBurstAreAllTaken(t *testing.T) {
	h := newHarness(t, sampleRunning(), 120, 30)
	h.handle(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("5R")})
	h.until("the panel was refreshed", func() bool { return slices.Contains(h.project.seen(), "refresh items") })
}
