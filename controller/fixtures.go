package controller

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/netstacks/netstacks-plugin/controller/knowledge"
)

// Fixtures are what the local Controller answers from. Make them with
// BuiltInFixtures or LoadFixtures.
type Fixtures struct {
	Orgs         []Org
	Devices      []Device
	Credentials  []Credential
	Agents       []Agent
	APIResources []APIResource
	Documents    []knowledge.Document
	// States are trees of OpenConfig data by the name, the id or the type of a
	// device, or "default"; the first that there is becomes the device's.
	States map[string]map[string]any
}

// Credential is a decrypted credential (internal-api.md, "Credential").
type Credential struct {
	ID             string     `json:"id"`
	Name           string     `json:"name"`
	CredentialType string     `json:"credential_type"`
	Username       *string    `json:"username"`
	Secret         string     `json:"secret"`
	CreatedAt      *time.Time `json:"created_at"`
}

// Agent is an autonomous agent that can be triggered.
type Agent struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

// APIResource is an external API that an administrator registered.
type APIResource struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	BaseURL   string     `json:"base_url"`
	AuthType  string     `json:"auth_type"`
	CreatedAt *time.Time `json:"created_at"`
}

// credentialTypes are those of internal-api.md.
var credentialTypes = []string{"ssh_password", "ssh_key", "api_token", "snmp_community", "generic_secret"}

//go:embed fixtures/*.json fixtures/state/*.json fixtures/knowledge/*.md
var builtIn embed.FS

// BuiltInFixtures returns a copy of the fixtures that the program carries: 50
// devices of six vendors at three sites in two organisations, credentials,
// agents, API resources, and 40 documents about network operations.
func BuiltInFixtures() *Fixtures {
	f, err := LoadFixtures("")
	if err != nil {
		panic(err) // a test rules it out
	}
	return f
}

// LoadFixtures returns the built-in fixtures with those of a folder in their
// place, file by file: orgs.json, devices.json, credentials.json, agents.json,
// api-resources.json, the folder knowledge of Markdown documents and the
// folder state of devices' trees. An error names the file, the line and what
// to do. An empty dir means none.
func LoadFixtures(dir string) (*Fixtures, error) {
	r := &fixtureReader{dir: dir}
	if dir != "" {
		if err := checkFixtureDir(dir); err != nil {
			return nil, err
		}
	}
	f := &Fixtures{Orgs: builtInOrgs, States: map[string]map[string]any{}}
	if r.given("orgs.json") {
		f.Orgs = rows(r, "orgs.json", checkOrg, func(o Org) string { return o.ID })
	}
	f.Devices = rows(r, "devices.json", f.checkDevice, func(d Device) string { return strings.ToLower(d.ID) })
	f.Credentials = rows(r, "credentials.json", checkCredential, func(c Credential) string { return strings.ToLower(c.ID) })
	f.Agents = rows(r, "agents.json", func(a Agent) error { return needed("id", a.ID, "name", a.Name) }, func(a Agent) string { return a.ID })
	f.APIResources = rows(r, "api-resources.json", func(a APIResource) error { return needed("id", a.ID, "name", a.Name, "base_url", a.BaseURL) }, func(a APIResource) string { return a.ID })
	r.readDocuments(f)
	r.readStates(f)
	return f, r.err
}

// known are the names that a folder of fixtures may hold.
var known = []string{"orgs.json", "devices.json", "credentials.json", "agents.json", "api-resources.json", "knowledge", "state"}

// checkFixtureDir refuses a folder with none of the files, or with misspelt ones.
func checkFixtureDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("reading fixtures: %w; name a folder with %s", err, strings.Join(known, ", "))
	}
	found := 0
	for _, e := range entries {
		if slices.Contains(known, e.Name()) {
			found++
		} else if strings.HasSuffix(e.Name(), ".json") {
			return fmt.Errorf("%s/%s: no fixtures have this name; the names are %s", dir, e.Name(), strings.Join(known, ", "))
		}
	}
	if found == 0 {
		return fmt.Errorf("%s holds no fixtures; it needs one of %s", dir, strings.Join(known, ", "))
	}
	return nil
}

// fixtureReader reads files of the folder, or else the built-in ones, and
// keeps the first error.
type fixtureReader struct {
	dir string
	err error
}

// given tells whether the folder has its own file or folder of this name.
func (r *fixtureReader) given(name string) bool {
	if r.dir == "" {
		return false
	}
	_, err := os.Stat(r.dir + "/" + name)
	return err == nil
}

// from returns where name is read from, and what that place is called in errors.
func (r *fixtureReader) from(name string) (fs.FS, string) {
	if r.given(name) {
		return os.DirFS(r.dir), r.dir + "/"
	}
	sub, err := fs.Sub(builtIn, "fixtures")
	if err != nil {
		panic(err) // the name is valid
	}
	return sub, "fixtures/"
}

// fail keeps an error at a place of a file.
func (r *fixtureReader) fail(file string, content []byte, offset int64, err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%s:%d: %w", file, lineOf(content, offset), err)
	}
}

