// Package knowledge is the local Controller's knowledge base: documents are
// divided into passages, and SQLite's full-text index ranks them by BM25 over
// stemmed words. It lives in memory and ends with its Base.
package knowledge

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	_ "modernc.org/sqlite" // SQLite in Go, with its full-text index
)

// Document is what the knowledge base holds.
type Document struct {
	ID      string
	Org     string // id of the organisation it belongs to
	Title   string
	Content string // text or Markdown
	Source  *string
	URL     *string
	// Metadata stays with the document; searches do not look at it.
	Metadata json.RawMessage
	Created  time.Time
}

// Result is a passage that fits a question (internal-api.md).
type Result struct {
	ID      string  `json:"id"` // the document's
	Title   string  `json:"title"`
	Snippet string  `json:"snippet"`
	Score   float64 `json:"score"` // the larger the better, comparable within one answer
	Source  *string `json:"source"`
	URL     *string `json:"url"`
}

// Base is a knowledge base. Make it with New; its methods may be called
// concurrently.
type Base struct {
	db *sql.DB
}

const tables = `
CREATE TABLE document (id TEXT PRIMARY KEY, org TEXT NOT NULL, title TEXT NOT NULL, source TEXT, url TEXT, metadata TEXT, created TEXT NOT NULL);
CREATE VIRTUAL TABLE passage USING fts5 (document UNINDEXED, org UNINDEXED, title, body, tokenize = 'porter unicode61 remove_diacritics 2');`

// New returns a knowledge base that holds the documents. Close it.
func New(ctx context.Context, documents []Document) (*Base, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, fmt.Errorf("making the knowledge base: %w", err)
	}
	db.SetMaxOpenConns(1) // each connection would be a database of its own
	b := &Base{db}
	if _, err := db.ExecContext(ctx, tables); err != nil {
		return nil, errors.Join(fmt.Errorf("making the knowledge base: %w", err), b.Close())
	}
	if _, err := b.Add(ctx, documents...); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Close frees the knowledge base.
func (b *Base) Close() error { return b.db.Close() }

// Add indexes documents, all of them or none, and returns into how many
// passages they were divided. The next search finds them.
func (b *Base) Add(ctx context.Context, documents ...Document) (passages int, err error) {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("indexing: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	for _, d := range documents {
		_, err := tx.ExecContext(ctx, "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)", d.ID, strings.ToLower(d.Org), d.Title, d.Source, d.URL, string(d.Metadata), d.Created.UTC().Format(time.RFC3339))
		if err != nil {
			return 0, fmt.Errorf("indexing %q: %w", d.Title, err)
		}
		for _, passage := range divide(d.Content) {
			passages++
			if _, err := tx.ExecContext(ctx, "INSERT INTO passage VALUES (?, ?, ?, ?)", d.ID, strings.ToLower(d.Org), d.Title, passage); err != nil {
				return 0, fmt.Errorf("indexing %q: %w", d.Title, err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("indexing: %w", err)
	}
	return passages, nil
}

// find ranks passages; a word of the title counts as much as four of the text.
const find = `
SELECT p.document, d.title, snippet(passage, 3, '', '', '…', 40), -bm25(passage, 0, 0, 4, 1) AS score, d.source, d.url
FROM passage p JOIN document d ON d.id = p.document
WHERE passage MATCH ? AND (? = '' OR p.org = ?) ORDER BY score DESC, p.rowid`

// Search returns the best passage of each document that fits, best first, at
// most limit. An empty org means every organisation. The slice is never nil.
func (b *Base) Search(ctx context.Context, org, question string, limit int) ([]Result, error) {
	results := []Result{}
	words := query(question)
	if words == "" {
		return results, nil
	}
	org = strings.ToLower(org)
	rows, err := b.db.QueryContext(ctx, find, words, org, org)
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	defer func() { _ = rows.Close() }()
	seen := map[string]bool{}
	for rows.Next() && len(results) < limit {
		var r Result
		if err := rows.Scan(&r.ID, &r.Title, &r.Snippet, &r.Score, &r.Source, &r.URL); err != nil {
			return nil, fmt.Errorf("searching: %w", err)
		}
		if !seen[r.ID] {
			seen[r.ID] = true
			r.Snippet = strings.Join(strings.Fields(r.Snippet), " ")
			results = append(results, r)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	return results, nil
}

// passageSize is about how many bytes a passage has.
const passageSize = 900

// divide cuts a text into passages, between paragraphs where it can.
func divide(text string) []string {
	var passages []string
	var b strings.Builder
	flush := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			passages = append(passages, s)
		}
		b.Reset()
	}
	for _, paragraph := range strings.Split(text, "\n\n") {
		if b.Len() > 0 && b.Len()+len(paragraph) > passageSize {
			flush()
		}
		for _, word := range strings.SplitAfter(paragraph, " ") {
			if b.Len() > 0 && b.Len()+len(word) > 2*passageSize {
				flush()
			}
			b.WriteString(word)
		}
		b.WriteString("\n\n")
	}
	flush()
	return passages
}

// maxWords of a question are looked for; the others hardly change the order.
const maxWords = 64

// query writes the words of a question as the index takes them: any of them,
// each in quotes, so that none is an operator. Words that every text has are
// left out unless there are no others.
func query(question string) string {
	words := strings.FieldsFunc(strings.ToLower(question), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	var telling []string
	for _, w := range words {
		if !common[w] {
			telling = append(telling, w)
		}
	}
	if len(telling) == 0 {
		telling = words
	}
	if len(telling) > maxWords {
		telling = telling[:maxWords]
	}
	for i, w := range telling {
		telling[i] = `"` + w + `"`
	}
	return strings.Join(telling, " OR ")
}

// common are English words that tell nothing about a text.
var common = map[string]bool{}

func init() {
	for _, w := range strings.Fields("a an and are as at be by can do does for from has have how i if in is it its me my not of on or our should that the their there they this to us was we what when where which who why will with you your") {
		common[w] = true
	}
}
