package netstacks

import (
	"context"
	"encoding/json"
	"time"
)

// GNMIOperation is what is done with a device.
type GNMIOperation string

// The operations of the contract.
const (
	GNMIGet          GNMIOperation = "get"          // needs Paths
	GNMISet          GNMIOperation = "set"          // needs Updates, Deletes or both
	GNMICapabilities GNMIOperation = "capabilities" // needs neither
)

// GNMIRequest is a gNMI operation. A field that is zero is not sent; an empty slice
// that is not nil is.
type GNMIRequest struct {
	DeviceID  string        `json:"device_id"`
	Operation GNMIOperation `json:"operation"`
	// Paths are what GNMIGet reads, keys in brackets:
	// "/interfaces/interface[name=Ethernet1]/state".
	Paths []string `json:"paths,omitzero"`
	// Updates are what GNMISet writes.
	Updates []GNMIUpdate `json:"updates,omitzero"`
	// Deletes are the paths that GNMISet removes.
	Deletes []string `json:"deletes,omitzero"`
	// Encoding is "json" or "json_ietf", the default.
	Encoding string `json:"encoding,omitzero"`
}

// GNMIUpdate is one value to write. It replaces what the path holds.
type GNMIUpdate struct {
	Path  string `json:"path"`
	Value any    `json:"value"` // as encoding/json writes it
}

// GNMIResponse is what the device answered.
type GNMIResponse struct {
	DeviceID      string             `json:"device_id"`
	Operation     GNMIOperation      `json:"operation"`
	Timestamp     time.Time          `json:"timestamp,omitzero"`
	Notifications []GNMINotification `json:"notifications"`
}

// GNMINotification is the value of a path.
type GNMINotification struct {
	Path string `json:"path"`
	// Value is any JSON, null for a path that was deleted; json.Unmarshal reads it.
	Value json.RawMessage `json:"value"`
}

// ExecuteGNMI executes a gNMI operation against a device. It needs the capability
// execute_gnmi.
func (c *Client) ExecuteGNMI(ctx context.Context, request GNMIRequest) (GNMIResponse, error) {
	if err := givenID("device_id", request.DeviceID); err != nil {
		return GNMIResponse{}, err
	}
	return post[GNMIResponse](ctx, c, "/gnmi/execute", request)
}
