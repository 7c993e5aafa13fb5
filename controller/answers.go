package controller

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// writeJSON answers with a value as JSON, without HTML escaping and without a
// line end, so that bodies are exactly what the specification prints.
func writeJSON(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeBody(w, status, bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func writeBody(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body))) // or large ones go in chunks
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that left is its own business
}

// internalError answers in the shape of /internal/v1 (internal-api.md, "Errors").
func internalError(w http.ResponseWriter, status int, text, required string) {
	writeJSON(w, status, struct {
		Error    string `json:"error"`
		Required string `json:"required,omitempty"`
	}{text, required})
}

// publicError answers in the shape of /api (terminal.md, "Device and error shapes").
func publicError(w http.ResponseWriter, status int, code, message string) {
	publicErrorWith(w, status, code, message, nil)
}

// publicErrorWith is publicError with details for a program.
func publicErrorWith(w http.ResponseWriter, status int, code, message string, details any) {
	type body struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Status  int    `json:"status"`
		Details any    `json:"details"`
	}
	writeJSON(w, status, map[string]body{"error": {code, message, status, details}})
}

// refuseUser answers 401 for a request without a user's access token.
func refuseUser(w http.ResponseWriter, err error) {
	code := "INVALID_TOKEN"
	var te *tokenError
	if errors.As(err, &te) && te.expired {
		code = "TOKEN_EXPIRED"
	}
	w.Header().Set("WWW-Authenticate", "Bearer")
	publicError(w, http.StatusUnauthorized, code, err.Error())
}

// onlyGet answers 405 to anything but GET and HEAD on the public API.
func onlyGet(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", "GET, HEAD")
	publicError(w, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "only GET is possible here")
	return false
}

// allowOrigin lets pages of any origin read the answer, because the Terminal
// is a page of another origin (terminal.md, "Signing in"). Tokens, not
// cookies, carry the rights, so this grants nothing. It reports whether the
// request was a preflight, which it then has answered.
func allowOrigin(w http.ResponseWriter, r *http.Request) bool {
	if r.Header.Get("Origin") == "" {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		h.Set("Access-Control-Expose-Headers", "*")
		return false
	}
	// The wildcard would not cover Authorization: name what is asked for.
	asked := strings.Join(r.Header.Values("Access-Control-Request-Headers"), ", ")
	if asked == "" {
		asked = "Authorization, Content-Type"
	}
	h.Set("Access-Control-Allow-Headers", asked)
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
	h.Set("Access-Control-Max-Age", "600")
	h.Set("Vary", "Access-Control-Request-Headers, Access-Control-Request-Private-Network")
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}
