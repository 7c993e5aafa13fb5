// Package ui is the Studio: the full-screen terminal program over one plugin
// project. It draws studio.Snapshot and sends commands to a Project; it knows
// nothing of engines, HTTP or the project's files.
//
// How it is put together:
//
//   - root is the one tea.Model: size, mode, dialog stack, routing, header, tab
//     line and footer. Keys go to the topmost dialog, else to the mode (welcome,
//     wizard), else to the global keys, else to the current page.
//   - A page (page.go) draws lines into the size it was given and answers keys.
//     Pages share a state: theme, snapshot, logs and the time of this frame.
//   - A relay (relay.go) turns the project's events into at most thirty wake-ups a
//     second; pages then read the snapshot. Events may be lost on the way to the
//     screen, states are not.
//   - Work runs in Cmds with a context that the root cancels; View never does
//     anything but draw, and costs the visible lines only.
//   - Foreign text is cleaned where it is drawn (cell.Clean), and every finished
//     line passes cell.Seal, so that no plugin can steer the author's terminal.
package ui

import "github.com/netstacks/netstacks-plugin/internal/quietstart"

// This package is initialised after bubbletea, which it imports: the
// environment can be put back as it was.
func init() { quietstart.Restore() }
