package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"

	"github.com/netstacks/netstacks-plugin/internal/needs"
	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/scaffold"
	"github.com/netstacks/netstacks-plugin/studio"
)

// oddText ends up in manifests, package metadata and OpenAPI documents as it is.
const oddText = "Watches \"sites\" \\ 100 %\n{{all}} ${of} them \U0001F680 שלום"

// TestEveryTemplateWorksUnedited: a new project of every language, with and
// without a database, validates, builds, becomes healthy within its own start
// period, keeps two organisations apart, carries out its panel's actions, ends
// at once when told to, and does the same again out of its own package.
func TestEveryTemplateWorksUnedited(t *testing.T) {
	for _, template := range scaffold.Templates() {
		for store, flag := range map[string]string{"db": "--database", "mem": "--no-database"} {
			name := "e-" + template.Name + "-" + store
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				parent := t.TempDir()
				succeeds(t, parent, "new", name, "--template", template.Name, flag, "--yes", "--description", oddText, "--author", "Ada \"A.\" L'Ovelace",
					"--capability", "read_devices")
				p := templatePlugin{t: t, name: name, dir: filepath.Join(parent, name), database: store == "db"}
				needs.Images(t, append(p.baseImages(), needs.PostgresImage)...)
				removeImage(t, "netstacks-plugin-"+name+":1.0.0")
				p.works()

				archive := filepath.Join(parent, name+".nspkg")
				succeeds(t, parent, "package", p.dir, "--output", archive)
				unpacked := filepath.Join(parent, "unpacked")
				if out, err := exec.Command(needs.Program(t, "unzip", "unzip"), "-q", archive, "-d", unpacked).CombinedOutput(); err != nil {
					t.Fatalf("unzip: %v\n%s", err, out)
				}
				p.dir = unpacked
				p.works()
			})
		}
	}
	t.Cleanup(func() { assertNothingLeft(t) })
}

// succeeds runs the binary in dir and returns what it prints; it has to succeed.
func succeeds(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(needs.Binary(t), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PLUGIN_NETWORK="+testNetwork)
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("netstacks-plugin %s: %v\n%s%s", strings.Join(args, " "), err, out, errors.String()[max(errors.Len()-6000, 0):])
	}
	return string(out)
}

// templatePlugin is a generated project that is put through its paces.
type templatePlugin struct {
	t        *testing.T
	name     string
	dir      string
	database bool
	file     studio.SessionFile // of the running session
}

var baseImage = regexp.MustCompile(`(?m)^ARG \w*IMAGE=(\S+)$`)

// baseImages are the ones that the Dockerfile builds on by default.
func (p *templatePlugin) baseImages() []string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "service", "Dockerfile"))
	if err != nil {
		p.t.Fatal(err)
	}
	var tags []string
	for _, m := range baseImage.FindAllStringSubmatch(string(text), -1) {
		tags = append(tags, m[1])
	}
	if len(tags) == 0 {
		p.t.Fatalf("the Dockerfile names no base image in a build argument:\n%s", text)
	}
	return tags
}

// works goes the whole way once.
func (p *templatePlugin) works() {
	t := p.t
	t.Helper()
	var report struct {
		OK       bool               `json:"ok"`
		Score    manifest.Score     `json:"score"`
		Findings []manifest.Finding `json:"findings"`
	}
	p.decode(succeeds(t, p.dir, "validate", "--json"), &report)
	if !report.OK || report.Score.Passed != 8 || len(report.Findings) != 0 {
		t.Fatalf("validate says %+v", report)
	}
	succeeds(t, p.dir, "build")
	run := start(t, nil, "run", p.dir, "--listen", "127.0.0.1:0")
	run.waitFor("healthy", 3*time.Minute)
	var err error
	if p.file, err = studio.LoadSessionFile(p.dir); err != nil {
		t.Fatal(err)
	}
	p.becameHealthyInTime()
	p.describesItself()
	p.keepsOrganisationsApart()
	p.actsOnItsPanel()
	p.refusesWhatIsNoItem()
	p.endsWhenTold()
	run.wait(time.Minute)
}

func (p *templatePlugin) decode(text string, into any) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		p.t.Fatalf("no JSON: %v\n%s", err, text)
	}
}

// request calls the plugin through the proxy, as a user of org, and decodes the answer.
func (p *templatePlugin) request(org, method, path, body string, want int, into any) {
	p.t.Helper()
	status, answer, err := call(p.file, org, method, "/api/plugins/"+p.name+path, body)
	if err != nil || status != want {
		p.t.Fatalf("%s: %s %s %s: %v, %d, not %d: %s", org, method, path, body, err, status, want, answer)
	}
	if into != nil {
		p.decode(answer, into)
	}
}

