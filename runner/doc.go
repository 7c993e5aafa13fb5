// Package runner runs a built plugin image as the Controller would: on its
// network, under its container name, with its environment, limits and health
// check, and with a PostgreSQL schema of its own when the manifest asks for one.
//
// A session is one run. It owns every object it made on the engine: they all
// carry the session's labels, and an object without them is never touched. The
// network is shared: it is made when missing, and goes with the last session
// that used it. Containers reach the local Controller, an http.Handler of this
// process, through the relay container, and this process reaches the plugin and
// its database through the same relay; no port is opened on any host.
//
// Everything that happens is reported through Options.OnEvent, one event at a
// time. An Instance is safe for concurrent use.
package runner
