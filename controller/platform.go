package controller

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/netstacks/netstacks-plugin/controller/devicestate"
	"github.com/netstacks/netstacks-plugin/controller/knowledge"
)

// platform is what the operations of /internal/v1 answer from. The knowledge
// base and the devices' states are made when they are first asked for.
type platform struct {
	now         func() time.Time
	devices     map[string]Device // by id in lower case
	credentials map[string][]byte // JSON by id in lower case
	agents      map[string]bool   // by id
	resources   []byte            // JSON
	documents   []knowledge.Document
	templates   map[string]map[string]any
	llm         *forwarder // nil: answers are made here

	knowing sync.Mutex // guards base and its making
	base    *knowledge.Base

	mu     sync.Mutex
	states map[string]*devicestate.State // by device id
}

func newPlatform(f *Fixtures, devices []Device, llm LLM, now func() time.Time) *platform {
	p := &platform{
		now: now, devices: map[string]Device{}, credentials: map[string][]byte{}, agents: map[string]bool{},
		documents: f.Documents, templates: f.States, llm: newForwarder(llm), states: map[string]*devicestate.State{},
	}
	for _, d := range devices {
		p.devices[strings.ToLower(d.ID)] = d
	}
	for _, c := range f.Credentials {
		p.credentials[strings.ToLower(c.ID)] = encoded(c)
	}
	for _, a := range f.Agents {
		p.agents[a.ID] = true
	}
	p.resources = encoded(append([]APIResource{}, f.APIResources...))
	return p
}

// encoded is the JSON of a fixture.
func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("fixture %v: %v", v, err)) // strings, numbers and times before the year 10000 always encode
	}
	return b
}

// knowledge returns the knowledge base, made of the fixtures by the first call.
func (p *platform) knowledge(ctx context.Context) (*knowledge.Base, error) {
	p.knowing.Lock()
	defer p.knowing.Unlock()
	if p.base != nil {
		return p.base, nil
	}
	documents := append([]knowledge.Document{}, p.documents...)
	for i := range documents {
		documents[i].Created = p.now()
	}
	base, err := knowledge.New(context.WithoutCancel(ctx), documents) // it outlives the request
	p.base = base
	return base, err
}

// close frees the knowledge base; a later search makes it anew.
func (p *platform) close() error {
	p.knowing.Lock()
	defer p.knowing.Unlock()
	base := p.base
	p.base = nil
	if base == nil {
		return nil
	}
	return base.Close()
}

// getCredential answers GET /internal/v1/credentials/{id}.
func (c *Controller) getCredential(w http.ResponseWriter, _ *http.Request, in call) {
	id, err := url.PathUnescape(in.id)
	body, ok := c.platform.credentials[strings.ToLower(id)]
	if err != nil || !ok {
		internalError(w, http.StatusNotFound, "no credential has this id", "")
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeBody(w, http.StatusOK, body)
}

// listAPIResources answers GET /internal/v1/api-resources.
func (c *Controller) listAPIResources(w http.ResponseWriter, _ *http.Request, _ call) {
	writeBody(w, http.StatusOK, c.platform.resources)
}

// triggerAgent answers POST /internal/v1/agents/trigger. The run stays queued:
// there is nobody here who would do it.
func (c *Controller) triggerAgent(w http.ResponseWriter, _ *http.Request, in call) {
	f := readFields(in.body)
	agent := f.text("agent_id", true)
	f.text("prompt", false)
	f.object("context")
	switch {
	case f.err != nil:
		internalError(w, http.StatusBadRequest, f.err.Error(), "")
	case !c.platform.agents[agent]:
		internalError(w, http.StatusNotFound, "agent_id: no agent has this id", "")
	default:
		writeJSON(w, http.StatusAccepted, struct {
			RunID   string `json:"run_id"`
			AgentID string `json:"agent_id"`
			Status  string `json:"status"`
		}{uuid.NewString(), agent, "queued"})
	}
}

// searchKnowledge answers GET /internal/v1/knowledge/search.
func (c *Controller) searchKnowledge(w http.ResponseWriter, r *http.Request, _ call) {
	f := readFilters(r.URL.RawQuery)
	org, limit := f.org(), f.integer("limit", 1, 100, 10)
	question, given := f.given("q")
	switch {
	case f.err != nil:
	case !given || strings.TrimSpace(question) == "":
		f.err = fmt.Errorf("q: is missing or empty; say what to look for")
	case utf8.RuneCountInString(question) > maxQuestion:
		f.err = fmt.Errorf("q: is longer than %d characters", maxQuestion)
	}
	if f.err != nil {
		internalError(w, http.StatusBadRequest, f.err.Error(), "")
		return
	}
	base, err := c.platform.knowledge(r.Context())
	var results []knowledge.Result
	if err == nil {
		results, err = base.Search(r.Context(), org, question, limit)
	}
	if err != nil {
		internalError(w, http.StatusInternalServerError, err.Error(), "")
		return
	}
	writeJSON(w, http.StatusOK, results)
}

// maxQuestion and maxTitle are in characters, as the contract has them.
const maxQuestion, maxTitle = 10000, 1000

// createDocument answers POST /internal/v1/knowledge/documents.
func (c *Controller) createDocument(w http.ResponseWriter, r *http.Request, in call) {
	f := readFields(in.body)
	doc := knowledge.Document{
		ID: uuid.NewString(), Title: f.text("title", true), Content: f.text("content", true), Source: f.optional("source"), URL: f.optional("url"),
		Metadata: f.object("metadata"), Org: f.org(in.org), Created: c.now().UTC().Truncate(time.Second),
	}
	switch {
	case f.err != nil:
	case strings.TrimSpace(doc.Title) == "":
		f.fail("title", "is blank")
	case strings.TrimSpace(doc.Content) == "":
		f.fail("content", "is blank")
	case utf8.RuneCountInString(doc.Title) > maxTitle:
		f.fail("title", "is longer than %d characters", maxTitle)
	}
	if f.err != nil {
		internalError(w, http.StatusBadRequest, f.err.Error(), "")
		return
	}
	base, err := c.platform.knowledge(r.Context())
	chunks := 0
	if err == nil {
		chunks, err = base.Add(r.Context(), doc)
	}
	if err != nil {
		internalError(w, http.StatusInternalServerError, err.Error(), "")
		return
	}
	writeJSON(w, http.StatusCreated, struct {
		ID        string    `json:"id"`
		Title     string    `json:"title"`
		Chunks    int       `json:"chunks"`
		CreatedAt time.Time `json:"created_at"`
	}{doc.ID, doc.Title, chunks, doc.Created})
}
