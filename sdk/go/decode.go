package netstacks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// object reads an answer that is one JSON object.
func object[T any](r *request, got *answer) (T, error) {
	var found *T
	if err := json.Unmarshal(got.body, &found); err != nil || found == nil {
		return *new(T), unreadable(r, got, err)
	}
	return *found, nil
}

// list returns the JSON of a list, which comes bare or wrapped in an object.
func list(r *request, got *answer) (json.RawMessage, error) {
	body := bytes.TrimLeft(got.body, " \t\r\n")
	if len(body) == 0 || body[0] != '{' {
		return body, nil
	}
	var wrapper map[string]json.RawMessage
	if err := json.Unmarshal(body, &wrapper); err != nil {
		return nil, unreadable(r, got, err)
	}
	for _, key := range []string{"items", "data", "devices"} {
		if list, ok := wrapper[key]; ok {
			return list, nil
		}
	}
	return nil, unreadable(r, got, nil)
}

// rows reads a list.
func rows[T any](r *request, got *answer) ([]*T, error) {
	body, err := list(r, got)
	if err != nil {
		return nil, err
	}
	var found []*T
	if err := json.Unmarshal(body, &found); err != nil || found == nil {
		return nil, unreadable(r, got, err)
	}
	if slices.Contains(found, nil) {
		return nil, unreadable(r, got, nil)
	}
	return found, nil
}

// values returns what rows points to.
func values[T any](rows []*T) []T {
	all := make([]T, len(rows))
	for i, row := range rows {
		all[i] = *row
	}
	return all
}

// unreadable returns the error of an answer that could not be decoded. The words
// of encoding/json may quote it, so they are not repeated.
func unreadable(r *request, got *answer, cause error) error {
	reason := "it is not what the contract says"
	if syntax, ok := errors.AsType[*json.SyntaxError](cause); ok {
		reason = fmt.Sprintf("it is not JSON (at byte %d of %d)", syntax.Offset, len(got.body))
	} else if wrong, ok := errors.AsType[*json.UnmarshalTypeError](cause); ok && wrong.Field != "" {
		reason = fmt.Sprintf("the field %s is of another type than %v", wrong.Field, wrong.Type)
	} else if cause != nil {
		reason = "a value in it has another form than the contract says"
	}
	return &DecodeError{r.name, got.status, reason}
}

// refusal returns the error that an answer is, or nil.
func (c *Client) refusal(got *answer) error {
	if got.success() {
		return nil
	}
	message, required := told(got.body)
	if message == "" {
		message = http.StatusText(got.status)
	}
	if message == "" {
		message = "no reason given"
	}
	return &APIError{Status: got.status, Message: c.mask(message), Required: c.mask(required), Body: []byte(c.mask(string(got.body)))}
}

// told returns the text and the missing capability of either shape of an error.
func told(body []byte) (message, required string) {
	var shape struct {
		Error    json.RawMessage `json:"error"`
		Required any             `json:"required"`
	}
	if json.Unmarshal(body, &shape) != nil {
		return "", ""
	}
	required, _ = shape.Required.(string)
	if json.Unmarshal(shape.Error, &message) == nil {
		return message, required
	}
	var public struct{ Message, Code any }
	if json.Unmarshal(shape.Error, &public) != nil {
		return "", required
	}
	if message, _ = public.Message.(string); message == "" {
		message, _ = public.Code.(string)
	}
	return message, required
}

// get asks for one object of type T.
func get[T any](ctx context.Context, c *Client, path, id string) (found T, ok bool, err error) {
	if err := pathID(id); err != nil {
		return found, false, err
	}
	r := &request{method: http.MethodGet, path: path + escape(id)}
	got, err := c.call(ctx, r)
	if errors.Is(err, ErrNotFound) {
		return found, false, nil
	}
	if err != nil {
		return found, false, err
	}
	found, err = object[T](r, got)
	return found, err == nil, err
}

// post sends a body and reads an object of type T.
func post[T any](ctx context.Context, c *Client, path string, body any) (T, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // XML and Markdown stay legible and short
	if err := encoder.Encode(body); err != nil {
		return *new(T), &ArgumentError{"body", "it cannot be written as JSON: " + err.Error()}
	}
	r := &request{method: http.MethodPost, path: path, body: text.Bytes()}
	got, err := c.call(ctx, r)
	if err != nil {
		return *new(T), err
	}
	return object[T](r, got)
}
