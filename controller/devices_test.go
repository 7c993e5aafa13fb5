package controller_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/netstacks/netstacks-plugin/controller"
)

func listed(t *testing.T, c *controller.Controller, query string) []controller.Device {
	t.Helper()
	w := ask(c, "GET", "/internal/v1/devices"+query, serviceToken(t, c, "read_devices"), nil)
	var devices []controller.Device
	if err := json.Unmarshal(w.Body.Bytes(), &devices); err != nil || w.Code != 200 || devices == nil {
		t.Fatalf("%s: %d %s %v", query, w.Code, w.Body, err)
	}
	return devices
}

func TestFixturesAreDevicesOfSeveralVendorsInBothOrganisations(t *testing.T) {
	c := at(noon, controller.Options{})
	all := listed(t, c, "")
	ids, orgs, vendors, types, sites := map[string]bool{}, map[string]int{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, d := range all {
		if uuid.Validate(d.ID) != nil || d.Name == "" || d.Hostname == "" || d.DeviceType == "" {
			t.Errorf("incomplete: %+v", d)
		}
		ids[d.ID], types[d.DeviceType] = true, true
		orgs[d.OrgID]++
		if d.Manufacturer != nil {
			vendors[*d.Manufacturer] = true
		}
		if d.Site != nil {
			sites[*d.Site] = true
		}
		if d.CreatedAt != nil && (d.CreatedAt.Location() != time.UTC || d.UpdatedAt.Before(*d.CreatedAt)) {
			t.Errorf("times of %s: %s, %s", d.Name, d.CreatedAt, d.UpdatedAt)
		}
	}
	if len(all) != 50 || len(ids) != len(all) || len(vendors) != 6 || len(types) < 3 || len(orgs) != 2 || len(sites) != 3 || orgs[c.Orgs()[0].ID] < 3 || orgs[c.Orgs()[1].ID] < 3 {
		t.Errorf("%d devices, %d ids, vendors %v, types %v, organisations %v", len(all), len(ids), vendors, types, orgs)
	}
}

func TestDeviceFiltersNarrowTheList(t *testing.T) {
	c := at(noon, controller.Options{})
	all := listed(t, c, "")
	acme := c.Orgs()[0].ID
	names := func(devices []controller.Device) (names []string) {
		for _, d := range devices {
			names = append(names, d.Name)
		}
		return names
	}
	only := func(keep func(controller.Device) bool) []string {
		return names(slices.DeleteFunc(slices.Clone(all), func(d controller.Device) bool { return !keep(d) }))
	}
	switches := only(func(d controller.Device) bool { return d.DeviceType == "switch" })
	tests := []struct {
		query string
		want  []string
	}{
		{"?", names(all)},
		{"?unknown=1", names(all)},
		{"?device_type=switch", switches},
		{"?device_type=Switch", nil},
		{"?org_id=" + acme, only(func(d controller.Device) bool { return d.OrgID == acme })},
		{"?org_id=" + strings.ToUpper(acme) + "&device_type=router", only(func(d controller.Device) bool { return d.OrgID == acme && d.DeviceType == "router" })},
		{"?org_id=00000000-0000-0000-0000-000000000000", nil},
		{"?limit=2", names(all[:2])},
		{"?limit=1000", names(all)},
		{"?limit=2&offset=3", names(all[3:5])},
		{"?offset=999", nil},
		{"?device_type=switch&limit=1&offset=1", switches[1:2]},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			if got := names(listed(t, c, tt.query)); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestBadFiltersAre400AndNamed(t *testing.T) {
	c := at(noon, controller.Options{})
	for _, query := range []string{
		"org_id=", "org_id=acme", "org_id=e168ceaadc7247428f6ff3a822fa8132", "org_id={e168ceaa-dc72-4742-8f6f-f3a822fa8132}", "org_id=" + url.QueryEscape(c.Orgs()[0].ID+"' OR 1=1"),
		"org_id=a&org_id=b", "device_type=", "limit=0", "limit=-1", "limit=1001", "limit=ten", "limit=1.5", "limit=", "limit=99999999999999999999", "limit=1&limit=2",
		"offset=-1", "offset=x", "query=%zz", "query=a;b",
	} {
		w := ask(c, "GET", "/internal/v1/devices?"+query, serviceToken(t, c, "read_devices"), nil)
		name, _, _ := strings.Cut(query, "=")
		if w.Code != 400 || !strings.HasPrefix(w.Body.String(), `{"error":"`+name+": ") {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

func TestOneDeviceIsFoundByIDOrIs404(t *testing.T) {
	c := at(noon, controller.Options{})
	token := serviceToken(t, c, "read_devices")
	for _, d := range listed(t, c, "") {
		w := ask(c, "GET", "/internal/v1/devices/"+strings.ToUpper(d.ID), token, nil)
		want, err := json.Marshal(d)
		if err != nil || w.Code != 200 || w.Body.String() != string(want) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	for _, id := range []string{"00000000-0000-0000-0000-000000000000", "550e8400-...", "core-router-1", "%2e%2e%2f", "a%20b"} {
		if w := ask(c, "GET", "/internal/v1/devices/"+id, token, nil); w.Code != 404 || w.Body.String() != `{"error":"no device has this id"}` {
			t.Errorf("%s: %d %s", id, w.Code, w.Body)
		}
	}
}

func TestAbsentValuesAreNullOnTheWire(t *testing.T) {
	c := at(noon, controller.Options{Devices: []controller.Device{{ID: "A", OrgID: "o", Name: "<n>", Hostname: "h", DeviceType: "router"}}})
	const want = `[{"id":"A","org_id":"o","name":"\u003cn\u003e","hostname":"h","port":null,"device_type":"router","manufacturer":null,"model":null,"platform":null,"site":null,"source":null,"default_credential_id":null,"created_at":null,"updated_at":null}]`
	if w := ask(c, "GET", "/internal/v1/devices", serviceToken(t, c, "read_devices"), nil); w.Body.String() != want {
		t.Errorf("%s", w.Body)
	}
	empty := at(noon, controller.Options{Devices: []controller.Device{}})
	if got := listed(t, empty, ""); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
