package devicestate_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/controller/devicestate"
)

const template = `{
 "interfaces": {"interface": [
  {"name": "${port1}", "config": {"name": "${port1}", "mtu": 1500, "description": "a < b"}, "state": {"mtu": 1500, "counters": {"in": "7"}}},
  {"name": "Eth[2]", "config": {"mtu": 9000}, "state": {"oper-status": "UP"}}]},
 "system": {"config": {"hostname": "${name}", "enabled": true}, "dns": ["192.0.2.1", "192.0.2.2"]}}`

func device(t *testing.T) *devicestate.State {
	t.Helper()
	var tree map[string]any
	d := json.NewDecoder(strings.NewReader(template))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	return devicestate.New(tree, map[string]string{"port1": "Eth1", "name": "r1"})
}

func get(t *testing.T, s *devicestate.State, paths ...string) string {
	t.Helper()
	values, err := s.Get(paths)
	if err != nil {
		return err.Error()
	}
	b, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), `"`, "'")
}

func TestPathsFindWhatIsThere(t *testing.T) {
	s := device(t)
	for path, want := range map[string]string{
		"/system/config/hostname":                        `[{'path':'/system/config/hostname','value':'r1'}]`,
		"/openconfig-system:system/config/hostname/":     `[{'path':'/system/config/hostname','value':'r1'}]`,
		"/interfaces/interface[name=Eth1]/config/mtu":    `[{'path':'/interfaces/interface[name=Eth1]/config/mtu','value':1500}]`,
		`/interfaces/interface[name=Eth[2\]]/config/mtu`: `[{'path':'/interfaces/interface[name=Eth[2\\]]/config/mtu','value':9000}]`,
		"/interfaces/interface[name=*]/config/mtu":       `[{'path':'/interfaces/interface[name=Eth1]/config/mtu','value':1500},{'path':'/interfaces/interface[name=Eth[2\\]]/config/mtu','value':9000}]`,
		"/interfaces/interface/state/oper-status":        `[{'path':'/interfaces/interface[name=Eth[2\\]]/state/oper-status','value':'UP'}]`,
		"/system/*/hostname":                             `[{'path':'/system/config/hostname','value':'r1'}]`,
		"/system/dns":                                    `[{'path':'/system/dns','value':['192.0.2.1','192.0.2.2']}]`,
		"/interfaces/interface[name=Eth9]":               `[]`,
		"/nothing/here":                                  `[]`,
		"/system/config/hostname/below":                  `[]`,
		"/system[x=y]":                                   `[]`,
		"system":                                         `paths[0]: 'system' does not begin with /`,
		"/a//b":                                          `paths[0]: '/a//b' has an element without a name that is possible`,
		"/a[b]":                                          `paths[0]: '/a[b]' has a key that is not [name=value]`,
		"/a[b=c":                                         `paths[0]: '/a[b=c' has a key that is not [name=value]`,
		"/a[b=c]d":                                       `paths[0]: '/a[b=c]d' has something between ] and /`,
	} {
		if got := strings.ReplaceAll(get(t, s, path), `"`, "'"); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if all := get(t, s, "/"); !strings.HasPrefix(all, `[{'path':'/','value':{'interfaces'`) {
		t.Errorf("%s", all)
	}
}

func TestSetWritesAllOrNothing(t *testing.T) {
	s := device(t)
	done, err := s.Set([]devicestate.Update{
		{Path: "/interfaces/interface[name=Eth1]/config/mtu", Value: json.Number("9100")},
		{Path: "/interfaces/interface[name=Eth3]/config", Value: map[string]any{"oc:enabled": true}},
		{Path: "/vlans/vlan[vlan-id=10]", Value: map[string]any{"config": map[string]any{"name": "a"}}},
		{Path: "/system/banner", Value: nil},
	}, []string{"/system/dns", "/interfaces/interface[name=Eth[2\\]]", "/not/there"})
	if err != nil || len(done) != 7 || done[6].Value != nil {
		t.Fatalf("%v, %v", done, err)
	}
	got := get(t, s, "/interfaces/interface/state/mtu", "/interfaces/interface/state/enabled", "/vlans", "/system")
	want := `[{'path':'/interfaces/interface[name=Eth1]/state/mtu','value':9100},{'path':'/interfaces/interface[name=Eth3]/state/enabled','value':true},` +
		`{'path':'/vlans','value':{'vlan':[{'config':{'name':'a'},'state':{'name':'a'},'vlan-id':10}]}},{'path':'/system','value':{'banner':null,'config':{'enabled':true,'hostname':'r1'},'state':{'enabled':true,'hostname':'r1'}}}]`
	if got != want {
		t.Errorf("%s", got)
	}
	before := get(t, s, "/")
	for field, u := range map[string]devicestate.Update{
		"updates[1].path: ": {Path: "x"}, "updates[1].path: \"/\" is the whole device": {Path: "/"}, "updates[1]: a wildcard": {Path: "/a/*"}, "updates[1]: hostname is not a container": {Path: "/system/config/hostname/x"},
		"updates[1]: interface is an entry": {Path: "/interfaces/interface[name=Eth1]", Value: "x"}, "updates[1]: system is not a list": {Path: "/system[a=b]/c"}, `updates[1]: "a b" is not`: {Path: "/x", Value: map[string]any{"a b": 1}},
	} {
		_, err := s.Set([]devicestate.Update{{Path: "/system/config/hostname", Value: "changed"}, u}, []string{"/system"})
		var wrong *devicestate.FieldError
		if !errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%v, want %s", err, field)
		}
	}
	if after := get(t, s, "/"); after != before {
		t.Errorf("half of what failed was done: %s", after)
	}
}

