package controller

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
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

// BuiltInDevices returns a copy of the fixtures: 50 devices of six vendors at
// three sites in both built-in organisations, with ids that never change.
func BuiltInDevices() []Device { return BuiltInFixtures().Devices }

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
func (c *Controller) getDevice(w http.ResponseWriter, _ *http.Request, in call) {
	id, err := url.PathUnescape(in.id)
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

// listDevices answers GET /internal/v1/devices. The whole list is the common
// question, and is written once for all.
func (c *Controller) listDevices(w http.ResponseWriter, r *http.Request, _ call) {
	if r.URL.RawQuery == "" {
		writeBody(w, http.StatusOK, c.allDevices)
		return
	}
	f, err := parseDeviceFilter(r.URL.RawQuery)
	if err != nil {
		internalError(w, http.StatusBadRequest, err.Error(), "")
		return
	}
	writeBody(w, http.StatusOK, deviceList(c.devices, f))
}

// deviceList is the JSON of the devices that pass a filter.
func deviceList(devices []encodedDevice, f deviceFilter) []byte {
	body := append(make([]byte, 0, 512*len(devices)+2), '[')
	skip, left := f.offset, f.limit
	for _, d := range devices {
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
	return append(body, ']')
}

// parseDeviceFilter reads a query; the error names the field.
func parseDeviceFilter(rawQuery string) (deviceFilter, error) {
	q := readFilters(rawQuery)
	f := deviceFilter{orgID: q.org()}
	deviceType, given := q.given("device_type")
	if given && deviceType == "" {
		q.err = fmt.Errorf("device_type: is empty; leave it out to list devices of every type")
	}
	f.deviceType = deviceType
	f.limit = q.integer("limit", 1, maxLimit, -1)
	f.offset = q.integer("offset", 0, 1<<31-1, 0)
	return f, q.err
}
