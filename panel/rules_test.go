package panel_test

import (
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/panel"
)

func TestNextPollFollowsTheInterval(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		name    string
		seconds float64
		took    time.Duration
		want    time.Time
	}{
		{"no interval means no polling", 0, time.Second, time.Time{}},
		{"a negative interval means no polling", -5, time.Second, time.Time{}},
		{"counted from the start of the fetch", 30, time.Second, start.Add(30 * time.Second)},
		{"fractions count", 1.5, time.Second, start.Add(1500 * time.Millisecond)},
		{"a slow fetch makes the next due at once", 1, 7 * time.Second, start.Add(7 * time.Second)},
		{"a tiny interval is no flood", 0.0001, 0, start.Add(100 * time.Millisecond)},
		{"a huge interval does not wrap", 1e300, 0, start.Add((1<<31 - 1) * time.Millisecond)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := manifest.Panel{RefreshIntervalSeconds: tt.seconds}
			if got := panel.Next(p, start, start.Add(tt.took)); !got.Equal(tt.want) {
				t.Errorf("next at %s, want %s", got, tt.want)
			}
		})
	}
}

func TestActionsWithAnIDBelongToRows(t *testing.T) {
	p := manifest.Panel{Actions: []manifest.Action{
		{ID: "ack", Endpoint: "/alerts/{id}/ack"}, {ID: "sync", Endpoint: "/sync"}, {ID: "odd", Endpoint: "/x?i={ID}"}, {ID: "del", Endpoint: "/alerts/{id}"},
	}}
	ids := func(actions []manifest.Action) (s string) {
		for _, a := range actions {
			s += a.ID + " "
		}
		return s
	}
	if got := ids(panel.RowActions(p)); got != "ack del " {
		t.Errorf("row actions %s", got)
	}
	if got := ids(panel.TableActions(p)); got != "sync odd " {
		t.Errorf("panel actions %s", got)
	}
}
