package netstacks

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Device is a device of the inventory. A field is zero where the Controller does
// not know it.
type Device struct {
	ID    string `json:"id"`
	OrgID string `json:"org_id,omitzero"`
	Name  string `json:"name"`
	// Hostname is the DNS name or IP address to connect to.
	Hostname string `json:"hostname"`
	// Port is the management port.
	Port int `json:"port,omitzero"`
	// DeviceType is such as "router", "switch" or "firewall".
	DeviceType   string `json:"device_type"`
	Manufacturer string `json:"manufacturer,omitzero"`
	Model        string `json:"model,omitzero"`
	// Platform is the operating system, such as "cisco_iosxe".
	Platform string `json:"platform,omitzero"`
	Site     string `json:"site,omitzero"`
	// Source is how the device came into the inventory, such as "manual" or "netbox".
	Source string `json:"source,omitzero"`
	// DefaultCredentialID is the id of the credential to sign in with.
	DefaultCredentialID string    `json:"default_credential_id,omitzero"`
	CreatedAt           time.Time `json:"created_at,omitzero"`
	UpdatedAt           time.Time `json:"updated_at,omitzero"`
}

// wireDevice is a device as it may come: with host in place of hostname.
type wireDevice struct {
	Device
	Hostname *string `json:"hostname"`
	Host     *string `json:"host"`
}

// odd tells whether the device may have come with host, or as null.
func (d Device) odd() bool { return d.Hostname == "" || d.ID == "" }

func (w *wireDevice) device() Device {
	switch {
	case w.Hostname != nil:
		w.Device.Hostname = *w.Hostname
	case w.Host != nil:
		w.Device.Hostname = *w.Host
	}
	return w.Device
}

// ListDevices returns devices of the inventory, in a stable order, all of them
// where there is no [Limit]. It needs the capability read_devices.
func (c *Client) ListDevices(ctx context.Context, options ...ListOption) ([]Device, error) {
	query := url.Values{}
	for _, option := range options {
		option.list(query)
	}
	return c.devices(ctx, query)
}

func (c *Client) devices(ctx context.Context, query url.Values) ([]Device, error) {
	r := &request{method: http.MethodGet, path: "/devices", query: query}
	got, err := c.call(ctx, r)
	if err != nil {
		return nil, err
	}
	body, err := list(r, got)
	if err != nil {
		return nil, err
	}
	// Most answers are as the contract has them, and then this is all that it takes.
	var devices []Device
	if json.Unmarshal(body, &devices) == nil && devices != nil && !slices.ContainsFunc(devices, Device.odd) {
		return devices, nil
	}
	found, err := rows[wireDevice](r, got)
	if err != nil {
		return nil, err
	}
	devices = make([]Device, len(found))
	for i, row := range found {
		devices[i] = row.device()
	}
	return devices, nil
}

// GetDevice returns a device, and whether there is one with this id. It needs the
// capability read_devices.
func (c *Client) GetDevice(ctx context.Context, id string) (device Device, found bool, err error) {
	row, found, err := get[wireDevice](ctx, c, "/devices/", id)
	return row.device(), found, err
}

const (
	defaultPage = 100
	largestPage = 1000
)

// pages is how [Client.AllDevices] asks.
type pages struct {
	filters url.Values
	size    int
}

// AllDevices returns an iterator over all devices, which asks for one page at a
// time, when the loop gets there. An error ends it and comes as the last pair. It
// needs the capability read_devices.
//
//	for device, err := range client.AllDevices(ctx, netstacks.PageSize(200)) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(device.Name)
//	}
func (c *Client) AllDevices(ctx context.Context, options ...AllOption) iter.Seq2[Device, error] {
	p := pages{filters: url.Values{}, size: defaultPage}
	for _, option := range options {
		option.all(&p)
	}
	return func(yield func(Device, error) bool) {
		if p.size < 1 || p.size > largestPage {
			yield(Device{}, &ArgumentError{"page_size", fmt.Sprintf("%d is not from 1 to %d", p.size, largestPage)})
			return
		}
		first := "" // id of the first device of the page before
		for offset := 0; ; offset += p.size {
			page, err := c.page(ctx, p, offset)
			if err != nil {
				yield(Device{}, err)
				return
			}
			// A page that begins like the one before: this Controller ignores offset.
			if len(page) == 0 || offset > 0 && page[0].ID == first {
				return
			}
			first = page[0].ID
			for _, device := range page {
				if !yield(device, nil) {
					return
				}
			}
			// A longer one than asked for: this Controller does not page.
			if len(page) != p.size {
				return
			}
		}
	}
}

func (c *Client) page(ctx context.Context, p pages, offset int) ([]Device, error) {
	query := url.Values{"limit": {strconv.Itoa(p.size)}, "offset": {strconv.Itoa(offset)}}
	for name, values := range p.filters {
		query[name] = values
	}
	return c.devices(ctx, query)
}
