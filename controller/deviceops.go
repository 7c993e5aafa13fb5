package controller

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"strings"
	"time"

	"github.com/netstacks/netstacks-plugin/controller/devicestate"
)

// state returns what a device is, made of its template by the first call; nil
// for an unknown device.
func (p *platform) state(deviceID string) *devicestate.State {
	id := strings.ToLower(deviceID)
	d, ok := p.devices[id]
	if !ok {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.states[id] == nil {
		p.states[id] = devicestate.New(p.template(d), placeholders(d))
	}
	return p.states[id]
}

// template chooses the most special tree of a device.
func (p *platform) template(d Device) map[string]any {
	for _, name := range []string{d.Name, d.ID, strings.ToLower(d.ID), d.DeviceType} {
		if t, ok := p.templates[name]; ok {
			return t
		}
	}
	return p.templates["default"]
}

// ports are how platforms call their ports, and their loopback.
var ports = map[string][2]string{
	"cisco_iosxe":          {"GigabitEthernet0/0/%d", "Loopback0"},
	"cisco_iosxr":          {"TenGigE0/0/0/%d", "Loopback0"},
	"cisco_nxos":           {"Ethernet1/%d", "loopback0"},
	"juniper_junos":        {"et-0/0/%d", "lo0"},
	"arista_eos":           {"Ethernet%d", "Loopback0"},
	"nokia_sros":           {"1/1/%d", "system"},
	"nokia_srlinux":        {"ethernet-1/%d", "system0"},
	"paloalto_panos":       {"ethernet1/%d", "loopback.1"},
	"fortinet_fortios":     {"port%d", "loopback1"},
	"fortinet_fortiswitch": {"port%d", "loopback1"},
}

// versions are what platforms run.
var versions = map[string]string{
	"cisco_iosxe": "17.12.4", "cisco_iosxr": "24.2.2", "cisco_nxos": "10.4(3)", "juniper_junos": "23.4R2.13", "arista_eos": "4.32.2F",
	"nokia_sros": "24.7.R1", "nokia_srlinux": "24.7.2", "paloalto_panos": "11.1.4", "fortinet_fortios": "7.4.5",
}

// placeholders are what the templates of states may name.
func placeholders(d Device) map[string]string {
	or := func(s *string, otherwise string) string {
		if s == nil {
			return otherwise
		}
		return *s
	}
	sum := crc32.ChecksumIEEE([]byte(d.ID))
	platform := or(d.Platform, "")
	port, known := ports[platform]
	if !known {
		port = [2]string{"eth%d", "lo"}
	}
	version := versions[platform]
	if version == "" {
		version = "1.0.0"
	}
	_, domain, _ := strings.Cut(d.Hostname, ".")
	values := map[string]string{
		"name": d.Name, "hostname": d.Hostname, "domain": domain, "manufacturer": or(d.Manufacturer, "unknown"), "model": or(d.Model, "unknown"),
		"platform": platform, "site": or(d.Site, ""), "serial": fmt.Sprintf("NS%08X", sum), "index": fmt.Sprint(sum%250 + 1), "version": version, "loopback": port[1],
	}
	for n := 1; n <= 8; n++ {
		values[fmt.Sprintf("port%d", n)] = fmt.Sprintf(port[0], n)
	}
	return values
}

// models are those of the built-in trees, as a device's capabilities list them.
var models = []map[string]string{
	{"name": "openconfig-interfaces", "organization": "OpenConfig working group", "version": "3.7.1"},
	{"name": "openconfig-network-instance", "organization": "OpenConfig working group", "version": "4.4.0"},
	{"name": "openconfig-system", "organization": "OpenConfig working group", "version": "2.2.0"},
	{"name": "openconfig-platform", "organization": "OpenConfig working group", "version": "0.30.0"},
	{"name": "openconfig-lldp", "organization": "OpenConfig working group", "version": "0.2.1"},
	{"name": "openconfig-vlan", "organization": "OpenConfig working group", "version": "3.2.2"},
}

// executeGNMI answers POST /internal/v1/gnmi/execute.
func (c *Controller) executeGNMI(w http.ResponseWriter, _ *http.Request, in call) {
	f := readFields(in.body)
	device, operation := f.text("device_id", true), f.choice("operation", true, "get", "set", "capabilities")
	paths, deletes := f.paths("paths"), f.paths("deletes")
	var updates []devicestate.Update
	f.each("updates", false, func(one *fields) {
		u := devicestate.Update{Path: one.text("path", true), Value: one.value("value")}
		if !strings.HasPrefix(u.Path, "/") {
			one.fail("path", "%.80q does not begin with /", u.Path)
		}
		updates = append(updates, u)
	})
	f.choice("encoding", false, "json", "json_ietf")
	switch {
	case operation == "get" && len(paths) == 0:
		f.fail("paths", "is missing or empty; name what get shall read")
	case operation == "set" && len(updates)+len(deletes) == 0:
		f.fail("updates", "is missing or empty, and so is deletes; say what set shall write or remove")
	}
	state := c.deviceState(w, f, device)
	if state == nil {
		return
	}
	var found []devicestate.Value
	var err error
	switch operation {
	case "get":
		found, err = state.Get(paths)
	case "set":
		found, err = state.Set(updates, deletes)
	default:
		found = []devicestate.Value{{Path: "/", Value: map[string]any{"gnmi_version": "0.10.0", "supported_encodings": []string{"JSON", "JSON_IETF"}, "supported_models": models}}}
	}
	if err != nil {
		internalError(w, http.StatusBadRequest, err.Error(), "")
		return
	}
	writeJSON(w, http.StatusOK, struct {
		DeviceID      string              `json:"device_id"`
		Operation     string              `json:"operation"`
		Timestamp     time.Time           `json:"timestamp"`
		Notifications []devicestate.Value `json:"notifications"`
	}{device, operation, c.now().UTC(), found})
}

// paths reads an array of gNMI paths.
func (f *fields) paths(name string) []string {
	all := f.texts(name)
	for i, path := range all {
		if !strings.HasPrefix(path, "/") {
			f.fail(fmt.Sprintf("%s[%d]", name, i), "%.80q does not begin with /", path)
		}
	}
	return all
}

// deviceState answers 400 and 404, and then returns nil.
func (c *Controller) deviceState(w http.ResponseWriter, f *fields, device string) *devicestate.State {
	if f.err != nil {
		internalError(w, http.StatusBadRequest, f.err.Error(), "")
		return nil
	}
	state := c.platform.state(device)
	if state == nil {
		internalError(w, http.StatusNotFound, "device_id: no device has this id", "")
	}
	return state
}

// value reads any JSON value, which must be there.
func (f *fields) value(name string) (v any) {
	raw, there := f.raw[name]
	if !there {
		f.fail(name, "is missing; null is a value")
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		f.fail(name, "%w", err)
	}
	return v
}

// executeNetconf answers POST /internal/v1/netconf/execute.
func (c *Controller) executeNetconf(w http.ResponseWriter, _ *http.Request, in call) {
	f := readFields(in.body)
	device := f.text("device_id", true)
	n := devicestate.Netconf{
		Operation: f.choice("operation", true, "get", "get-config", "edit-config", "rpc"),
		Target:    f.choice("target", false, "running", "candidate", "startup"),
		Filter:    f.text("filter", false), Config: f.text("config", false), RPC: f.text("rpc", false),
	}
	switch {
	case n.Operation == "edit-config" && strings.TrimSpace(n.Config) == "":
		f.fail("config", "is missing or empty; say what edit-config shall change, as XML")
	case n.Operation == "rpc" && strings.TrimSpace(n.RPC) == "":
		f.fail("rpc", "is missing or empty; say what to call, as XML")
	}
	state := c.deviceState(w, f, device)
	if state == nil {
		return
	}
	ok, data, err := state.Netconf(n)
	var field *devicestate.FieldError
	if errors.As(err, &field) {
		internalError(w, http.StatusBadRequest, err.Error(), "")
		return
	}
	writeJSON(w, http.StatusOK, struct {
		DeviceID  string `json:"device_id"`
		Operation string `json:"operation"`
		OK        bool   `json:"ok"`
		Data      string `json:"data"`
	}{device, n.Operation, ok, data})
}
