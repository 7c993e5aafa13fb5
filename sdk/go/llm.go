package netstacks

import "context"

// Role is who speaks in a chat.
type Role string

// The roles of the contract.
const (
	RoleSystem    Role = "system"
	RoleUser      Role = "user"
	RoleAssistant Role = "assistant"
)

// ChatMessage is one message of a chat.
type ChatMessage struct {
	Role    Role   `json:"role"`
	Content string `json:"content"`
}

// ChatResponse is the answer of a language model.
type ChatResponse struct {
	Content string `json:"content"`
	// Model is the language model that answered, or "".
	Model string `json:"model,omitzero"`
	// FinishReason is why the answer ended, such as "stop" or "length", or "".
	FinishReason string `json:"finish_reason,omitzero"`
	// Usage is what the answer took, or nil.
	Usage *Usage `json:"usage,omitzero"`
}

// Usage is what an answer took, in tokens.
type Usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`
}

// Chat returns a language model's answer to a conversation, oldest message first.
// It needs the capability invoke_llm.
func (c *Client) Chat(ctx context.Context, messages []ChatMessage, options ...ChatOption) (ChatResponse, error) {
	if messages == nil {
		messages = []ChatMessage{} // the Controller says what is wrong with it
	}
	body := map[string]any{"messages": messages}
	for _, option := range options {
		option.chat(body)
	}
	return post[ChatResponse](ctx, c, "/llm/chat", body)
}
