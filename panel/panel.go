// Package panel is a terminal panel as the NetStacks Terminal draws it: it
// fetches a panel's rows through a Controller and turns them into columns and
// cells, byte for byte as the Terminal's JavaScript would print them
// (terminal.md, "How a panel is drawn").
//
// The package holds no state: every function is safe for concurrent use, and
// a Table is never written to after it was returned.
package panel

import (
	"encoding/json"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// Table is the answer of one successful fetch.
type Table struct {
	// Columns are the manifest's when it names any, else the first row's keys.
	Columns []manifest.Column `json:"columns"`
	// Rows are in the order the plugin sent them; empty is the Terminal's "No data".
	Rows []Row `json:"rows"`
	// Bytes is the size of the body, after decompression.
	Bytes int `json:"bytes"`
	// Took is the time from sending the request to the finished table.
	Took time.Duration `json:"took"`
	// Status is the HTTP status, 200 to 299.
	Status int `json:"status"`
}

// Row is one row of a Table.
type Row struct {
	// ID is what replaces "{id}" in a row action's endpoint; empty when the
	// row's id is missing or falsy, in which case row actions do nothing.
	ID string `json:"id,omitempty"`
	// Cells holds one text per column. It may hold any character the plugin
	// sent, control characters included: whoever draws it cleans it first.
	Cells []string `json:"cells"`
	// Raw is the row as the plugin sent it.
	Raw json.RawMessage `json:"raw"`
}
