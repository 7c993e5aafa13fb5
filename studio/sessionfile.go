package studio

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// stateDir is the project-local folder of this tool; git ignores it and it is
// never packaged.
const stateDir = ".netstacks"

// SessionFile is .netstacks/session.json: how other processes of the same user
// reach a running session. It holds access tokens of the local Controller, so
// it is readable by its owner only and removed when the session ends.
type SessionFile struct {
	Session    string     `json:"session"`
	PID        int        `json:"pid"`
	Plugin     string     `json:"plugin"`
	Controller string     `json:"controller"` // https://127.0.0.1:3000
	CA         string     `json:"ca"`         // PEM of the certificate authority that signed the Controller's certificate
	Orgs       []OrgToken `json:"orgs"`
	Started    time.Time  `json:"started"`
	Health     Health     `json:"health"` // of the plugin's container, kept up to date
}

// OrgToken is a built-in organisation with an access token for it.
type OrgToken struct {
	Org
	Token string `json:"token"`
}

// Org returns the organisation with the given slug or id, the first one when
// name is empty.
func (f SessionFile) Org(name string) (OrgToken, error) {
	known := ""
	for _, o := range f.Orgs {
		if name == "" || o.Slug == name || o.ID == name {
			return o, nil
		}
		known += " " + o.Slug
	}
	return OrgToken{}, fmt.Errorf("no organisation is called %q; the local Controller has:%s", name, known)
}

// ErrNotRunning is returned when no session runs a project.
var ErrNotRunning = errors.New("nothing is running here; start it with `netstacks-plugin run` or press r in the Studio")

// LoadSessionFile reads the session file of the project at dir. Without one
// the error is ErrNotRunning.
func LoadSessionFile(dir string) (SessionFile, error) {
	data, err := os.ReadFile(filepath.Join(dir, stateDir, "session.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return SessionFile{}, ErrNotRunning
	}
	if err != nil {
		return SessionFile{}, fmt.Errorf("reading the session's state: %w", err)
	}
	var f SessionFile
	if err := json.Unmarshal(data, &f); err != nil {
		return SessionFile{}, fmt.Errorf("reading %s/session.json: %w; remove it and run again", stateDir, err)
	}
	return f, nil
}

// writeSessionFile writes f atomically, so that a reader never sees half of it.
func writeSessionFile(dir string, f SessionFile) error {
	state := filepath.Join(dir, stateDir)
	if err := os.MkdirAll(state, 0o700); err != nil {
		return fmt.Errorf("writing the session's state: %w", err)
	}
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the session's state: %w", err)
	}
	tmp, err := os.CreateTemp(state, "session-*.tmp") // created with mode 0600
	if err != nil {
		return fmt.Errorf("writing the session's state: %w", err)
	}
	_, err = tmp.Write(append(data, '\n'))
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(state, "session.json"))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the session's state: %w", err), os.Remove(tmp.Name()))
	}
	return nil
}

// sessionState is the session file of a live run: kept up to date until it is
// removed, and never written again after that.
type sessionState struct {
	dir  string
	mu   sync.Mutex
	file SessionFile // zero until first written
	gone bool
}

// write writes f as the run's file.
func (st *sessionState) write(f SessionFile) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.file = f
	return writeSessionFile(st.dir, f)
}

// setHealth brings the file up to date, when there is one.
func (st *sessionState) setHealth(h Health) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.gone || st.file.Session == "" {
		return
	}
	st.file.Health = h
	_ = writeSessionFile(st.dir, st.file) // a reader then only waits longer
}

// remove removes the file of this run.
func (st *sessionState) remove() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.gone = true
	RemoveSessionFile(st.dir, st.file.Session)
}

// RemoveSessionFile removes the session file in dir if it is that of the given
// session; that of a later one stays.
func RemoveSessionFile(dir, session string) {
	if f, err := LoadSessionFile(dir); err == nil && f.Session == session {
		_ = os.Remove(filepath.Join(dir, stateDir, "session.json"))
	}
}
