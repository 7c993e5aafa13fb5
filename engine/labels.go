package engine

// Labels that every container, network and volume of this tool carries; what
// lacks LabelSession is not ours and is never touched.
const (
	LabelPlugin   = "io.netstacks.plugin"   // the plugin's name
	LabelSession  = "io.netstacks.session"  // a UUID, one per run
	LabelRole     = "io.netstacks.role"     // plugin, relay, database or network
	LabelHost     = "io.netstacks.host"     // host name of the owning process
	LabelPID      = "io.netstacks.pid"      // its process id
	LabelPIDStart = "io.netstacks.pidstart" // its start time in clock ticks, so that a reused pid is told apart
)
