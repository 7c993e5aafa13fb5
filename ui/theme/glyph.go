package theme

// The glyphs of states. With --ascii each is replaced by its stand-in when a
// frame is finished (cell.ASCII).
const (
	Done    = "✓"
	Warn    = "!"
	Failed  = "✗"
	Live    = "●"
	Off     = "○"
	Waiting = "◌"
	Focus   = "▸"
	Brand   = "◆"
)

// spinner is shown while something works; ten frames a second.
var spinner = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

// Spinner returns the glyph of frame n, which only ever counts up.
func Spinner(n int) string { return spinner[n%len(spinner)] }
