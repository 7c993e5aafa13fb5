package controller_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/netstacks/netstacks-plugin/controller"
)

const router = "550e8400-e29b-41d4-a716-446655440000"

// decoded reads an answer's JSON.
func decoded[T any](t *testing.T, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code/100 != 2 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return v
}

type passage struct{ ID, Title, Snippet, URL string }

func TestKnowledgeAnswersQuestionsOfOperators(t *testing.T) {
	c := at(noon, controller.Options{})
	for question, title := range map[string]string{
		"firewall rules":                              "Firewall rules for the management network",
		"ospf neighbor stuck in exstart":              "OSPF neighbours stuck in EXSTART or EXCHANGE",
		"my BGP session keeps flapping":               "BGP session flaps: where to look first",
		"how do I shut down a BGP router gracefully?": "Draining a BGP router with graceful shutdown",
		"junos commit confirmed":                      "Junos: commits, confirmations and going back",
		"SR Linux network-instance":                   "Nokia SR Linux for people from other systems",
		"gnmi subscribe on_change":                    "gNMI: get, set and subscribe",
		"duplicate mac evpn":                          "EVPN: a host cannot be reached",
		"upgrade arista leaf":                         "Upgrading Arista EOS on leaves",
		"mtu mismatch ping df":                        "Finding an MTU mismatch",
	} {
		w := call(t, c, "GET", "/knowledge/search?q="+strings.ReplaceAll(question, " ", "+"), "")
		if got := decoded[[]passage](t, w); len(got) == 0 || got[0].Title != title || got[0].Snippet == "" || got[0].URL == "" {
			t.Errorf("%s: %.600s", question, w.Body)
		}
	}
	globex := call(t, c, "GET", "/knowledge/search?q=bgp&limit=100&org_id="+c.Orgs()[1].ID, "")
	for _, r := range decoded[[]passage](t, globex) {
		if !strings.HasPrefix(r.URL, "https://kb.globex.example/") {
			t.Errorf("%+v is not of this organisation", r)
		}
	}
}

