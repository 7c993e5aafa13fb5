package controller

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/google/uuid"

	"github.com/netstacks/netstacks-plugin/controller/knowledge"
)

// readDocuments reads knowledge/*.md: a head of fields between two lines of
// three dashes, then the document.
func (r *fixtureReader) readDocuments(f *Fixtures) {
	from, place := r.from("knowledge")
	names, err := fs.Glob(from, "knowledge/*.md")
	if err != nil || r.err != nil {
		return // the pattern is valid
	}
	for _, name := range names {
		content, err := fs.ReadFile(from, name)
		if err != nil {
			r.err = fmt.Errorf("reading fixtures: %w", err)
			return
		}
		doc, line, err := parseDocument(strings.ReplaceAll(string(content), "\r\n", "\n"), f.Orgs)
		if err != nil {
			r.err = fmt.Errorf("%s%s:%d: %w", place, name, line, err)
			return
		}
		doc.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte("netstacks:document:"+path.Base(name))).String()
		f.Documents = append(f.Documents, doc)
	}
}

// parseDocument reads one document; line is where an error is.
func parseDocument(text string, orgs []Org) (doc knowledge.Document, line int, err error) {
	const how = "begin the file with ---, title: …, optionally source: …, url: … and organisation: …, and --- again"
	head, body, found := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !strings.HasPrefix(text, "---\n") || !found {
		return doc, 1, errors.New("the head is missing; " + how)
	}
	doc.Org = orgs[0].ID
	for i, l := range strings.Split(head, "\n") {
		name, value, _ := strings.Cut(l, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "title":
			doc.Title = value
		case "source":
			doc.Source = &value
		case "url":
			doc.URL = &value
		case "organisation":
			doc.Org = ""
			for _, o := range orgs {
				if o.Slug == value || strings.EqualFold(o.ID, value) {
					doc.Org = o.ID
				}
			}
			if doc.Org == "" {
				return doc, i + 2, fmt.Errorf("organisation: %q is no organisation's slug or id; use %s", value, orgs[0].Slug)
			}
		case "":
		default:
			return doc, i + 2, fmt.Errorf("the head has no field %q; %s", strings.TrimSpace(name), how)
		}
	}
	doc.Content = strings.TrimSpace(body)
	switch {
	case doc.Title == "":
		return doc, 2, errors.New("title: is missing or empty; " + how)
	case doc.Content == "":
		return doc, strings.Count(head, "\n") + 4, errors.New("the document is empty; write its text below the head")
	}
	return doc, 0, nil
}
