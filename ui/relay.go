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
// is closed. It keeps reading while send blocks (as it does while an editor has
// the terminal), so the project never waits for the screen.
func follow(ctx context.Context, events <-chan studio.Event, owner int, send func(tea.Msg), watch func(func())) {
	dirty := make(chan struct{}, 1)
	go watch(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case _, ok := <-events:
				if !ok {
					return
				}
				select {
				case dirty <- struct{}{}:
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
			}
			send(snapshotChangedMsg{owner: owner})
			pause.Reset(wakeInterval)
			select {
			case <-ctx.Done():
				return
			case <-pause.C:
			}
		}
	})
}
