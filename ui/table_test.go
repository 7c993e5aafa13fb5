package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/panel"
	"github.com/netstacks/netstacks-plugin/studio"
)

func TestColumnsShareTheRoomFairly(t *testing.T) {
	for _, c := range []struct {
		want []int
		room int
		out  []int
	}{
		{[]int{5, 5}, 20, []int{5, 5}},
		{[]int{5, 50}, 20, []int{5, 15}},
		{[]int{50, 50}, 21, []int{10, 11}},
		{[]int{3, 40, 40}, 23, []int{3, 10, 10}},
		{[]int{4}, 0, []int{0}},
		{nil, 10, []int{}},
	} {
		if got := shares(c.want, c.room); !slices.Equal(got, c.out) {
			t.Errorf("shares(%v, %d) = %v, want %v", c.want, c.room, got, c.out)
		}
	}
}

func TestCSSWidthsBecomeCells(t *testing.T) {
	for css, want := range map[string]int{"120px": 17, "20%": 8, " 50%": 20, "": 0, "auto": 0, "-3px": 0, "200%": 0, "1px": 1} {
		got, ok := cssWidth(css, 40)
		if ok != (want > 0) || ok && got != want {
			t.Errorf("cssWidth(%q) = %d, %t, want %d", css, got, ok, want)
		}
	}
}

func TestTheCursorStaysOnItsRowWhenRowsMove(t *testing.T) {
	v, before := &tableView{}, sampleRows(5)
	v.draw(plainTheme(), before, nil, 36, 10)
	v.move(before, 2)
	after := sampleRows(5)
	slices.Reverse(after.Rows)
	v.draw(plainTheme(), after, nil, 36, 10)
	if got := after.Rows[v.cursor].ID; got != "id-2" {
		t.Errorf("the cursor is on %s", got)
	}
	v.draw(plainTheme(), sampleRows(1), nil, 36, 10)
	if v.cursor != 0 {
		t.Errorf("the cursor is on row %d of 1", v.cursor)
	}
}

func TestRowActionsAndPanelActionsAreDrawnWhereTheTerminalDrawsThem(t *testing.T) {
	sn := sampleRunning()
	sn.Panels[0].Panel.Actions = []manifest.Action{{ID: "ack", Label: "Ack", Endpoint: "/admin/items/{id}/ack"}, {ID: "sync", Label: "Sync now", Endpoint: "/admin/sync"}}
	h := newHarness(t, sn, 100, 30)
	h.press("5")
	for _, want := range []string{"Actions", "core-sw-1   true     [Ack]", "[Sync now]"} {
		if !strings.Contains(h.screen(), want) {
			t.Errorf("the panel lacks %q:\n%s", want, h.screen())
		}
	}
}

func TestPanelStatesAreTheTerminalsOwnWords(t *testing.T) {
	for _, c := range []struct {
		change func(*studio.PanelState)
		want   string
	}{
		{func(s *studio.PanelState) { s.Table, s.Loading = nil, true }, "│ Loading... "},
		{func(s *studio.PanelState) { s.Table, s.Err = nil, "Request failed" }, "│ Error: Request failed "},
		{func(s *studio.PanelState) { s.Table = &panel.Table{Status: 200} }, "│ No data "},
	} {
		sn := sampleRunning()
		c.change(&sn.Panels[0])
		h := newHarness(t, sn, 100, 30)
		h.press("5")
		if !strings.Contains(h.screen(), c.want) {
			t.Errorf("the panel lacks %q:\n%s", c.want, h.screen())
		}
	}
}

func TestCellsWrapAsInTheTerminal(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"short", []string{"short"}},
		{"BGP neighbour flapped twice", []string{"BGP", "neighbour", "flapped", "twice"}},
		{"unbreakableword", []string{"unbreakabl", "eword"}},
		{"漢字漢字漢字", []string{"漢字漢字漢", "字"}},
		{"", []string{""}},
	} {
		if got := wrapCell(c.text, 10); !slices.Equal(got, c.want) {
			t.Errorf("wrapCell(%q) = %q, want %q", c.text, got, c.want)
		}
	}
	if got := wrapCell(long, 10); len(got) != maxRowLines || !strings.HasSuffix(got[maxRowLines-1], "…") {
		t.Errorf("a cell of a megabyte becomes %d lines, the last %q", len(got), got[len(got)-1])
	}
}

// TestTheRowAtTheCursorIsSeenWhole holds for rows of any height.
func TestTheRowAtTheCursorIsSeenWhole(t *testing.T) {
	table := &panel.Table{Columns: []manifest.Column{{Key: "a", Label: "A"}}}
	for i := range 50 {
		text := fmt.Sprintf("start%d %s end%d", i, strings.Repeat("word ", i%7), i)
		table.Rows = append(table.Rows, panel.Row{ID: fmt.Sprint(i), Cells: []string{text}})
	}
	v := &tableView{}
	for _, step := range []int{0, 1, 20, 30, -1, -10, -30, 45, -49, 12} {
		v.move(table, step)
		screen := strings.Join(v.draw(plainTheme(), table, nil, 16, 9), "\n")
		for _, part := range []string{"start", "end"} {
			if want := fmt.Sprintf("%s%d", part, v.cursor); !strings.Contains(screen, want) {
				t.Errorf("at row %d the screen lacks %s:\n%s", v.cursor, want, screen)
			}
		}
	}
}