// becameHealthyInTime compares the engine's record with the start period.
func (p *templatePlugin) becameHealthyInTime() {
	p.t.Helper()
	c, err := needs.Engine(p.t).API.ContainerInspect(context.Background(), "netstacks-plugin-"+p.name)
	if err != nil {
		p.t.Fatal(err)
	}
	started, err := time.Parse(time.RFC3339Nano, c.State.StartedAt)
	if err != nil {
		p.t.Fatal(err)
	}
	period := c.Config.Healthcheck.StartPeriod
	for _, probe := range c.State.Health.Log {
		if probe.ExitCode == 0 {
			if took := probe.End.Sub(started); took > period {
				p.t.Errorf("healthy %s after the start, the start period is %s", took, period)
			}
			return
		}
		p.t.Logf("probe: exit code %d: %s", probe.ExitCode, probe.Output)
	}
	p.t.Errorf("no probe succeeded")
}

// describesItself reads the OpenAPI document.
func (p *templatePlugin) describesItself() {
	p.t.Helper()
	var doc struct {
		OpenAPI string
		Info    struct{ Title, Description, Version string }
		Paths   map[string]map[string]any
	}
	p.request("acme", http.MethodGet, "/openapi.json", "", http.StatusOK, &doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.") || doc.Info.Description != oddText || doc.Info.Version != scaffold.Version || doc.Info.Title != scaffold.DisplayName(p.name) {
		p.t.Errorf("OpenAPI %q describes %+v", doc.OpenAPI, doc.Info)
	}
	for path, methods := range map[string][]string{
		"/health": {"get"}, "/admin/items": {"get", "post"}, "/admin/items/{item_id}": {"get", "put", "delete"},
		"/admin/items/{item_id}/toggle": {"post"}, "/admin/items/enable-all": {"post"}, "/admin/devices": {"get"},
	} {
		item := doc.Paths[path]
		if item == nil {
			item = doc.Paths[strings.Replace(path, "{item_id}", "{id}", 1)]
		}
		for _, method := range methods {
			if item[method] == nil {
				p.t.Errorf("the OpenAPI document has no %s %s", method, path)
			}
		}
	}
}

// item is what the service answers.
type item struct {
	ID, Name    string
	Description *string
	Enabled     bool
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

type itemList struct{ Data []item }

// keepsOrganisationsApart creates, lists, updates and deletes as two.
func (p *templatePlugin) keepsOrganisationsApart() {
	p.t.Helper()
	var made, other, seen item
	p.request("acme", http.MethodPost, "/admin/items", `{"name":"  core-sw-1 ","description":"of acme"}`, http.StatusCreated, &made)
	p.request("globex", http.MethodPost, "/admin/items", `{"name":"edge-fw-2","enabled":false}`, http.StatusCreated, &other)
	if made.Name != "core-sw-1" || made.Description == nil || *made.Description != "of acme" || !made.Enabled || other.Enabled || other.Description != nil {
		p.t.Errorf("created %+v and %+v", made, other)
	}
	if time.Since(made.CreatedAt).Abs() > time.Hour {
		p.t.Errorf("created_at is %s", made.CreatedAt)
	}
	for org, want := range map[string]item{"acme": made, "globex": other} {
		var list itemList
		p.request(org, http.MethodGet, "/admin/items", "", http.StatusOK, &list)
		if len(list.Data) != 1 || list.Data[0].ID != want.ID {
			p.t.Errorf("%s sees %+v", org, list.Data)
		}
	}
	path := "/admin/items/" + made.ID
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		p.request("globex", method, path, `{"name":"stolen"}`, http.StatusNotFound, nil)
	}
	p.request("globex", http.MethodPost, path+"/toggle", `{}`, http.StatusNotFound, nil)
	p.request("acme", http.MethodPut, path, `{"description":null}`, http.StatusOK, &seen)
	if seen.Name != "core-sw-1" || seen.Description != nil || !seen.Enabled {
		p.t.Errorf("the change of the description made it %+v", seen)
	}
	p.request("acme", http.MethodPut, path, `{"name":"core-sw-9","enabled":false}`, http.StatusOK, &seen)
	p.request("acme", http.MethodGet, path, "", http.StatusOK, &seen)
	if seen.Name != "core-sw-9" || seen.Enabled || !seen.CreatedAt.Equal(made.CreatedAt) {
		p.t.Errorf("the change made it %+v", seen)
	}
	p.request("acme", http.MethodDelete, path, "", http.StatusNoContent, nil)
	p.request("acme", http.MethodGet, path, "", http.StatusNotFound, nil)
	p.request("acme", http.MethodDelete, path, "", http.StatusNotFound, nil)
	var list itemList
	p.request("globex", http.MethodGet, "/admin/items", "", http.StatusOK, &list)
	if len(list.Data) != 1 {
		p.t.Errorf("globex sees %+v after acme deleted its own", list.Data)
	}
	p.request("globex", http.MethodDelete, "/admin/items/"+other.ID, "", http.StatusNoContent, nil)
}