func TestDeletingConfigurationDeletesItsState(t *testing.T) {
	s := device(t)
	if _, err := s.Set(nil, []string{"/interfaces/interface[name=Eth1]/config/mtu"}); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "/interfaces/interface[name=Eth1]/state/mtu"); got != "[]" {
		t.Errorf("%s", got)
	}
}

func netconf(t *testing.T, s *devicestate.State, n devicestate.Netconf) string {
	t.Helper()
	ok, data, err := s.Netconf(n)
	if err != nil {
		return err.Error()
	}
	if !ok && !strings.HasPrefix(data, "<rpc-error") {
		t.Errorf("refused with %s", data)
	}
	return data
}

func TestFiltersSelectSubtrees(t *testing.T) {
	s := device(t)
	const oc = ` xmlns="http://openconfig.net/yang/interfaces"`
	for _, tt := range []struct{ operation, filter, want string }{
		{"get-config", `<system xmlns="any"><config/></system>`, `<data><system xmlns="http://openconfig.net/yang/system"><config><enabled>true</enabled><hostname>r1</hostname></config></system></data>`},
		{"get-config", `<filter type="subtree"><system><dns/></system></filter>`, `<data><system xmlns="http://openconfig.net/yang/system"><dns>192.0.2.1</dns><dns>192.0.2.2</dns></system></data>`},
		{"get-config", `<interfaces><interface><name>Eth1</name></interface></interfaces>`, `<data><interfaces` + oc + `><interface><name>Eth1</name><config><description>a &lt; b</description><mtu>1500</mtu><name>Eth1</name></config></interface></interfaces></data>`},
		{"get", `<interfaces><interface><name>Eth1</name><state><counters/></state></interface></interfaces>`, `<data><interfaces` + oc + `><interface><name>Eth1</name><state><mtu>1500</mtu><counters><in>7</in></counters></state></interface></interfaces></data>`},
		{"get", `<interfaces><interface><config><mtu>9000</mtu></config></interface></interfaces>`, `<data><interfaces` + oc + `><interface><name>Eth[2]</name><config><mtu>9000</mtu></config></interface></interfaces></data>`},
		{"get", `<interfaces><interface><name>Eth9</name></interface></interfaces>`, `<data></data>`},
		{"get", `<nothing/>`, `<data></data>`},
		{"get", `<a><b></a>`, `filter: not XML: XML syntax error on line 1: element <b> closed by </a>`},
		{"get", `text`, `filter: text stands outside of elements: "text"`},
		{"get", strings.Repeat("<a>", 101), `filter: elements are nested more than 100 deep`},
	} {
		if got := netconf(t, s, devicestate.Netconf{Operation: tt.operation, Filter: tt.filter}); got != tt.want {
			t.Errorf("%s %.80s: %s", tt.operation, tt.filter, got)
		}
	}
}