// lineOf counts from 1.
func lineOf(content []byte, offset int64) int {
	if offset > int64(len(content)) {
		offset = int64(len(content))
	}
	for offset < int64(len(content)) && strings.ContainsRune(" \t\r\n,", rune(content[offset])) {
		offset++ // to the value that is spoken of
	}
	return bytes.Count(content[:offset], []byte("\n")) + 1
}

// rows reads an array of T strictly and checks each of its rows.
func rows[T any](r *fixtureReader, name string, check func(T) error, id func(T) string) []T {
	if r.err != nil {
		return nil
	}
	from, place := r.from(name)
	file := place + name
	content, err := fs.ReadFile(from, name)
	if err != nil {
		r.err = fmt.Errorf("reading fixtures: %w", err)
		return nil
	}
	all, lines := []T{}, map[string]int{}
	d := json.NewDecoder(bytes.NewReader(content))
	if opening, err := d.Token(); err != nil || opening != json.Delim('[') {
		r.fail(file, content, 0, errors.New("must be a JSON array of objects"))
		return nil
	}
	for d.More() {
		start := d.InputOffset()
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			r.failSyntax(file, content, d, err)
			return nil
		}
		var row T
		strict := json.NewDecoder(bytes.NewReader(raw))
		strict.DisallowUnknownFields()
		err := strict.Decode(&row)
		if err == nil {
			err = check(row)
		}
		if err == nil && lines[id(row)] > 0 {
			err = fmt.Errorf("id: %q is also on line %d; give each its own", id(row), lines[id(row)])
		}
		if err != nil {
			r.fail(file, content, start, plainJSON(err))
			return nil
		}
		lines[id(row)] = lineOf(content, start)
		all = append(all, row)
	}
	if _, err := d.Token(); err != nil {
		r.failSyntax(file, content, d, err)
	} else if _, err := d.Token(); !errors.Is(err, io.EOF) {
		r.fail(file, content, d.InputOffset(), errors.New("something follows the array; remove it"))
	}
	return all
}

// failSyntax keeps an error of the JSON itself.
func (r *fixtureReader) failSyntax(file string, content []byte, d *json.Decoder, err error) {
	offset := d.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = syntax.Offset - 1
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		offset, err = int64(len(content)), errors.New("the file ends early; close what is open")
	}
	r.fail(file, content, offset, fmt.Errorf("not JSON: %w", err))
}

// plainJSON says without Go's words what is wrong with a value.
func plainJSON(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		where := wrong.Field
		if where == "" {
			where = "value"
		}
		return fmt.Errorf("%s: is of the wrong type; found: %s", where, wrong.Value)
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("no field is called %s; remove it or mend its name", field)
	}
	return err
}

// needed returns an error about the first of the name and value pairs that is blank.
func needed(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) == "" {
			return fmt.Errorf("%s: is missing or empty; give it a value", pairs[i])
		}
	}
	return nil
}

func checkOrg(o Org) error {
	if err := needed("id", o.ID, "slug", o.Slug, "name", o.Name); err != nil {
		return err
	}
	if uuid.Validate(o.ID) != nil || len(o.ID) != 36 {
		return fmt.Errorf("id: %q is not a UUID; make one with uuidgen", o.ID)
	}
	return nil
}

func (f *Fixtures) checkDevice(d Device) error {
	switch err := needed("id", d.ID, "name", d.Name, "hostname", d.Hostname, "device_type", d.DeviceType); {
	case err != nil:
		return err
	case uuid.Validate(d.ID) != nil || len(d.ID) != 36:
		return fmt.Errorf("id: %q is not a UUID; make one with uuidgen", d.ID)
	case !slices.ContainsFunc(f.Orgs, func(o Org) bool { return strings.EqualFold(o.ID, d.OrgID) }):
		return fmt.Errorf("org_id: %q is no organisation's id; use one of orgs.json, or %s", d.OrgID, f.Orgs[0].ID)
	case d.Port != nil && (*d.Port < 1 || *d.Port > 65535):
		return fmt.Errorf("port: %d is not between 1 and 65535", *d.Port)
	}
	return nil
}

func checkCredential(c Credential) error {
	switch err := needed("id", c.ID, "name", c.Name); {
	case err != nil:
		return err
	case uuid.Validate(c.ID) != nil || len(c.ID) != 36:
		return fmt.Errorf("id: %q is not a UUID; make one with uuidgen", c.ID)
	case !slices.Contains(credentialTypes, c.CredentialType):
		return fmt.Errorf("credential_type: %q is none of %s", c.CredentialType, strings.Join(credentialTypes, ", "))
	}
	return nil
}

// readStates reads state/*.json: an object of OpenConfig containers each.
func (r *fixtureReader) readStates(f *Fixtures) {
	from, place := r.from("state")
	names, err := fs.Glob(from, "state/*.json")
	if err != nil || r.err != nil {
		return // the pattern is valid
	}
	for _, name := range names {
		content, err := fs.ReadFile(from, name)
		if err != nil {
			r.err = fmt.Errorf("reading fixtures: %w", err)
			return
		}
		tree := map[string]any{}
		d := json.NewDecoder(bytes.NewReader(content))
		d.UseNumber()
		if err := d.Decode(&tree); err != nil {
			r.failSyntax(place+name, content, d, plainJSON(err))
			return
		}
		f.States[strings.TrimSuffix(path.Base(name), ".json")] = tree
	}
}