// actsOnItsPanel reads the panel's rows and carries out both actions as the
// Terminal does: with POST and the body {}.
func (p *templatePlugin) actsOnItsPanel() {
	p.t.Helper()
	for n := range 3 {
		p.request("acme", http.MethodPost, "/admin/items", fmt.Sprintf(`{"name":"row-%d","enabled":false}`, n), http.StatusCreated, nil)
	}
	shown := succeeds(p.t, p.dir, "preview")
	for _, want := range []string{"Items", "row-0", "row-2", "false"} {
		if !strings.Contains(shown, want) {
			p.t.Errorf("the panel shows no %q:\n%s", want, shown)
		}
	}
	text, err := os.ReadFile(filepath.Join(p.dir, manifest.FileName))
	if err != nil {
		p.t.Fatal(err)
	}
	var m manifest.Manifest
	p.decode(string(text), &m)
	var list itemList
	p.request("acme", http.MethodGet, "/admin/items?limit=1&offset=1", "", http.StatusOK, &list)
	if len(list.Data) != 1 || list.Data[0].Name != "row-1" {
		p.t.Fatalf("the second newest is %+v", list.Data)
	}
	rows, all := 0, 0
	for _, action := range m.TerminalPanels[0].Actions {
		endpoint := strings.ReplaceAll(action.Endpoint, "{id}", list.Data[0].ID)
		p.request("acme", http.MethodPost, endpoint, `{}`, http.StatusOK, nil)
		if endpoint != action.Endpoint {
			rows++
		} else {
			all++
		}
		var after itemList
		p.request("acme", http.MethodGet, "/admin/items", "", http.StatusOK, &after)
		for _, row := range after.Data {
			if want := row.ID == list.Data[0].ID || all > 0; row.Enabled != want {
				p.t.Errorf("after %s, %s is enabled: %t", action.ID, row.Name, row.Enabled)
			}
		}
	}
	if rows != 1 || all != 1 {
		p.t.Errorf("the panel has %d row actions and %d panel actions", rows, all)
	}
	var devices struct{ Data []struct{ Name string } }
	p.request("acme", http.MethodGet, "/admin/devices", "", http.StatusOK, &devices)
	if len(devices.Data) == 0 || devices.Data[0].Name == "" {
		p.t.Errorf("the Controller's devices are %+v", devices)
	}
}

// refusesWhatIsNoItem sends what a form or a script may send by mistake.
func (p *templatePlugin) refusesWhatIsNoItem() {
	p.t.Helper()
	for _, c := range []struct {
		method, path, body string
		want               []int
	}{
		{http.MethodPost, "/admin/items", `{"name":"  "}`, []int{422}},
		{http.MethodPost, "/admin/items", `{"description":"no name"}`, []int{422}},
		{http.MethodPost, "/admin/items", `{"name":7}`, []int{422}},
		{http.MethodPost, "/admin/items", `{"name":"` + strings.Repeat("x", 256) + `"}`, []int{422}},
		{http.MethodPost, "/admin/items", `{"name":"a\u0000b"}`, []int{422}},
		{http.MethodPost, "/admin/items", `{"name":`, []int{400, 422}},
		{http.MethodPost, "/admin/items", `[]`, []int{400, 422}},
		{http.MethodGet, "/admin/items?limit=0", "", []int{422}},
		{http.MethodGet, "/admin/items?limit=many", "", []int{422}},
		{http.MethodGet, "/admin/items?offset=-1", "", []int{422}},
		{http.MethodGet, "/admin/items/not-a-uuid", "", []int{422}},
		{http.MethodPatch, "/admin/items", `{}`, []int{405}},
		{http.MethodGet, "/nothing/here", "", []int{404}},
		{http.MethodPost, "/admin/items", `{"name":"x","description":"` + strings.Repeat("x", 2<<20) + `"}`, []int{413}},
	} {
		status, answer, err := call(p.file, "acme", c.method, "/api/plugins/"+p.name+c.path, c.body)
		if err != nil {
			p.t.Errorf("%s %s: %v", c.method, c.path, err)
			continue
		}
		taken := false
		for _, want := range c.want {
			taken = taken || status == want
		}
		if !taken {
			p.t.Errorf("%s %s %.60s: %d, not %v: %.200s", c.method, c.path, c.body, status, c.want, answer)
		}
	}
}

// endsWhenTold sends SIGTERM to the service alone.
func (p *templatePlugin) endsWhenTold() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	api, id := needs.Engine(p.t).API, "netstacks-plugin-"+p.name
	ended, failed := api.ContainerWait(ctx, id, container.WaitConditionNextExit)
	began := time.Now()
	if err := api.ContainerKill(ctx, id, "SIGTERM"); err != nil {
		p.t.Fatal(err)
	}
	select {
	case end := <-ended:
		if took := time.Since(began); end.StatusCode != 0 || took > 5*time.Second {
			p.t.Errorf("exit code %d, %s after SIGTERM", end.StatusCode, took)
		}
	case err := <-failed:
		p.t.Fatal(err)
	}
}
