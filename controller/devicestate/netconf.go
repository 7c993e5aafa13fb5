package devicestate

import (
	"errors"
	"fmt"
)

// Netconf is a NETCONF operation (internal-api.md).
type Netconf struct {
	Operation string // "get", "get-config", "edit-config" or "rpc"
	Target    string // "running", "candidate", "startup"; empty is running
	Filter    string // XML
	Config    string // XML
	RPC       string // XML
}

// Netconf runs an operation. When the device refuses, ok is false and data its
// rpc-error; err is a *FieldError about a request that cannot be read.
func (s *State) Netconf(n Netconf) (ok bool, data string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n.Operation {
	case "get", "get-config":
		data, err = s.read(n)
	case "edit-config":
		data, err = s.edit(n)
	default:
		data, err = s.rpc(n.RPC)
	}
	var refused *rpcError
	if errors.As(err, &refused) {
		return false, refused.xml(), nil
	}
	return err == nil, data, err
}

func (s *State) read(n Netconf) (string, error) {
	tree := s.running
	if n.Operation == "get-config" {
		tree = *s.datastore(n.Target)
	}
	if n.Filter != "" {
		filter, err := parseXML(n.Filter)
		if err != nil {
			return "", &FieldError{"filter", err}
		}
		tree = filtered(tree, unwrapped(filter, "filter"))
	}
	return render(tree, n.Operation == "get"), nil
}

// datastore returns a datastore; the candidate begins as a copy of running.
func (s *State) datastore(target string) *map[string]any {
	switch target {
	case "candidate":
		if s.candidate == nil {
			s.candidate = copied(s.running)
		}
		return &s.candidate
	case "startup":
		return &s.startup
	}
	return &s.running
}

// edit changes a copy, which takes the datastore's place when all went well.
func (s *State) edit(n Netconf) (string, error) {
	config, err := parseXML(n.Config)
	if err == nil && len(config) == 0 {
		err = errors.New("holds no element")
	}
	if err != nil {
		return "", &FieldError{"config", err}
	}
	store := s.datastore(n.Target)
	tree := copied(*store)
	if err := merge(tree, "", unwrapped(config, "config")); err != nil {
		return "", err
	}
	operational(tree)
	*store = tree
	return "<ok/>", nil
}

// rpc runs one of the operations that need no model of their own.
func (s *State) rpc(source string) (string, error) {
	elements, err := parseXML(source)
	elements = unwrapped(elements, "rpc")
	if err == nil && len(elements) != 1 {
		err = fmt.Errorf("holds %d elements, one is needed", len(elements))
	}
	if err != nil {
		return "", &FieldError{"rpc", err}
	}
	switch e := elements[0]; e.name {
	case "commit":
		if s.candidate != nil {
			s.running, s.candidate = s.candidate, nil
		}
	case "discard-changes":
		s.candidate = nil
	case "copy-config":
		to, from := s.named(e, "target"), s.named(e, "source")
		if to == nil || from == nil {
			return "", refuse("missing-element", "copy-config needs a target and a source among running, candidate and startup")
		}
		*to = copied(*from)
	case "validate", "lock", "unlock", "close-session", "cancel-commit":
	case "get-system-information", "get-software-information":
		return render(filtered(s.running, []node{{name: "system", children: []node{{name: "state"}}}}), true), nil
	default:
		return "", &rpcError{"protocol", "operation-not-supported", "the local Controller's devices do not know " + e.name}
	}
	return "<ok/>", nil
}

// named returns the datastore that <target> or <source> of an rpc names.
func (s *State) named(rpc node, which string) *map[string]any {
	for _, c := range rpc.children {
		if c.name == which && len(c.children) == 1 {
			switch name := c.children[0].name; name {
			case "running", "candidate", "startup":
				return s.datastore(name)
			}
		}
	}
	return nil
}
