package ui

import (
	"fmt"
	"strings"
	"testing"
)

// filled returns a log of n numbered lines.
func filled(n int) *sampleLog {
	l := &sampleLog{}
	for i := range n {
		l.add(sampleNow, "stdout", fmt.Sprintf("line %d", i))
	}
	return l
}

func (l *sampleLog) drop(n int) {
	l.lines = l.lines[n:]
	l.dropped += uint64(n)
}

func newTestLogView() *logView {
	return newLogView(&state{th: plainTheme(), keys: newKeyMap()}, false, "Nothing printed yet.")
}

// rows are what the view shows without its last line, blanks removed.
func rows(v *logView, log Log, height int) []string {
	lines := v.draw(log, 80, height)
	var out []string
	for _, l := range lines[:len(lines)-1] {
		if l != "" {
			out = append(out, l)
		}
	}
	return out
}

func TestALogFollowsItsEnd(t *testing.T) {
	log, v := filled(100), newTestLogView()
	if got := rows(v, log, 4); strings.Join(got, "|") != "line 97|line 98|line 99" {
		t.Errorf("shows %v", got)
	}
	log.add(sampleNow, "stdout", "line 100")
	if got := rows(v, log, 4); strings.Join(got, "|") != "line 98|line 99|line 100" {
		t.Errorf("shows %v", got)
	}
}

func TestAScrolledLogStandsStillWhileLinesComeAndGo(t *testing.T) {
	log, v := filled(100), newTestLogView()
	rows(v, log, 4)
	v.update(log, keyMsg("up"))
	v.update(log, keyMsg("up"))
	want := "line 95|line 96|line 97"
	if got := rows(v, log, 4); strings.Join(got, "|") != want {
		t.Fatalf("shows %v", got)
	}
	for i := range 50 {
		log.add(sampleNow, "stdout", fmt.Sprintf("line %d", 100+i))
	}
	log.drop(60)
	if got := rows(v, log, 4); strings.Join(got, "|") != want {
		t.Errorf("shows %v, want %s", got, want)
	}
	log.drop(40)
	if got := rows(v, log, 4); got[0] != "line 100" {
		t.Errorf("after its lines fell out it shows %v", got)
	}
	v.update(log, keyMsg("f"))
	if got := rows(v, log, 4); got[2] != "line 149" {
		t.Errorf("f does not follow: %v", got)
	}
}

func TestScrollingToTheEndFollowsAgain(t *testing.T) {
	log, v := filled(20), newTestLogView()
	rows(v, log, 6)
	v.update(log, keyMsg("home"))
	if got := rows(v, log, 6); got[0] != "line 0" {
		t.Errorf("home shows %v", got)
	}
	for range 30 {
		v.update(log, keyMsg("down"))
	}
	if v.scrolled {
		t.Error("it does not follow at the end")
	}
}

func TestAFilterShowsMatchingLinesAlone(t *testing.T) {
	log, v := filled(2000), newTestLogView()
	rows(v, log, 10)
	v.update(log, keyMsg("/"))
	for _, k := range []string{"L", "i", "n", "e", " ", "1", "9", "9", "7"} {
		v.update(log, keyMsg(k))
	}
	v.update(log, keyMsg("enter"))
	if got := rows(v, log, 10); strings.Join(got, "|") != "line 1997" {
		t.Errorf("shows %v", got)
	}
	log.add(sampleNow, "stdout", "again line 1997")
	if got := rows(v, log, 10); len(got) != 2 {
		t.Errorf("a new line is missing: %v", got)
	}
	log.drop(1998)
	if got := rows(v, log, 10); strings.Join(got, "|") != "again line 1997" {
		t.Errorf("a line that fell out is shown: %v", got)
	}
	v.update(log, keyMsg("esc"))
	if got := rows(v, log, 10); len(got) != 3 {
		t.Errorf("esc does not show all: %v", got)
	}
}

func TestAFilterNoticesAClearedLog(t *testing.T) {
	log, v := filled(50), newTestLogView()
	v.setFilter("line")
	rows(v, log, 5)
	*log = sampleLog{}
	for range 60 {
		log.add(sampleNow, "stdout", "other line")
	}
	rows(v, log, 5)
	if len(v.matches) != 60 {
		t.Errorf("%d matches of 60", len(v.matches))
	}
}

func TestLongLinesAreWrappedAndTheEndStaysInSight(t *testing.T) {
	log, v := filled(3), newTestLogView()
	log.add(sampleNow, "stdout", strings.Repeat("word ", 40)+"end")
	got := rows(v, log, 5)
	if len(got) != 4 || got[0] != "line 2" || !strings.HasSuffix(got[3], "end") {
		t.Errorf("shows %q", got)
	}
	v.update(log, keyMsg("home"))
	if got := rows(v, log, 5); len(got) != 4 || got[0] != "line 0" || !strings.HasPrefix(got[3], "word") {
		t.Errorf("from the first line it shows %q", got)
	}
	log.add(sampleNow, "stdout", strings.Repeat("x", 4000))
	v.update(log, keyMsg("f"))
	if got := rows(v, log, 40); len(got) > 4+3+maxRows {
		t.Errorf("a very long line takes %d rows", len(got))
	}
}

func TestADroppedCountIsShown(t *testing.T) {
	log, v := filled(30), newTestLogView()
	log.drop(10)
	lines := v.draw(log, 80, 5)
	if got, want := lines[4], "following · 20 lines · 10 older ones dropped · / filters"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTypingAFilterOnAPageKeepsGlobalKeysFromActing(t *testing.T) {
	h := newHarness(t, sampleRunning(), 100, 30)
	h.press("4", "/", "p", "o", "o", "l")
	h.shows("pool is at 9 of 10")
	if strings.Contains(h.screen(), "Started server process") {
		t.Errorf("the filter shows other lines:\n%s", h.screen())
	}
	if got := h.project.seen(); len(got) != 0 {
		t.Errorf("typing called %v", got)
	}
	h.press("esc")
	h.shows("Started server process")
}

func TestLinesThatSayTheirTimeAreNotGivenAnother(t *testing.T) {
	for text, want := range map[string]bool{
		"2026-03-14T10:42:07Z started": true, "2026-03-14 10:42:07,120 INFO started": true, "[2026-03-14 10:42:07 +0000] [1] [INFO] Booting": true,
		"2026/03/14 10:42:07 listening": true, "10:42:07.120 INFO": true,
		"time=2026-03-14T10:42:07.120Z level=INFO": true, `{"ts": "2026-03-14T10:42:07Z"}`: true, "timestamp of nothing": false,
		"INFO: started at 10:42:07": false, "2026": false, "": false, "10:42 is not enough": false,
	} {
		if got := beginsWithTime(text); got != want {
			t.Errorf("beginsWithTime(%q) = %t", text, got)
		}
	}
	h := newHarness(t, sampleRunning(), 120, 30)
	h.project.run.add(sampleNow, "stderr", "2026-03-14 10:42:06,998 INFO its own clock")
	h.root.current = pageRun
	if line := lineWith(h.screen(), "its own clock"); !strings.HasPrefix(line, " 2026-03-14 10:42:06,998 INFO its own clock") {
		t.Errorf("the line is %q", line)
	}
}

func lineWith(screen, text string) string {
	for _, line := range strings.Split(screen, "\n") {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}
