package controller

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// chatRequest is what a plugin asks a language model.
type chatRequest struct {
	Messages    []chatMessage `json:"messages"`
	Model       string        `json:"model,omitempty"`
	Temperature *float64      `json:"temperature,omitempty"`
	MaxTokens   *int          `json:"max_tokens,omitempty"`
}

type chatMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// chatResponse is what it answers (internal-api.md).
type chatResponse struct {
	Content      string  `json:"content"`
	Model        string  `json:"model"`
	FinishReason *string `json:"finish_reason"`
	Usage        usage   `json:"usage"`
}

type usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`
}

// chat answers POST /internal/v1/llm/chat.
func (c *Controller) chat(w http.ResponseWriter, r *http.Request, in call) {
	f := readFields(in.body)
	q := chatRequest{Model: f.text("model", false), Temperature: f.number("temperature", 0, 2), MaxTokens: f.integer("max_tokens", 1, 1_000_000)}
	if _, given := f.raw["model"]; given && q.Model == "" {
		f.fail("model", "is empty; leave it out for the Controller's choice")
	}
	count := f.each("messages", true, func(m *fields) {
		role := m.choice("role", true, "system", "user", "assistant")
		content := ""
		m.read("content", "a string", true, &content)
		q.Messages = append(q.Messages, chatMessage{role, content})
	})
	if count == 0 {
		f.fail("messages", "is empty; send at least one")
	}
	f.org("")
	if f.err != nil {
		internalError(w, http.StatusBadRequest, f.err.Error(), "")
		return
	}
	if c.platform.llm == nil {
		writeJSON(w, http.StatusOK, localAnswer(q))
		return
	}
	answer, err := c.platform.llm.chat(r.Context(), q)
	switch {
	case err == nil:
		writeJSON(w, http.StatusOK, answer)
	case errors.Is(err, context.DeadlineExceeded):
		internalError(w, http.StatusGatewayTimeout, "the language model did not answer in time", "")
	default:
		internalError(w, http.StatusBadGateway, err.Error(), "")
	}
}

// localModel is what the answers made here are called.
const localModel = "netstacks-local"

// localAnswer makes an answer of the question alone, the same each time, so
// that a plugin's tests can rely on it.
func localAnswer(q chatRequest) chatResponse {
	last, prompt := "", 0
	for _, m := range q.Messages {
		prompt += tokens(m.Content)
		if m.Role == "user" {
			last = m.Content
		}
	}
	if last = strings.Join(strings.Fields(last), " "); utf8.RuneCountInString(last) > 200 {
		last = string([]rune(last)[:200]) + "…"
	}
	words := strings.Fields(fmt.Sprintf("This is the local Controller's answer, which no language model wrote. You asked: %s", last))
	if last == "" {
		words = strings.Fields("This is the local Controller's answer, which no language model wrote. You asked nothing.")
	}
	reason := "stop"
	if q.MaxTokens != nil && *q.MaxTokens < len(words) {
		words, reason = words[:*q.MaxTokens], "length"
	}
	model := q.Model
	if model == "" {
		model = localModel
	}
	return chatResponse{strings.Join(words, " "), model, &reason, usage{prompt, len(words), prompt + len(words)}}
}

// tokens counts words, which is near enough where no model counts.
func tokens(text string) int { return len(strings.Fields(text)) }

// completion is what an OpenAI-compatible endpoint answers.
type completion struct {
	Model   string `json:"model"`
	Choices []struct {
		FinishReason *string `json:"finish_reason"`
		Message      struct {
			Content *string `json:"content"`
		} `json:"message"`
	} `json:"choices"`
	Usage usage `json:"usage"`
}

func (a completion) response(asked string) (chatResponse, error) {
	if len(a.Choices) == 0 || a.Choices[0].Message.Content == nil {
		return chatResponse{}, errors.New("the language model's answer has no text")
	}
	if a.Model == "" {
		a.Model = asked
	}
	return chatResponse{*a.Choices[0].Message.Content, a.Model, a.Choices[0].FinishReason, a.Usage}, nil
}

// upstreamError reads the text of an endpoint's error, in the shapes there are.
func upstreamError(body []byte) string {
	var e struct {
		Error json.RawMessage `json:"error"`
	}
	var nested struct {
		Message string `json:"message"`
	}
	text := ""
	if json.Unmarshal(body, &e) != nil || json.Unmarshal(e.Error, &text) == nil {
		return text
	}
	if json.Unmarshal(e.Error, &nested) != nil {
		return ""
	}
	return nested.Message
}
