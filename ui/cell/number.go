package cell

import (
	"fmt"
	"strconv"
	"time"
)

// ImageSize returns the bytes of an image, or of what an image is made of, in
// multiples of 1000 as `docker images` counts them: "812 B", "18.9 kB",
// "198.6 MB", "1.2 GB". Memory and files are counted by Size.
func ImageSize(bytes int64) string {
	if bytes < 1000 {
		return strconv.FormatInt(bytes, 10) + " B"
	}
	value, unit := float64(bytes)/1000, "kB"
	for _, next := range []string{"MB", "GB", "TB"} {
		if value < 999.95 {
			break
		}
		value, unit = value/1000, next
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}

// Size returns the bytes of files, memory and answers as a person reads them,
// in multiples of 1024 as the Controller counts memory limits and `package`
// counts archives: "812 B", "18.5 KB", "92.4 MB", "256 MB". Images are counted
// by ImageSize.
func Size(bytes int64) string {
	if bytes < 1024 {
		return strconv.FormatInt(bytes, 10) + " B"
	}
	value, unit := float64(bytes)/1024, "KB"
	for _, next := range []string{"MB", "GB", "TB"} {
		if value < 999.5 {
			break
		}
		value, unit = value/1024, next
	}
	if value >= 99.95 || value == float64(int64(value)) {
		return fmt.Sprintf("%.0f %s", value, unit)
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}

// Took returns a duration in the unit that keeps about three digits: "34 ms",
// "3.2 s", "21 s", "2m14s", "3h05m", "2d04h".
func Took(d time.Duration) string {
	switch {
	case d < 0:
		return "0 ms"
	case d < 999500*time.Microsecond:
		return strconv.FormatInt(d.Round(time.Millisecond).Milliseconds(), 10) + " ms"
	case d < 9950*time.Millisecond:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds()+0.5)) + " s"
	}
	return Clock(d)
}

// Clock returns a running duration in whole seconds: "5 s", "2m14s", "3h05m".
func Clock(d time.Duration) string {
	s := int(max(d, 0) / time.Second)
	switch {
	case s < 60:
		return strconv.Itoa(s) + " s"
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 24*3600:
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	}
	return fmt.Sprintf("%dd%02dh", s/86400, s/3600%24)
}

// Ago returns how long ago at was, seen from now: "just now", "4 s ago",
// "2 min ago", "3 h ago", "5 d ago". A zero time gives an empty text.
func Ago(now, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	d := now.Sub(at)
	switch {
	case d < 2*time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d d ago", int(d.Hours()/24))
}

// Count returns n with thousands separated: "1,204".
func Count(n int) string {
	s := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural returns "1 row", "2 rows".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// ramp is the sparkline's steps, lowest first.
var ramp = []rune("▁▂▃▄▅▆▇█")

// Spark draws the last width values as a sparkline in which top fills a cell.
// It begins at the left and grows to width cells; values that are missing yet
// are blank, values above top are drawn full.
func Spark(values []float64, top float64, width int) string {
	if width <= 0 {
		return ""
	}
	if len(values) > width {
		values = values[len(values)-width:]
	}
	line := make([]rune, 0, width)
	for _, v := range values {
		step := 0
		if top > 0 && v > 0 {
			step = min(int(v/top*float64(len(ramp))), len(ramp)-1)
		}
		line = append(line, ramp[step])
	}
	for len(line) < width {
		line = append(line, ' ')
	}
	return string(line)
}

// Bar draws value as a share of top in at most width cells, at least a hair
// when there is anything at all.
func Bar(value, top int64, width int) string {
	if value <= 0 || top <= 0 || width <= 0 {
		return ""
	}
	n := int(value * int64(width) / top)
	if n == 0 {
		return "▏"
	}
	bar := make([]rune, min(n, width))
	for i := range bar {
		bar[i] = '▇'
	}
	return string(bar)
}
