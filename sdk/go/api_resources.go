package netstacks

import (
	"context"
	"net/http"
	"time"
)

// APIResource is an external API that administrators registered for plugins.
type APIResource struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	BaseURL string `json:"base_url"`
	// AuthType is such as "none", "basic", "bearer" or "api_key", or "".
	AuthType  string    `json:"auth_type,omitzero"`
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// ListAPIResources returns the external APIs that administrators registered, without
// their credentials, in a stable order. It needs the capability read_api_resources.
func (c *Client) ListAPIResources(ctx context.Context) ([]APIResource, error) {
	r := &request{method: http.MethodGet, path: "/api-resources"}
	got, err := c.call(ctx, r)
	if err != nil {
		return nil, err
	}
	found, err := rows[APIResource](r, got)
	if err != nil {
		return nil, err
	}
	return values(found), nil
}
