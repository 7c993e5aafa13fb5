package devicestate

import (
	"fmt"
	"strings"
	"sync"
)

// State is one device. Make it with New; its methods may be called concurrently.
type State struct {
	mu                          sync.Mutex
	running, candidate, startup map[string]any
}

// Update is a value that is written to a path.
type Update struct {
	Path  string `json:"path"`
	Value any    `json:"value"` // as encoding/json decodes it with UseNumber
}

// FieldError says which field of a request is wrong.
type FieldError struct {
	Field string // "paths[0]"
	Err   error
}

// Error names the field.
func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }

// Unwrap returns what is wrong with it.
func (e *FieldError) Unwrap() error { return e.Err }

// New returns a device whose tree is the template with ${name} of each of the
// values replaced. The template is not changed.
func New(template map[string]any, values map[string]string) *State {
	var pairs []string
	for name, value := range values {
		pairs = append(pairs, "${"+name+"}", value)
	}
	tree, _ := filled(clone(template), strings.NewReplacer(pairs...)).(map[string]any)
	return &State{running: tree, startup: copied(tree)}
}

func copied(tree map[string]any) map[string]any {
	c, _ := clone(tree).(map[string]any)
	return c
}

// Get returns what the paths hold, in their order; nothing for a path that
// leads nowhere. The error is a *FieldError.
func (s *State) Get(paths []string) ([]Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []Value{}
	for i, text := range paths {
		path, err := parsePath(text)
		if err != nil {
			return nil, &FieldError{fmt.Sprintf("paths[%d]", i), err}
		}
		found = find(s.running, path, "", found)
	}
	return found, nil
}

// Set deletes and then writes, all or nothing, and returns what was written,
// then what was deleted with the value nil. The error is a *FieldError.
func (s *State) Set(updates []Update, deletes []string) ([]Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tree, done := copied(s.running), []Value{}
	for i, text := range deletes {
		path, err := changeable(text)
		if err != nil {
			return nil, &FieldError{fmt.Sprintf("deletes[%d]", i), err}
		}
		remove(tree, path)
		if n := len(path); n > 1 && path[n-2].name == "config" { // the state follows
			path[n-2].name = "state"
			remove(tree, path)
		}
	}
	for i, u := range updates {
		path, err := changeable(u.Path)
		if err != nil {
			return nil, &FieldError{fmt.Sprintf("updates[%d].path", i), err}
		}
		value, err := normal(clone(u.Value))
		if err == nil {
			err = put(tree, path, value)
		}
		if err != nil {
			return nil, &FieldError{fmt.Sprintf("updates[%d]", i), err}
		}
		done = append(done, Value(u))
	}
	for _, text := range deletes {
		done = append(done, Value{Path: text})
	}
	operational(tree)
	s.running = tree
	return done, nil
}

// changeable reads a path that is to be written or deleted.
func changeable(text string) ([]elem, error) {
	path, err := parsePath(text)
	if err == nil && len(path) == 0 {
		err = fmt.Errorf("%.80q is the whole device; name what is meant below it", text)
	}
	return path, err
}
