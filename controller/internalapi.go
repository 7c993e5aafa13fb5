package controller

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// maxBody is the most a plugin may send to an operation (internal-api.md, "Errors").
const maxBody = 10 << 20

// operation is one line of internal-api.md's table.
type operation struct {
	method     string
	name       string // what it does, in words
	capability string
	serve      func(c *Controller, w http.ResponseWriter, r *http.Request, in call)
}

// call is what an operation is asked for.
type call struct {
	id   string // the last path segment of operations that have one, percent-encoded
	org  string // of the token
	body []byte // of a POST
}

// operations by path below /internal/v1. Every path has one method.
var operations = map[string]operation{
	"/devices":             {http.MethodGet, "list devices", "read_devices", (*Controller).listDevices},
	"/devices/{id}":        {http.MethodGet, "get a device", "read_devices", (*Controller).getDevice},
	"/credentials/{id}":    {http.MethodGet, "get a credential", "read_credentials", (*Controller).getCredential},
	"/llm/chat":            {http.MethodPost, "complete a chat", "invoke_llm", (*Controller).chat},
	"/knowledge/search":    {http.MethodGet, "search the knowledge base", "search_knowledge", (*Controller).searchKnowledge},
	"/knowledge/documents": {http.MethodPost, "index a document", "create_knowledge_document", (*Controller).createDocument},
	"/gnmi/execute":        {http.MethodPost, "execute a gNMI operation", "execute_gnmi", (*Controller).executeGNMI},
	"/netconf/execute":     {http.MethodPost, "execute a NETCONF operation", "execute_netconf", (*Controller).executeNetconf},
	"/agents/trigger":      {http.MethodPost, "trigger an agent", "trigger_agent", (*Controller).triggerAgent},
	"/api-resources":       {http.MethodGet, "list API resources", "read_api_resources", (*Controller).listAPIResources},
}

// findOperation returns the operation of a clean path, and its id.
func findOperation(path string) (op operation, id string, ok bool) {
	path, ok = strings.CutPrefix(path, "/internal/v1")
	if !ok {
		return operation{}, "", false
	}
	if op, ok = operations[path]; ok && !strings.HasSuffix(path, "}") {
		return op, "", true
	}
	slash := strings.LastIndexByte(path, '/')
	if slash < 0 || slash == len(path)-1 {
		return operation{}, "", false
	}
	op, ok = operations[path[:slash]+"/{id}"]
	return op, path[slash+1:], ok
}

// serveInternal answers /internal/*: path, method, token, capability and body
// are checked in this order, before an operation sees the request.
func (c *Controller) serveInternal(w http.ResponseWriter, r *http.Request, path string, x *Exchange) {
	op, id, ok := findOperation(path)
	if !ok {
		internalError(w, http.StatusNotFound, "no such operation; `netstacks-plugin schema api` prints those that there are, all below /internal/v1", "")
		return
	}
	x.Capability = op.capability
	if r.Method != op.method && (op.method != http.MethodGet || r.Method != http.MethodHead) {
		allow := op.method
		if allow == http.MethodGet {
			allow = "GET, HEAD"
		}
		w.Header().Set("Allow", allow)
		internalError(w, http.StatusMethodNotAllowed, fmt.Sprintf("method not allowed: to %s, use %s", op.name, op.method), "")
		return
	}
	claims, err := c.service(r)
	if err != nil {
		x.Decision = DecisionUnauthenticated
		w.Header().Set("WWW-Authenticate", "Bearer")
		internalError(w, http.StatusUnauthorized, err.Error(), "")
		return
	}
	x.Plugin = claims.Subject
	if !slices.Contains(claims.Capabilities, op.capability) {
		x.Decision = DecisionDenied
		internalError(w, http.StatusForbidden, "Insufficient capabilities", op.capability)
		return
	}
	x.Decision = DecisionAllowed
	body, ok := readBody(w, r, op.method == http.MethodPost)
	if ok {
		op.serve(c, w, r, call{id, claims.OrgID, body})
	}
}

// readBody answers 413 to a body over maxBody, announced or not. Operations
// without a body have it read and dropped.
func readBody(w http.ResponseWriter, r *http.Request, keep bool) (body []byte, ok bool) {
	if r.ContentLength == 0 || r.Body == nil {
		return nil, true
	}
	var tooLarge *http.MaxBytesError
	if r.ContentLength > maxBody {
		if r.ProtoMajor == 1 { // in HTTP/2 a closed connection would take the answer along
			w.Header().Set("Connection", "close")
		}
		internalError(w, http.StatusRequestEntityTooLarge, "the body is larger than 10 MiB", "")
		return nil, false
	}
	limited, err := http.MaxBytesReader(w, r.Body, maxBody), error(nil)
	if keep {
		body, err = io.ReadAll(limited)
	} else {
		_, err = io.Copy(io.Discard, limited)
	}
	switch {
	case err == nil:
		return body, true
	case errors.As(err, &tooLarge):
		internalError(w, http.StatusRequestEntityTooLarge, "the body is larger than 10 MiB", "")
	default:
		internalError(w, http.StatusBadRequest, "body: it ended early", "")
	}
	return nil, false
}
