package panel

import (
	"math"
	"strings"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// shortestInterval keeps a fraction of a second in the manifest from becoming
// a flood; a browser's timers have a floor too.
const shortestInterval = 100 * time.Millisecond

// longestInterval is the most a browser's timer can wait, about 25 days.
const longestInterval = math.MaxInt32 * time.Millisecond

// Interval is the time between two polls of a panel: refresh_interval_seconds
// when it is above 0, kept between 100 ms and 25 days. Zero means no polling:
// only the first fetch and manual ones.
func Interval(p manifest.Panel) time.Duration {
	s := p.RefreshIntervalSeconds
	switch {
	case !(s > 0): // NaN included
		return 0
	case s >= longestInterval.Seconds():
		return longestInterval
	}
	return max(shortestInterval, time.Duration(s*float64(time.Second)))
}

// Next is when to poll again after a fetch that began at started; the zero
// time means never. A fetch slower than the interval makes the next one due
// at once, and never more than one is due.
func Next(p manifest.Panel, started, now time.Time) time.Time {
	interval := Interval(p)
	if interval == 0 {
		return time.Time{}
	}
	if next := started.Add(interval); next.After(now) {
		return next
	}
	return now
}

// RowActions are the actions drawn as buttons of each row: those whose
// endpoint holds "{id}".
func RowActions(p manifest.Panel) []manifest.Action { return actions(p, true) }

// TableActions are the actions drawn below the table, and only while it has rows.
func TableActions(p manifest.Panel) []manifest.Action { return actions(p, false) }

func actions(p manifest.Panel, perRow bool) []manifest.Action {
	var found []manifest.Action
	for _, a := range p.Actions {
		if strings.Contains(a.Endpoint, "{id}") == perRow {
			found = append(found, a)
		}
	}
	return found
}
