package ui

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/netstacks/netstacks-plugin/ui/cell"
)

// maxRowJSON bounds what is laid out of one row; the rest is not for eyes.
const maxRowJSON = 16 << 10

// rowJSON lays a row out as JSON in at most height lines, saying when there is more.
func rowJSON(raw json.RawMessage, width, height int) []string {
	if height <= 0 || len(raw) == 0 {
		return nil
	}
	if len(raw) > maxRowJSON {
		return append(cell.Wrap(cell.Clean(string(raw[:min(width*(height-1), maxRowJSON)])), width)[:height-1], "… "+cell.Size(int64(len(raw))))
	}
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return []string{cell.Clean(string(raw))}
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = cell.Clean(lines[i])
	}
	if len(lines) > height {
		lines = append(lines[:height-1], "…")
	}
	return lines
}
