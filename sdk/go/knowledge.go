package netstacks

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// KnowledgeResult is a passage of the knowledge base.
type KnowledgeResult struct {
	// ID and Title are those of the document.
	ID    string `json:"id"`
	Title string `json:"title"`
	// Snippet is the passage, as plain text.
	Snippet string `json:"snippet"`
	// Score is the larger the better the passage fits, comparable within one answer
	// only; nil where the Controller gives none.
	Score *float64 `json:"score,omitzero"`
	// Source is where the document came from, or "".
	Source string `json:"source,omitzero"`
	URL    string `json:"url,omitzero"`
}

// Document is a document of the knowledge base that was indexed.
type Document struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Chunks is how many passages it was divided into.
	Chunks    int       `json:"chunks"`
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// SearchKnowledge returns passages that fit a question, best first. It needs the
// capability search_knowledge.
func (c *Client) SearchKnowledge(ctx context.Context, question string, options ...SearchOption) ([]KnowledgeResult, error) {
	query := url.Values{"q": {question}}
	for _, option := range options {
		option.search(query)
	}
	r := &request{method: http.MethodGet, path: "/knowledge/search", query: query}
	got, err := c.call(ctx, r)
	if err != nil {
		return nil, err
	}
	found, err := rows[KnowledgeResult](r, got)
	if err != nil {
		return nil, err
	}
	return values(found), nil
}

// CreateDocument adds a document, text or Markdown, to the knowledge base; the next
// search finds it. It needs the capability create_knowledge_document.
func (c *Client) CreateDocument(ctx context.Context, title, content string, options ...DocumentOption) (Document, error) {
	body := map[string]any{"title": title, "content": content}
	for _, option := range options {
		option.document(body)
	}
	return post[Document](ctx, c, "/knowledge/documents", body)
}
