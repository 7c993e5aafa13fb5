package netstacks

import "context"

// AgentRequest starts a run of an agent. A field that is zero is not sent; an empty
// map that is not nil is.
type AgentRequest struct {
	AgentID string `json:"agent_id"`
	// Prompt is what the agent shall do.
	Prompt string `json:"prompt,omitzero"`
	// Context is anything that the agent should know.
	Context map[string]any `json:"context,omitzero"`
}

// AgentRun is a run that was accepted.
type AgentRun struct {
	RunID   string `json:"run_id"`
	AgentID string `json:"agent_id"`
	// Status is such as "queued" or "running".
	Status string `json:"status"`
}

// TriggerAgent starts a run of an agent, which goes on by itself. It needs the
// capability trigger_agent.
func (c *Client) TriggerAgent(ctx context.Context, request AgentRequest) (AgentRun, error) {
	if err := givenID("agent_id", request.AgentID); err != nil {
		return AgentRun{}, err
	}
	return post[AgentRun](ctx, c, "/agents/trigger", request)
}