func TestCreatedDocumentsAreFoundInTheirOrganisation(t *testing.T) {
	c := at(noon, controller.Options{})
	w := post(t, c, "/knowledge/documents", `{"title":"Quagmire","content":"Wobbling quagmires.","source":"plugin","metadata":{"a":[1]}}`)
	made := decoded[struct {
		ID        string
		Chunks    int
		CreatedAt time.Time `json:"created_at"`
	}](t, w)
	if w.Code != 201 || made.Chunks != 1 || !made.CreatedAt.Equal(noon) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for org, want := range map[int]int{0: 1, 1: 0} {
		got := decoded[[]passage](t, call(t, c, "GET", "/knowledge/search?q=quagmire&org_id="+c.Orgs()[org].ID, ""))
		if len(got) != want || want == 1 && got[0].ID != made.ID {
			t.Errorf("organisation %d: %+v", org, got)
		}
	}
	post(t, c, "/knowledge/documents", `{"title":"Quagmire II","content":"x","org_id":"`+c.Orgs()[1].ID+`"}`)
	if got := decoded[[]passage](t, call(t, c, "GET", "/knowledge/search?q=quagmire&org_id="+c.Orgs()[1].ID, "")); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestEveryDeviceAnswersGNMIAndNETCONF(t *testing.T) {
	c := at(noon, controller.Options{})
	hostnames := map[string]bool{}
	for _, d := range controller.BuiltInDevices() {
		w := post(t, c, "/gnmi/execute", `{"device_id":"`+d.ID+`","operation":"get","paths":["/openconfig-system:system/state/hostname","/interfaces/interface[name=*]/state/oper-status"]}`)
		got := decoded[struct {
			Notifications []struct {
				Path  string
				Value any
			}
		}](t, w).Notifications
		if len(got) < 2 || got[0].Value != d.Name || strings.Contains(w.Body.String(), "${") {
			t.Errorf("%s: %s", d.Name, w.Body)
		}
		hostnames[d.ID] = true
		x := decoded[struct {
			OK   bool
			Data string
		}](t, post(t, c, "/netconf/execute", `{"device_id":"`+strings.ToUpper(d.ID)+`","operation":"get"}`))
		if !x.OK || !strings.Contains(x.Data, "<hostname>"+d.Name+"</hostname>") || strings.Contains(x.Data, "${") {
			t.Errorf("%s: %.300s", d.Name, x.Data)
		}
	}
}

func TestWritesLastForTheSessionInBothProtocols(t *testing.T) {
	c := at(noon, controller.Options{})
	const path = "/interfaces/interface[name=GigabitEthernet0/0/1]"
	post(t, c, "/gnmi/execute", `{"device_id":"`+router+`","operation":"set","updates":[{"path":"`+path+`/config/mtu","value":4321}],"deletes":["/system/ntp"]}`)
	w := post(t, c, "/gnmi/execute", `{"device_id":"`+router+`","operation":"get","paths":["`+path+`/state/mtu","/system/ntp"]}`)
	if !strings.Contains(w.Body.String(), `"notifications":[{"path":"`+path+`/state/mtu","value":4321}]`) {
		t.Errorf("%s", w.Body)
	}
	edit := `<config><interfaces><interface><name>GigabitEthernet0/0/1</name><config><description>by & for \"NETCONF\"</description></config></interface></interfaces></config>`
	w = post(t, c, "/netconf/execute", `{"device_id":"`+router+`","operation":"edit-config","config":"`+strings.ReplaceAll(edit, "&", "&amp;")+`"}`)
	if got := decoded[struct{ OK bool }](t, w); !got.OK {
		t.Errorf("%s", w.Body)
	}
	w = post(t, c, "/netconf/execute", `{"device_id":"`+router+`","operation":"get-config","filter":"<interfaces><interface><name>GigabitEthernet0/0/1</name><config/></interface></interfaces>"}`)
	got := decoded[struct{ Data string }](t, w).Data
	if !strings.Contains(got, "<mtu>4321</mtu>") || !strings.Contains(got, "by &amp; for") || strings.Contains(got, "GigabitEthernet0/0/2") || strings.Contains(got, "<state>") {
		t.Errorf("%s", got)
	}
	w = post(t, c, "/gnmi/execute", `{"device_id":"`+router+`","operation":"get","paths":["`+path+`/config/description"]}`)
	if !strings.Contains(w.Body.String(), `by & for`) {
		t.Errorf("%s", w.Body)
	}
}

func TestChatIsAnsweredTheSameEachTime(t *testing.T) {
	c := at(noon, controller.Options{})
	const body = `{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Explain   VLANs."}],"model":"m","max_tokens":%s}`
	one, two := post(t, c, "/llm/chat", strings.Replace(body, "%s", "100", 1)), post(t, c, "/llm/chat", strings.Replace(body, "%s", "100", 1))
	if one.Body.String() != two.Body.String() || !strings.Contains(one.Body.String(), "Explain VLANs.") || !strings.Contains(one.Body.String(), `"model":"m","finish_reason":"stop"`) {
		t.Errorf("%s\n%s", one.Body, two.Body)
	}
	if cut := post(t, c, "/llm/chat", strings.Replace(body, "%s", "2", 1)); !strings.Contains(cut.Body.String(), `{"content":"This is","model":"m","finish_reason":"length","usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":6}}`) {
		t.Errorf("%s", cut.Body)
	}
}

func TestChatIsForwarded(t *testing.T) {
	const body = `{"messages":[{"role":"user","content":"Hi"}],"temperature":0,"max_tokens":5}`
	tests := []struct {
		name, answer string
		status       int
		want         int
		says         string
	}{
		{"answered", `{"model":"big-1","choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`, 200, 200, `{"content":"Hello","model":"big-1","finish_reason":"stop","usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`},
		{"without a model's name", `{"choices":[{"message":{"content":""}}]}`, 200, 200, `{"content":"","model":"fallback","finish_reason":null`},
		{"an error that repeats the key", `{"error":{"message":"bad key the-key"}}`, 401, 502, `the language model answered 401: bad key ***`},
		{"an error that is text", `{"error":"model not found"}`, 404, 502, `404: model not found`},
		{"an error without JSON", `<html>`, 500, 502, `answered 500`},
		{"a redirect", ``, 302, 502, `answered 302`},
		{"not JSON", `<html>`, 200, 502, `not JSON`},
		{"without choices", `{"choices":[]}`, 200, 502, `no text`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked := make(chan string, 1)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var sent any
				_ = json.NewDecoder(r.Body).Decode(&sent)
				b, _ := json.Marshal(sent)
				asked <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization") + " " + string(b)
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.answer))
			}))
			defer s.Close()
			c := at(noon, controller.Options{LLM: controller.LLM{URL: s.URL + "/v1/", Key: "the-key", Model: "fallback"}})
			w := post(t, c, "/llm/chat", body)
			if w.Code != tt.want || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if got := <-asked; got != `POST /v1/chat/completions Bearer the-key {"max_tokens":5,"messages":[{"content":"Hi","role":"user"}],"model":"fallback","temperature":0}` {
				t.Errorf("sent %s", got)
			}
		})
	}
}

