package netstackstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
)

// route is where an operation is found.
type route struct {
	operation  Operation
	capability string
}

// routes are the operations by method and path; a path that ends with a slash is
// followed by an id.
var routes = map[string]route{
	"GET /devices":              {ListDevices, "read_devices"},
	"GET /devices/":             {GetDevice, "read_devices"},
	"GET /credentials/":         {GetCredential, "read_credentials"},
	"POST /llm/chat":            {Chat, "invoke_llm"},
	"GET /knowledge/search":     {SearchKnowledge, "search_knowledge"},
	"POST /knowledge/documents": {CreateDocument, "create_knowledge_document"},
	"POST /gnmi/execute":        {ExecuteGNMI, "execute_gnmi"},
	"POST /netconf/execute":     {ExecuteNETCONF, "execute_netconf"},
	"POST /agents/trigger":      {TriggerAgent, "trigger_agent"},
	"GET /api-resources":        {ListAPIResources, "read_api_resources"},
}

// status is that of successes.
var status = map[Operation]int{CreateDocument: http.StatusCreated, TriggerAgent: http.StatusAccepted}

// routed returns what a request asks for, and the capability that it needs.
func routed(r *http.Request) (made Request, capability string) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/internal/v1")
	if !ok {
		return Request{}, ""
	}
	if found, ok := routes[r.Method+" "+path]; ok {
		return Request{Operation: found.operation, Query: r.URL.Query()}, found.capability
	}
	cut := strings.LastIndexByte(path, '/') + 1
	id, err := url.PathUnescape(path[cut:])
	if found, ok := routes[r.Method+" "+path[:cut]]; ok && id != "" && err == nil {
		return Request{Operation: found.operation, ID: id}, found.capability
	}
	return Request{}, ""
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(max(status, http.StatusOK))
	_ = json.NewEncoder(w).Encode(body)
}

// refuse answers with an error, or lets there be no answer.
func refuse(w http.ResponseWriter, failure error) {
	said, ok := errors.AsType[*netstacks.APIError](failure)
	if !ok {
		if in, ok := w.(*memory); ok {
			in.lost = failure
			return
		}
		panic(http.ErrAbortHandler) // the server breaks the connection off
	}
	body := map[string]string{"error": said.Message}
	if said.Required != "" {
		body["required"] = said.Required
	}
	w.Header().Set("Retry-After", "0") // tests do not wait
	reply(w, said.Status, body)
}

func notFound(what string) error {
	return &netstacks.APIError{Status: http.StatusNotFound, Message: what}
}

// answer returns the body of a success.
func (c *Controller) answer(made Request) (any, error) {
	switch made.Operation {
	case ListDevices:
		return c.list(made.Query)
	case GetDevice:
		return c.device(made.ID)
	case GetCredential:
		return c.credential(made.ID)
	case Chat:
		return c.chat(made.Body)
	case SearchKnowledge:
		return c.search(made.Query)
	case CreateDocument:
		return c.create(made.Body)
	case ExecuteGNMI:
		return hooked(c, made.Body, &c.onGNMI, c.gnmi)
	case ExecuteNETCONF:
		return hooked(c, made.Body, &c.onNETCONF, c.netconf)
	case TriggerAgent:
		return hooked(c, made.Body, &c.onAgent, c.run)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]netstacks.APIResource{}, c.resources...), nil
}

// hooked lets the test's function answer, or else the Controller's own.
func hooked[In, Out any](c *Controller, body json.RawMessage, hook *func(In) (Out, error), own func(In) (Out, error)) (any, error) {
	var request In
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, &netstacks.APIError{Status: http.StatusBadRequest, Message: err.Error()}
	}
	c.mu.Lock()
	if hook != nil && *hook != nil {
		theirs := *hook
		c.mu.Unlock() // it may use the Controller
		return theirs(request)
	}
	defer c.mu.Unlock()
	return own(request)
}

func (c *Controller) list(query url.Values) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := []netstacks.Device{}
	for _, device := range c.devices {
		if (!query.Has("org_id") || query.Get("org_id") == device.OrgID) && (!query.Has("device_type") || query.Get("device_type") == device.DeviceType) {
			found = append(found, device)
		}
	}
	offset, err := number(query, "offset", 0)
	if err != nil {
		return nil, err
	}
	limit, err := number(query, "limit", len(found))
	if err != nil {
		return nil, err
	}
	found = found[min(offset, len(found)):]
	return found[:min(limit, len(found))], nil
}

