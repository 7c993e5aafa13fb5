// Package studio is one open plugin project as a session: it watches the
// folder, checks the manifest, builds the image, runs the plugin under a local
// Controller, fetches its panels and writes its archive.
//
// Commands go in as method calls, which block until their work is done and
// stop when their context ends; state comes out as an immutable Snapshot, and
// every change of it is announced by an Event. A Session owns everything it
// starts and closes all of it in Close. All methods are safe for concurrent use.
package studio
