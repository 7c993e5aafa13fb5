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

// LabelFingerprint is the label of an image that this tool built; it holds the
// fingerprint of the folder it was built from. Such an image without a name was
// replaced by a later build.
const LabelFingerprint = "io.netstacks.fingerprint"