// number reads a parameter that is a whole number, not below zero.
func number(query url.Values, name string, absent int) (int, error) {
	if !query.Has(name) {
		return absent, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < 0 {
		return 0, &netstacks.APIError{Status: http.StatusBadRequest, Message: fmt.Sprintf("%s: %q is not a whole number from 0", name, query.Get(name))}
	}
	return n, nil
}

func (c *Controller) device(id string) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, device := range c.devices {
		if device.ID == id {
			return device, nil
		}
	}
	return nil, notFound("no device has this id")
}

func (c *Controller) credential(id string) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, credential := range c.credentials {
		if credential.ID == id {
			return struct {
				netstacks.Credential
				Secret string `json:"secret"`
			}{credential, credential.Secret.Reveal()}, nil
		}
	}
	return nil, notFound("no credential has this id")
}

func (c *Controller) chat(body json.RawMessage) (any, error) {
	return hooked(c, body, &c.onChat, func(request ChatRequest) (netstacks.ChatResponse, error) {
		if len(request.Messages) == 0 {
			return netstacks.ChatResponse{}, &netstacks.APIError{Status: http.StatusBadRequest, Message: "messages: at least one is needed"}
		}
		last := request.Messages[len(request.Messages)-1]
		return netstacks.ChatResponse{Content: last.Content, Model: request.Model, FinishReason: "stop"}, nil
	})
}

func (c *Controller) search(query url.Values) (any, error) {
	limit, err := number(query, "limit", 10)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found := []netstacks.KnowledgeResult{}
	for _, passage := range c.passages {
		text := strings.ToLower(passage.Title + " " + passage.Snippet)
		for word := range strings.FieldsSeq(strings.ToLower(query.Get("q"))) {
			if strings.Contains(text, word) {
				found = append(found, passage)
				break
			}
		}
	}
	return found[:min(limit, len(found))], nil
}

func (c *Controller) create(body json.RawMessage) (any, error) {
	type document struct{ Title, Content, Source, URL string }
	return hooked(c, body, nil, func(given document) (netstacks.Document, error) {
		c.documents++
		created := netstacks.Document{ID: fmt.Sprintf("document-%d", c.documents), Title: given.Title, Chunks: 1, CreatedAt: time.Now().UTC()}
		c.passages = append(c.passages, netstacks.KnowledgeResult{ID: created.ID, Title: given.Title, Snippet: given.Content, Source: given.Source, URL: given.URL})
		return created, nil
	})
}

func (c *Controller) set(deviceID, path string, value json.RawMessage) {
	if c.state[deviceID] == nil {
		c.state[deviceID] = map[string]json.RawMessage{}
	}
	c.state[deviceID][path] = value
}

func (c *Controller) gnmi(request netstacks.GNMIRequest) (netstacks.GNMIResponse, error) {
	answer := netstacks.GNMIResponse{DeviceID: request.DeviceID, Operation: request.Operation, Timestamp: time.Now().UTC(), Notifications: []netstacks.GNMINotification{}}
	note := func(path string, value json.RawMessage) {
		answer.Notifications = append(answer.Notifications, netstacks.GNMINotification{Path: path, Value: value})
	}
	for _, path := range request.Paths {
		if value, ok := c.state[request.DeviceID][path]; ok {
			note(path, value)
		}
	}
	for _, update := range request.Updates {
		value, err := json.Marshal(update.Value)
		if err != nil {
			return answer, err
		}
		c.set(request.DeviceID, update.Path, value)
		note(update.Path, value)
	}
	for _, path := range request.Deletes {
		delete(c.state[request.DeviceID], path)
		note(path, json.RawMessage("null"))
	}
	if request.Operation == netstacks.GNMICapabilities {
		note("/", json.RawMessage(`{"gnmi_version":"0.8.0","supported_encodings":["JSON","JSON_IETF"],"supported_models":[]}`))
	}
	return answer, nil
}

func (c *Controller) netconf(request netstacks.NETCONFRequest) (netstacks.NETCONFResponse, error) {
	data := "<data/>"
	if request.Operation == netstacks.NETCONFEditConfig {
		data = "<ok/>"
	}
	return netstacks.NETCONFResponse{DeviceID: request.DeviceID, Operation: request.Operation, OK: true, Data: data}, nil
}

func (c *Controller) run(request netstacks.AgentRequest) (netstacks.AgentRun, error) {
	c.runs++
	return netstacks.AgentRun{RunID: fmt.Sprintf("run-%d", c.runs), AgentID: request.AgentID, Status: "queued"}, nil
}
