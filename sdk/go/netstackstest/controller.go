// Package netstackstest is a Controller in memory, for the unit tests of plugins.
//
//	controller := netstackstest.New()
//	controller.AddDevices(netstacks.Device{ID: "d1", Name: "core-1", DeviceType: "router"})
//	client := controller.Client()
//
// The client is a real one: it retries, decodes and fails as it does in production.
// No socket is opened, so tests are fast and may run in parallel.
//
// What no test has added is not there: lists are empty, and single resources are not
// found. [Controller.Fail] makes calls fail, [Controller.Grant] takes capabilities
// away, and [Controller.Requests] tells what the plugin has asked for.
package netstackstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
)

const (
	// BaseURL is the base URL of the clients that [Controller.Client] makes.
	BaseURL = "http://controller.test"
	// Token is their service token.
	Token = "netstackstest-token"
)

// Operation is an operation of the internal API.
type Operation string

// The operations, named as in the contract.
const (
	ListDevices      Operation = "devices.list" // also the pages of AllDevices
	GetDevice        Operation = "devices.get"
	GetCredential    Operation = "credentials.get"
	Chat             Operation = "llm.chat"
	SearchKnowledge  Operation = "knowledge.search"
	CreateDocument   Operation = "knowledge.create_document"
	ExecuteGNMI      Operation = "gnmi.execute"
	ExecuteNETCONF   Operation = "netconf.execute"
	TriggerAgent     Operation = "agents.trigger"
	ListAPIResources Operation = "api_resources.list"
)

// Request is a request that was made.
type Request struct {
	Operation Operation
	ID        string          // of GetDevice and GetCredential
	Query     url.Values      // of lists and searches
	Body      json.RawMessage // of all others
}

// Controller is a Controller in memory. It is made by [New], and safe for use by
// any number of goroutines. As an http.Handler it can also be served, and as an
// http.RoundTripper it can be given to a client of the test's own.
type Controller struct {
	mu          sync.Mutex
	granted     []string // nil: all
	failures    map[Operation][]error
	requests    []Request
	devices     []netstacks.Device
	credentials []netstacks.Credential
	passages    []netstacks.KnowledgeResult
	resources   []netstacks.APIResource
	state       map[string]map[string]json.RawMessage // device id → path → value
	documents   int
	runs        int

	onChat    func(ChatRequest) (netstacks.ChatResponse, error)
	onGNMI    func(netstacks.GNMIRequest) (netstacks.GNMIResponse, error)
	onNETCONF func(netstacks.NETCONFRequest) (netstacks.NETCONFResponse, error)
	onAgent   func(netstacks.AgentRequest) (netstacks.AgentRun, error)
}

// ChatRequest is what a chat asks for. What was not given is zero, or nil.
type ChatRequest struct {
	Messages    []netstacks.ChatMessage `json:"messages"`
	Model       string                  `json:"model"`
	Temperature *float64                `json:"temperature"`
	MaxTokens   *int                    `json:"max_tokens"`
	OrgID       string                  `json:"org_id"`
}

// New returns a Controller that has nothing and grants every capability.
func New() *Controller {
	return &Controller{failures: map[Operation][]error{}, state: map[string]map[string]json.RawMessage{}}
}

// Client returns a client of this Controller. Options come after its own. It panics
// where they are refused.
func (c *Controller) Client(options ...netstacks.Option) *netstacks.Client {
	own := []netstacks.Option{netstacks.WithBaseURL(BaseURL), netstacks.WithToken(Token), netstacks.WithTransport(c)}
	client, err := netstacks.New(append(own, options...)...)
	if err != nil {
		panic(err)
	}
	return client
}

// AddDevices adds devices to the inventory.
func (c *Controller) AddDevices(devices ...netstacks.Device) {
	c.locked(func() { c.devices = append(c.devices, devices...) })
}

// AddCredentials adds credentials.
func (c *Controller) AddCredentials(credentials ...netstacks.Credential) {
	c.locked(func() { c.credentials = append(c.credentials, credentials...) })
}

// AddPassages adds passages to the knowledge base. A search finds those that hold a
// word of the question, in the order in which they were added.
func (c *Controller) AddPassages(passages ...netstacks.KnowledgeResult) {
	c.locked(func() { c.passages = append(c.passages, passages...) })
}

// AddAPIResources adds API resources.
func (c *Controller) AddAPIResources(resources ...netstacks.APIResource) {
	c.locked(func() { c.resources = append(c.resources, resources...) })
}