func TestALanguageModelThatIsAwayIs502AndOneThatIsSlowIs504(t *testing.T) {
	const body = `{"messages":[{"role":"user","content":"Hi"}]}`
	hang := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer s.Close()
	defer close(hang)
	c := at(noon, controller.Options{LLM: controller.LLM{URL: s.URL, Timeout: 20 * time.Millisecond}})
	if w := post(t, c, "/llm/chat", body); w.Code != 504 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	c = at(noon, controller.Options{LLM: controller.LLM{URL: "http://127.0.0.1:1"}})
	if w := post(t, c, "/llm/chat", body); w.Code != 502 || !strings.Contains(w.Body.String(), "cannot be reached") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, bad := range []string{"", "localhost:11434", "ftp://x", "http://", "http://user:pass@x/"} {
		if controller.CheckLLMURL(bad) == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

func TestBuiltInFixturesAreWhatIsPromised(t *testing.T) {
	f := controller.BuiltInFixtures()
	if len(f.Orgs) != 2 || len(f.Devices) != 50 || len(f.Documents) < 40 || len(f.Agents) < 3 || len(f.APIResources) < 3 {
		t.Errorf("%d organisations, %d devices, %d documents", len(f.Orgs), len(f.Devices), len(f.Documents))
	}
	ids := map[string]bool{}
	for _, c := range f.Credentials {
		ids[c.ID] = true
	}
	for _, d := range f.Devices {
		if d.DefaultCredentialID != nil && !ids[*d.DefaultCredentialID] {
			t.Errorf("%s has the credential %s, which there is not", d.Name, *d.DefaultCredentialID)
		}
	}
	for _, d := range f.Documents {
		if len(d.Content) < 300 || d.Source == nil || d.URL == nil {
			t.Errorf("%s is no useful document", d.Title)
		}
	}
}

func TestFilesOfAFolderReplaceFixtures(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "credentials.json", `[{"id":"00000000-0000-4000-8000-000000000001","name":"mine","credential_type":"api_token","secret":"s"}]`)
	file(t, dir, "knowledge/one.md", "---\r\ntitle: Only one\norganisation: globex\n---\nAardvarks.\n")
	file(t, dir, "state/core-router-1.json", `{"system":{"state":{"hostname":"${name}!","big":18446744073709551615}}}`)
	f, err := controller.LoadFixtures(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := at(noon, controller.Options{Fixtures: f})
	if w := call(t, c, "GET", "/credentials/00000000-0000-4000-8000-000000000001", ""); w.Body.String() != `{"id":"00000000-0000-4000-8000-000000000001","name":"mine","credential_type":"api_token","username":null,"secret":"s","created_at":null}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := decoded[[]passage](t, call(t, c, "GET", "/knowledge/search?q=aardvark+bgp", "")); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	if got := listed(t, c, ""); len(got) != 50 {
		t.Errorf("%d devices: what the folder lacks is built in", len(got))
	}
	if w := post(t, c, "/gnmi/execute", `{"device_id":"`+router+`","operation":"get","paths":["/system/state"]}`); !strings.Contains(w.Body.String(), `{"big":18446744073709551615,"hostname":"core-router-1!"}`) {
		t.Errorf("%s", w.Body)
	}
}

func TestBrokenFixturesSayWhereAndWhatToDo(t *testing.T) {
	const good = `{"id":"00000000-0000-4000-8000-000000000001","org_id":"e168ceaa-dc72-4742-8f6f-f3a822fa8132","name":"a","hostname":"b","device_type":"router"}`
	tests := []struct{ name, file, content, says string }{
		{"not an array", "devices.json", "{}", "devices.json:1: must be a JSON array"},
		{"not JSON", "devices.json", "[\n" + good + ",\n{\"id\": nope}]", "devices.json:3: not JSON"},
		{"cut off", "devices.json", "[\n" + good + ",\n{\"id\":", "devices.json:3: not JSON: the file ends early"},
		{"a missing field", "devices.json", "[\n" + good + ",\n\n  {\"id\":\"00000000-0000-4000-8000-000000000002\"}\n]", "devices.json:4: name: is missing or empty; give it a value"},
		{"a field of the wrong type", "devices.json", `[{"port":"22"}]`, "devices.json:1: port: is of the wrong type; found: string"},
		{"an unknown field", "devices.json", `[{"host_name":"x"}]`, `devices.json:1: no field is called "host_name"; remove it`},
		{"an id that is none", "devices.json", strings.Replace("["+good+"]", "00000000-", "x", 1), "is not a UUID; make one with uuidgen"},
		{"an id twice", "devices.json", "[\n" + good + ",\n" + good + "]", "is also on line 2"},
		{"an unknown organisation", "devices.json", strings.Replace("["+good+"]", "e168ceaa", "e168ceab", 1), "org_id: "},
		{"a port that is none", "devices.json", strings.Replace("["+good+"]", `"name"`, `"port":0,"name"`, 1), "port: 0 is not between"},
		{"something behind", "agents.json", "[]\n[]", "agents.json:2: something follows"},
		{"an unknown type of credential", "credentials.json", `[{"id":"00000000-0000-4000-8000-000000000001","name":"n","credential_type":"x"}]`, `credential_type: "x" is none of`},
		{"a document without a head", "knowledge/a.md", "Text", "knowledge/a.md:1: the head is missing; begin the file with ---"},
		{"a document without a title", "knowledge/a.md", "---\nsource: x\n---\nText", "knowledge/a.md:2: title: is missing"},
		{"a document without text", "knowledge/a.md", "---\ntitle: x\n---\n\n", "the document is empty"},
		{"a document of nobody", "knowledge/a.md", "---\ntitle: x\norganisation: y\n---\nText", `knowledge/a.md:3: organisation: "y"`},
		{"a misspelt field of a head", "knowledge/a.md", "---\ntitel: x\n---\nText", `knowledge/a.md:2: the head has no field "titel"`},
		{"a state that is no object", "state/router.json", "[]", "state/router.json:1: "},
		{"a misspelt file", "device.json", "[]", "no fixtures have this name; the names are orgs.json"},
		{"nothing at all", "readme.txt", "", "holds no fixtures; it needs one of"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			file(t, dir, tt.file, tt.content)
			if _, err := controller.LoadFixtures(dir); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v, want %q", err, tt.says)
			}
		})
	}
	if _, err := controller.LoadFixtures(filepath.Join(t.TempDir(), "away")); err == nil {
		t.Error("a folder that there is not")
	}
}

func file(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