func TestTheSideBarIsFortyColumnsAndWToggles(t *testing.T) {
	h := newHarness(t, sampleRunning(), 120, 30)
	h.press("5")
	if got := strings.Index(h.screen(), "┐"); !strings.Contains(h.screen(), "┌─ Items ") || got < 0 {
		t.Fatalf("no panel:\n%s", h.screen())
	}
	top := strings.Split(h.screen(), "\n")[4]
	if got := len([]rune(top[:strings.Index(top, "┐")])) + 1 - margin; got != sideBarWidth {
		t.Errorf("the side bar is %d columns wide", got)
	}
	h.press("w")
	h.fits()
	for _, line := range strings.Split(h.screen(), "\n") {
		if i := strings.Index(line, "┐"); i >= 0 {
			if got := len([]rune(line[:i])) + 1 - margin; got != 118 {
				t.Errorf("the wide panel is %d columns wide", got)
			}
		}
	}
}

func TestRRefreshesThePanelInSight(t *testing.T) {
	sn := sampleRunning()
	second := sn.Panels[0]
	second.Panel.ID, second.Panel.Label = "alerts", "Alerts"
	sn.Panels = append(sn.Panels, second)
	h := newHarness(t, sn, 120, 30)
	h.press("5", "right", "R")
	h.until("the panel was refreshed", func() bool { return slices.Contains(h.project.seen(), "refresh alerts") })

	idle := newHarness(t, sampleFresh(), 120, 30)
	idle.press("5", "R")
	idle.shows("The plugin is not running; r runs it.")
}

func TestPanelsOfTheSameIDHaveTheirOwnCursor(t *testing.T) {
	sn := sampleRunning()
	sn.Panels = append(sn.Panels, sn.Panels[0])
	h := newHarness(t, sn, 120, 30)
	h.press("5", "down", "down", "right")
	h.shows("row 1 of 12, as sent")
	h.press("left")
	h.shows("row 3 of 12, as sent")
}

// manyRows is a panel of six columns.
func manyRows(n int) studio.Snapshot {
	sn := sampleRunning()
	t := &panel.Table{Status: 200}
	for _, c := range []string{"Name", "Site", "Role", "Status", "Address", "Seen"} {
		t.Columns = append(t.Columns, manifest.Column{Key: strings.ToLower(c), Label: c})
	}
	t.Rows = make([]panel.Row, n)
	for i := range t.Rows {
		t.Rows[i] = panel.Row{
			ID: fmt.Sprint(i), Raw: []byte(`{"name":"core","site":"Berlin"}`),
			Cells: []string{fmt.Sprintf("core-sw-%d", i), "Berlin", "access", "up", "10.0.0.1", "2 min"},
		}
	}
	sn.Panels[0].Table = t
	return sn
}

func TestAKeyInATableAllocatesTheSameForAnyNumberOfRows(t *testing.T) {
	allocations := func(n int) float64 {
		h := newHarness(t, manyRows(n), 120, 40)
		h.press("5", "w", "down")
		_ = h.screen()
		return testing.AllocsPerRun(50, func() {
			h.root.Update(keyMsg("down"))
			_ = h.root.View()
		})
	}
	small, large := allocations(1_000), allocations(100_000)
	if large > small*1.1+5 {
		t.Errorf("%v allocations with 1,000 rows, %v with 100,000", small, large)
	}
}

func BenchmarkKeyToFrame(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			h := newHarness(&testing.T{}, manyRows(n), 120, 40)
			h.press("5", "w")
			down, up := keyMsg("down"), keyMsg("up")
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%2 == 0 {
					h.root.Update(down)
				} else {
					h.root.Update(up)
				}
				_ = h.root.View()
			}
		})
	}
}

func TestColumnLabelsAreCutAndCellsWrap(t *testing.T) {
	table := &panel.Table{Columns: []manifest.Column{{Key: "a", Label: "Description"}, {Key: "b", Label: "Identifier"}, {Key: "c", Label: "Last changed by"}}}
	table.Rows = []panel.Row{{ID: "1", Cells: []string{"a long text that wraps", "abcdefghijklmnop", "somebody or other"}}}
	lines := (&tableView{}).draw(plainTheme(), table, nil, 30, 10)
	if strings.Contains(lines[1], "on") && strings.HasPrefix(lines[1], "on") || !strings.Contains(lines[0], "…") {
		t.Errorf("the heading breaks:\n%s", strings.Join(lines, "\n"))
	}
	if len(lines) < 3 {
		t.Errorf("cells do not wrap:\n%s", strings.Join(lines, "\n"))
	}
}

func TestDrawnButtonsAreSaidToBeAPreview(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		sn := sampleRunning()
		h := newHarness(t, sn, size[0], size[1])
		h.press("5")
		if strings.Contains(h.words(), "preview;") {
			t.Errorf("said without a button:\n%s", h.screen())
		}
		sn.Panels[0].Panel.Actions = []manifest.Action{{ID: "ack", Label: "Ack", Endpoint: "/admin/items/{id}/ack"}}
		h = newHarness(t, sn, size[0], size[1])
		for _, key := range []string{"5", "w"} { // beside the table, and above it at full width
			h.press(key)
			if got := strings.Count(h.screen(), "buttons are"); got != 1 {
				t.Errorf("%v after %s: said %d times\n%s", size, key, got, h.screen())
			}
		}
	}
}
