// Package manifest knows the plugin manifest: its types, where each value
// stands in the file, the eight scored checks, the Controller's schema and the
// capability catalogue. It reads through fs.FS only, knows no other room of
// this program, and every function is safe for concurrent use.
package manifest

import (
	"encoding/json"
	"strings"
)

// FileName is the manifest's name at the root of a plugin directory.
const FileName = "manifest.json"

// Manifest is manifest.json as plugin-sdk.txt ("The manifest.json") and
// terminal.md (panels) describe it. Absent optional values are zero.
type Manifest struct {
	Name                 string       `json:"name"`
	Version              string       `json:"version"`
	DisplayName          string       `json:"display_name"`
	Description          string       `json:"description"`
	Author               string       `json:"author,omitempty"`
	Image                string       `json:"image"`
	Port                 int          `json:"port"`
	CapabilitiesRequired []string     `json:"capabilities_required"`
	Resources            *Resources   `json:"resources,omitempty"`
	HealthCheck          *HealthCheck `json:"health_check,omitempty"`
	// MigrationsDir is a slash-separated path relative to the plugin directory; empty means no database.
	MigrationsDir  string          `json:"migrations_dir,omitempty"`
	TerminalPanels []Panel         `json:"terminal_panels,omitempty"`
	SettingsSchema json.RawMessage `json:"settings_schema,omitempty"`
	UIBundle       string          `json:"ui_bundle,omitempty"`
	// Navigation, Routes and DashboardWidgets are federated Admin-UI
	// contributions; their shape belongs to the Admin UI, so they stay raw.
	Navigation       []json.RawMessage `json:"navigation,omitempty"`
	Routes           []json.RawMessage `json:"routes,omitempty"`
	DashboardWidgets []json.RawMessage `json:"dashboard_widgets,omitempty"`
	OpenAPIPath      *string           `json:"openapi_path,omitempty"`
}

// Resources are the limits the Controller applies as Docker NanoCPUs and Memory.
type Resources struct {
	CPULimit    float64 `json:"cpu_limit"`    // cores, 0.1 to 4.0
	MemoryLimit int64   `json:"memory_limit"` // bytes, 64 MB to 4 GB
}

// HealthCheck is wired into the container's Docker HEALTHCHECK. A nil number
// leaves the engine's default.
type HealthCheck struct {
	Command            string `json:"command"`
	IntervalSeconds    *int   `json:"interval_seconds,omitempty"`     // 5 to 300
	TimeoutSeconds     *int   `json:"timeout_seconds,omitempty"`      // 1 to 60
	Retries            *int   `json:"retries,omitempty"`              // 0 to 10
	StartPeriodSeconds *int   `json:"start_period_seconds,omitempty"` // 0 to 300
}

// Panel is one entry of terminal_panels.
type Panel struct {
	ID                     string   `json:"id"`
	Label                  string   `json:"label"`
	Icon                   string   `json:"icon,omitempty"`
	DataEndpoint           string   `json:"data_endpoint"` // absolute path below the plugin's base path
	Columns                []Column `json:"columns,omitempty"`
	Actions                []Action `json:"actions,omitempty"`
	RefreshIntervalSeconds float64  `json:"refresh_interval_seconds,omitempty"` // 0: first fetch and manual refresh only
}

// Column is one column of a panel.
type Column struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Width string `json:"width,omitempty"` // a CSS width, such as "120px" or "20%"
}

// Action is a button of a panel: of each row when Endpoint holds "{id}", else below the table.
type Action struct {
	ID       string `json:"id"`
	Label    string `json:"label"`
	Endpoint string `json:"endpoint"`
	Method   string `json:"method,omitempty"`  // POST when empty
	Confirm  string `json:"confirm,omitempty"` // asked first when not empty
	Style    string `json:"style,omitempty"`   // primary, danger or default
}

// SchemaName returns the plugin's PostgreSQL schema: "plugin_" and the name
// with hyphens turned to underscores (plugin-sdk.txt, "Database Schema Isolation").
func (m *Manifest) SchemaName() string {
	return "plugin_" + strings.ReplaceAll(m.Name, "-", "_")
}
