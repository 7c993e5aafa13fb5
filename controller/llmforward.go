package controller

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// LLM is an OpenAI-compatible endpoint that chats are forwarded to; the zero
// value is none, and answers are made by the local Controller itself.
type LLM struct {
	URL     string        // "https://api.openai.com/v1"; see CheckLLMURL
	Key     string        // sent as Bearer token; none when empty
	Model   string        // for requests that name none
	Timeout time.Duration // of one chat; a minute when zero
}

// CheckLLMURL says what is wrong with the URL of an endpoint.
func CheckLLMURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q is not the URL of an OpenAI-compatible endpoint, such as http://localhost:11434/v1", text)
	}
	if u.User != nil {
		return errors.New("the URL of the language model holds a password; put the key into the environment instead")
	}
	return nil
}

// maxAnswer is the most that is read of an endpoint's answer.
const maxAnswer = 10 << 20

type forwarder struct {
	LLM
	client *http.Client
}

func newForwarder(l LLM) *forwarder {
	if l.URL == "" {
		return nil
	}
	if l.Timeout == 0 {
		l.Timeout = time.Minute
	}
	l.URL = strings.TrimSuffix(strings.TrimRight(l.URL, "/"), "/chat/completions")
	return &forwarder{l, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}} // a redirect would take the key elsewhere
}

// chat asks the endpoint. Its errors hold no key; one is
// context.DeadlineExceeded when the time was up.
func (f *forwarder) chat(ctx context.Context, q chatRequest) (chatResponse, error) {
	if q.Model == "" {
		q.Model = f.Model
	}
	body, err := json.Marshal(q)
	if err != nil {
		return chatResponse{}, fmt.Errorf("asking the language model: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, f.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.URL+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return chatResponse{}, fmt.Errorf("asking the language model: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	if f.Key != "" {
		r.Header.Set("Authorization", "Bearer "+f.Key)
	}
	resp, err := f.client.Do(r)
	if err != nil {
		return chatResponse{}, fmt.Errorf("the language model cannot be reached: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return chatResponse{}, fmt.Errorf("the language model's answer broke off: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		text := fmt.Sprintf("the language model answered %d", resp.StatusCode)
		if said := upstreamError(got); said != "" {
			text += ": " + said
		}
		if f.Key != "" {
			text = strings.ReplaceAll(text, f.Key, "***")
		}
		return chatResponse{}, errors.New(text)
	}
	var a completion
	if err := json.Unmarshal(got, &a); err != nil {
		return chatResponse{}, errors.New("the language model's answer is not JSON")
	}
	return a.response(q.Model)
}
