package ui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/netstacks/netstacks-plugin/studio"
)

// wakeInterval is the shortest time between two wake-ups: thirty a second.
const wakeInterval = time.Second / 30

// snapshotChangedMsg says that the project's snapshot or logs changed.
type snapshotChangedMsg struct{ owner int }

// follow turns a project's events into snapshotChangedMsgs, at most one per
// wakeInterval and always one after the last event, until ctx ends or events
// is closed. A check of the manifest is told at once: somebody has saved it and
// looks at the screen. It keeps reading while send blocks (as it does while an editor has
// the terminal), so the project never waits for the screen.
func follow(ctx context.Context, events <-chan studio.Event, owner int, send func(tea.Msg), watch func(func())) {
	dirty, urgent := make(chan struct{}, 1), make(chan struct{}, 1)
	go watch(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e, ok := <-events:
				if !ok {
					return
				}
				wake := dirty
				if e.Kind == studio.KindManifest {
					wake = urgent
				}
				select {
				case wake <- struct{}{}:
				default:
				}
			}
		}
	})
	go watch(func() {
		pause := time.NewTimer(0)
		defer pause.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-dirty:
			case <-urgent:
			}
			send(snapshotChangedMsg{owner: owner})
			pause.Reset(wakeInterval)
			for paused := true; paused; {
				select {
				case <-ctx.Done():
					return
				case <-urgent:
					send(snapshotChangedMsg{owner: owner})
				case <-pause.C:
					paused = false
				}
			}
		}
	})
}