// SetGNMI sets what gNMI reads at a path of a device. The value is as encoding/json
// writes it; it panics where that cannot.
func (c *Controller) SetGNMI(deviceID, path string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	c.locked(func() { c.set(deviceID, path, text) })
}

// OnChat sets who answers chats. Without it, the last message comes back. Here and
// in the hooks below, an error that is an *netstacks.APIError is answered with its
// status, and any other with 500.
func (c *Controller) OnChat(answer func(ChatRequest) (netstacks.ChatResponse, error)) {
	c.locked(func() { c.onChat = answer })
}

// OnGNMI sets who answers gNMI. Without it, that is [Controller.SetGNMI], and what
// was set by requests.
func (c *Controller) OnGNMI(answer func(netstacks.GNMIRequest) (netstacks.GNMIResponse, error)) {
	c.locked(func() { c.onGNMI = answer })
}

// OnNETCONF sets who answers NETCONF. Without it, every device agrees, and its data
// is empty.
func (c *Controller) OnNETCONF(answer func(netstacks.NETCONFRequest) (netstacks.NETCONFResponse, error)) {
	c.locked(func() { c.onNETCONF = answer })
}

// OnAgent sets who runs agents. Without it, every run is queued.
func (c *Controller) OnAgent(answer func(netstacks.AgentRequest) (netstacks.AgentRun, error)) {
	c.locked(func() { c.onAgent = answer })
}

// Grant takes away all capabilities but these. Calls that need another one get the
// Controller's 403.
func (c *Controller) Grant(capabilities ...string) {
	c.locked(func() { c.granted = append([]string{}, capabilities...) })
}

// Fail makes the next requests of an operation fail, one with each error, in this
// order. An *netstacks.APIError is answered; any other error means that the
// Controller could not be reached, and nil lets a request pass. Mind that clients
// try what they read up to three times after some errors, here without waiting.
func (c *Controller) Fail(operation Operation, with ...error) {
	c.locked(func() { c.failures[operation] = append(c.failures[operation], with...) })
}

// Requests returns the requests of an operation, oldest first.
func (c *Controller) Requests(operation Operation) []Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []Request
	for _, request := range c.requests {
		if request.Operation == operation {
			found = append(found, request)
		}
	}
	return found
}

func (c *Controller) locked(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	do()
}

// memory is an answer that never left the process.
type memory struct {
	*httptest.ResponseRecorder
	lost error // why there is no answer
}

// RoundTrip answers a request of a client.
func (c *Controller) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	answer := &memory{ResponseRecorder: httptest.NewRecorder()}
	c.ServeHTTP(answer, request)
	if err := ctx.Err(); err != nil {
		return nil, err // it took too long
	}
	if answer.lost != nil {
		return nil, answer.lost
	}
	return answer.Result(), nil
}

// ServeHTTP answers a request.
func (c *Controller) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := read(r)
	if err != nil {
		refuse(w, &netstacks.APIError{Status: http.StatusBadRequest, Message: err.Error()})
		return
	}
	made, capability := routed(r)
	if made.Operation == "" {
		refuse(w, &netstacks.APIError{Status: http.StatusNotFound, Message: "no such operation"})
		return
	}
	made.Body = body
	failure, granted := c.arrived(made, capability)
	switch {
	case !granted:
		refuse(w, &netstacks.APIError{Status: http.StatusForbidden, Message: "Insufficient capabilities", Required: capability})
	case failure != nil:
		refuse(w, failure)
	default:
		result, err := c.answer(made)
		if said, ok := errors.AsType[*netstacks.APIError](err); ok {
			refuse(w, said)
		} else if err != nil {
			refuse(w, &netstacks.APIError{Status: http.StatusInternalServerError, Message: err.Error()})
		} else {
			reply(w, status[made.Operation], result)
		}
	}
}

func read(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	if len(body) == 0 {
		return nil, err
	}
	return bytes.TrimSpace(body), err
}

// arrived notes a request and tells how it shall fail, and whether its capability
// is granted.
func (c *Controller) arrived(made Request, capability string) (failure error, granted bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, made)
	if waiting := c.failures[made.Operation]; len(waiting) > 0 {
		failure, c.failures[made.Operation] = waiting[0], waiting[1:]
	}
	return failure, c.granted == nil || slices.Contains(c.granted, capability)
}
