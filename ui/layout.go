package ui

// The smallest terminal the Studio draws in.
const (
	minWidth  = 40
	minHeight = 12
)

// layout is where things go on a screen; it depends on the size alone.
type layout struct {
	tooSmall   bool
	fullTabs   bool // all tabs have words; below that the current one alone
	bodyWidth  int
	bodyHeight int
}

// The frame takes three lines above the body (header, tabs, rule) and two
// below (rule, footer), and a column on either side.
const (
	frameAbove = 3
	frameBelow = 2
	margin     = 1
)

func layoutFor(width, height int) layout {
	l := layout{
		tooSmall: width < minWidth || height < minHeight, fullTabs: width >= 80,
		bodyWidth: max(width-2*margin, 0), bodyHeight: max(height-frameAbove-frameBelow, 0),
	}
	return l
}

// columnGap is what stands between two columns of a page.
const columnGap = 3

// split divides a page's width into two columns; right is 0 when there is no
// room for a second column of at least minRight.
func split(width, left, minRight int) (int, int) {
	if width-left-columnGap < minRight {
		return width, 0
	}
	return left, width - left - columnGap
}

// window returns the first of n rows to show so that the row at cursor is among
// height rows, moving as little as possible from the former first row.
func window(first, cursor, n, height int) int {
	if height <= 0 || n <= height {
		return 0
	}
	first = min(max(first, cursor-height+1), cursor)
	return min(max(first, 0), n-height)
}

// clamp returns v within 0 and n-1, 0 when n is 0.
func clamp(v, n int) int { return max(min(v, n-1), 0) }