func TestEditConfigMergesCreatesReplacesAndDeletes(t *testing.T) {
	for _, tt := range []struct{ name, config, path, want string }{
		{"merge", `<interfaces><interface><name>Eth1</name><config><mtu>9100</mtu></config></interface></interfaces>`, "/interfaces/interface[name=Eth1]/config", `[{'path':'/interfaces/interface[name=Eth1]/config','value':{'description':'a \u003c b','mtu':9100,'name':'Eth1'}}]`},
		{"a new entry", `<interfaces><interface><name>Lo7</name><config><mtu>1500</mtu></config></interface></interfaces>`, "/interfaces/interface[name=Lo7]/state/mtu", `[{'path':'/interfaces/interface[name=Lo7]/state/mtu','value':1500}]`},
		{"a new list", `<config><vlans><vlan><vlan-id>5</vlan-id></vlan></vlans></config>`, "/vlans/vlan[vlan-id=5]", `[{'path':'/vlans/vlan[vlan-id=5]','value':{'vlan-id':5}}]`},
		{"text stays text", `<system><config><hostname>42</hostname></config></system>`, "/system/config/hostname", `[{'path':'/system/config/hostname','value':'42'}]`},
		{"a value of a leaf-list", `<system><dns>192.0.2.3</dns></system>`, "/system/dns", `[{'path':'/system/dns','value':['192.0.2.1','192.0.2.2','192.0.2.3']}]`},
		{"replace", `<system><config operation="replace"><hostname>x</hostname></config></system>`, "/system/config", `[{'path':'/system/config','value':{'hostname':'x'}}]`},
		{"delete an entry", `<interfaces><interface xmlns:nc="urn:x" nc:operation="delete"><name>Eth1</name></interface></interfaces>`, "/interfaces/interface[name=Eth1]", `[]`},
		{"remove what is not there", `<system><x operation="remove"/></system>`, "/system/x", `[]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := device(t)
			if got := netconf(t, s, devicestate.Netconf{Operation: "edit-config", Config: tt.config}); got != "<ok/>" {
				t.Fatal(got)
			}
			if got := get(t, s, tt.path); got != tt.want {
				t.Errorf("%s", got)
			}
		})
	}
}

func TestDevicesRefuseAndKeepWhatTheyHad(t *testing.T) {
	s := device(t)
	before := get(t, s, "/")
	for config, tag := range map[string]string{
		`<system><config><hostname operation="create">x</hostname></config></system>`: "data-exists",
		`<system><x operation="delete"/></system>`:                                    "data-missing",
		`<system operation="burn"><x>1</x></system>`:                                  "bad-attribute",
		`<interfaces><interface><config/></interface></interfaces>`:                   "missing-element",
		`<system>x</system>`: "invalid-value",
		`<system><config><hostname><a>1</a></hostname></config></system>`:                                            "invalid-value",
		`<interfaces><interface>x</interface></interfaces>`:                                                          "invalid-value",
		`<system><config><hostname>changed</hostname></config><config operation="create"><a>1</a></config></system>`: "data-exists",
	} {
		got := netconf(t, s, devicestate.Netconf{Operation: "edit-config", Config: config})
		if !strings.Contains(got, "<error-tag>"+tag+"</error-tag>") {
			t.Errorf("%s: %s", config, got)
		}
	}
	if after := get(t, s, "/"); after != before {
		t.Errorf("half of what was refused was done: %s", after)
	}
}

func TestCandidatesWaitForTheirCommit(t *testing.T) {
	s := device(t)
	edit := devicestate.Netconf{Operation: "edit-config", Target: "candidate", Config: `<system><config><hostname>next</hostname></config></system>`}
	hostname := func() string { return get(t, s, "/system/config/hostname") }
	rpc := func(x string) string { return netconf(t, s, devicestate.Netconf{Operation: "rpc", RPC: x}) }
	netconf(t, s, edit)
	if got := netconf(t, s, devicestate.Netconf{Operation: "get-config", Target: "candidate"}); !strings.Contains(got, "next") || !strings.Contains(hostname(), "r1") {
		t.Errorf("%s, running %s", got, hostname())
	}
	if got := rpc(`<discard-changes/>`) + rpc(`<commit/>`); got != "<ok/><ok/>" || !strings.Contains(hostname(), "r1") {
		t.Errorf("%s, running %s", got, hostname())
	}
	netconf(t, s, edit)
	if got := rpc(`<rpc message-id="1"><commit/></rpc>`); got != "<ok/>" || !strings.Contains(hostname(), "next") {
		t.Errorf("%s, running %s", got, hostname())
	}
	rpc(`<copy-config><target><running/></target><source><startup/></source></copy-config>`)
	if !strings.Contains(hostname(), "r1") {
		t.Errorf("running %s", hostname())
	}
	for x, want := range map[string]string{
		`<reboot/>`: "operation-not-supported", `<copy-config/>`: "missing-element", `<a/><b/>`: "rpc: holds 2 elements", `<a`: "rpc: not XML", `<get-software-information/>`: "<data>", `<lock><target><candidate/></target></lock>`: "<ok/>",
	} {
		if got := rpc(x); !strings.Contains(got, want) {
			t.Errorf("%s: %s", x, got)
		}
	}
}
