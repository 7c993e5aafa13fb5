package controller

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Device is a device of the inventory as /internal/v1 tells it
// (internal-api.md, "Device"). Nil values are null on the wire.
type Device struct {
	ID                  string     `json:"id"`     // UUID
	OrgID               string     `json:"org_id"` // UUID
	Name                string     `json:"name"`
	Hostname            string     `json:"hostname"`
	Port                *int       `json:"port"`
	DeviceType          string     `json:"device_type"` // "router", "switch", "firewall" (plugin-sdk.txt)
	Manufacturer        *string    `json:"manufacturer"`
	Model               *string    `json:"model"`
	Platform            *string    `json:"platform"` // "cisco_iosxe"
	Site                *string    `json:"site"`
	Source              *string    `json:"source"` // "manual", "netbox" or "csv"
	DefaultCredentialID *string    `json:"default_credential_id"`
	CreatedAt           *time.Time `json:"created_at"`
	UpdatedAt           *time.Time `json:"updated_at"`
}

// builtInOrgs never change, so that rows an author's database keeps stay theirs.
var builtInOrgs = []Org{
	{ID: "e168ceaa-dc72-4742-8f6f-f3a822fa8132", Slug: "acme", Name: "Acme Networks"},
	{ID: "727efd2a-6ae5-4f35-b909-13138313d24d", Slug: "globex", Name: "Globex Telecom"},
}

//go:embed fixtures/devices.json
var devicesJSON []byte

// BuiltInDevices returns a copy of the fixtures: devices of several vendors in
// both built-in organisations, with ids that never change.
func BuiltInDevices() []Device {
	var devices []Device
	if err := json.Unmarshal(devicesJSON, &devices); err != nil {
		panic(fmt.Sprintf("fixtures/devices.json: %v", err))
	}
	return devices
}

// encodedDevice carries a device's JSON, so that a list is a copy of bytes.
type encodedDevice struct {
	id, orgID, deviceType string // ids in lower case
	json                  []byte
}

func encodeDevices(devices []Device) []encodedDevice {
	encoded := make([]encodedDevice, len(devices))
	for i, d := range devices {
		b, err := json.Marshal(d)
		if err != nil {
			panic(fmt.Sprintf("device %q: %v", d.Name, err)) // strings, numbers and times before the year 10000 always encode
		}
		encoded[i] = encodedDevice{strings.ToLower(d.ID), strings.ToLower(d.OrgID), d.DeviceType, b}
	}
	return encoded
}

// getDevice answers GET /internal/v1/devices/{id}. Any id that is not a
// device's is 404, malformed ones too: SDKs turn 404 into "nothing".
func (c *Controller) getDevice(w http.ResponseWriter, _ *http.Request, escapedID string) {
	id, err := url.PathUnescape(escapedID)
	if err == nil {
		id = strings.ToLower(id)
		for _, d := range c.devices {
			if d.id == id {
				writeBody(w, http.StatusOK, d.json)
				return
			}
		}
	}
	internalError(w, http.StatusNotFound, "no device has this id", "")
}

// maxLimit is the most devices one answer holds when a limit is given.
const maxLimit = 1000

// deviceFilter is the query of GET /internal/v1/devices. An absent filter is
// empty and passes everything.
type deviceFilter struct {
	orgID, deviceType string
	limit, offset     int // limit -1: all
}

// listDevices answers GET /internal/v1/devices.
func (c *Controller) listDevices(w http.ResponseWriter, r *http.Request, _ string) {
	f, err := parseDeviceFilter(r.URL.RawQuery)
	if err != nil {
		internalError(w, http.StatusBadRequest, err.Error(), "")
		return
	}
	body := append(make([]byte, 0, 512*len(c.devices)+2), '[')
	skip, left := f.offset, f.limit
	for _, d := range c.devices {
		if f.orgID != "" && d.orgID != f.orgID || f.deviceType != "" && d.deviceType != f.deviceType {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if left == 0 {
			break
		}
		left--
		if len(body) > 1 {
			body = append(body, ',')
		}
		body = append(body, d.json...)
	}
	writeBody(w, http.StatusOK, append(body, ']'))
}

// parseDeviceFilter reads a query strictly: a filter that is misspelt in its
// value would otherwise silently answer more than was asked for. The error
// names the field. Unknown fields are ignored.
func parseDeviceFilter(rawQuery string) (deviceFilter, error) {
	f := deviceFilter{limit: -1}
	if rawQuery == "" {
		return f, nil
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return f, fmt.Errorf("query: %w", err)
	}
	field := func(name string, read func(string) error) {
		values, given := query[name]
		switch {
		case err != nil || !given:
		case len(values) > 1:
			err = fmt.Errorf("%s: given %d times, once is possible", name, len(values))
		default:
			if e := read(values[0]); e != nil {
				err = fmt.Errorf("%s: %w", name, e)
			}
		}
	}
	field("org_id", func(s string) error {
		f.orgID = strings.ToLower(s)
		if len(s) != 36 || uuid.Validate(s) != nil {
			return fmt.Errorf("%.50q is not a UUID", s)
		}
		return nil
	})
	field("device_type", func(s string) error {
		if f.deviceType = s; s == "" {
			return fmt.Errorf("is empty; leave it out to list devices of every type")
		}
		return nil
	})
	field("limit", func(s string) error { return readInt(s, 1, maxLimit, &f.limit) })
	field("offset", func(s string) error { return readInt(s, 0, 1<<31-1, &f.offset) })
	return f, err
}

func readInt(s string, low, high int, into *int) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		return fmt.Errorf("%.50q is not a whole number from %d to %d", s, low, high)
	}
	*into = n
	return nil
}
