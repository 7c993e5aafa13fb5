package runner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"

	"github.com/netstacks/netstacks-plugin/engine"
)

const (
	// duplicateTries and duplicatePause bound the wait until one of several
	// networks of the same name is left.
	duplicateTries = 50
	duplicatePause = 50 * time.Millisecond
)

// ensureNetwork finds the session's network or makes it. A network of that
// name that is not ours is a *NameTakenError.
func (s *session) ensureNetwork(ctx context.Context) error {
	if builtIn(s.o.Network) {
		return &NameTakenError{Kind: "network", Name: s.o.Network}
	}
	for range duplicateTries {
		same, err := s.namesakes(ctx)
		if err != nil {
			return err
		}
		if len(same) == 0 {
			// An abandoned request may still be carried out, so none is abandoned.
			created, err := s.api.NetworkCreate(context.WithoutCancel(ctx), s.o.Network, network.CreateOptions{
				Driver: "bridge",
				Labels: s.labels(roleNetwork),
			})
			if err != nil && !errdefs.IsConflict(err) {
				return fmt.Errorf("creating network %s: %w", s.o.Network, err)
			}
			s.networkID = created.ID
			if err := ctx.Err(); err != nil {
				return err
			}
			continue // to see whether another session was as fast
		}
		s.networkID = same[0].ID
		if len(same) == 1 {
			return nil
		}
		for _, duplicate := range same[1:] {
			if _, err := removeNetworkIfUnused(ctx, s.o.Engine, duplicate.ID); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(duplicatePause):
		}
	}
	return fmt.Errorf("several networks are called %s: stop what uses them and remove all but one with `docker network rm ID`, or set PLUGIN_NETWORK to another name", s.o.Network)
}

// namesakes lists the networks of the session's network name, the oldest
// first: the engine's check for duplicates lets two through that are created at
// the same moment, and everybody has to agree on which one stays. One that is
// not ours is a *NameTakenError.
func (s *session) namesakes(ctx context.Context) ([]network.Summary, error) {
	list, err := s.api.NetworkList(ctx, network.ListOptions{Filters: filters.NewArgs(filters.Arg("name", s.o.Network))})
	if err != nil {
		return nil, fmt.Errorf("looking for network %s: %w", s.o.Network, err)
	}
	if len(list) == 0 { // it may be an id
		if found, err := s.api.NetworkInspect(ctx, s.o.Network, network.InspectOptions{}); err == nil {
			list = append(list, found)
		}
	}
	var same []network.Summary
	for _, found := range list { // the filter matches parts of names
		switch {
		case found.Name != s.o.Network && !strings.HasPrefix(found.ID, s.o.Network):
		case found.Labels[engine.LabelSession] == "":
			return nil, &NameTakenError{Kind: "network", Name: found.Name}
		default:
			same = append(same, found)
		}
	}
	slices.SortFunc(same, func(a, b network.Summary) int {
		return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
	})
	return same, nil
}

// removeNetworkIfUnused removes a network of ours that no container is
// connected to, not even one that is not started yet. It reports whether the
// network is gone because of this call.
func removeNetworkIfUnused(ctx context.Context, eng *engine.Engine, id string) (bool, error) {
	users, err := eng.API.ContainerList(ctx, container.ListOptions{
		All:     true,
		Filters: filters.NewArgs(filters.Arg("network", id)),
	})
	if err != nil {
		return false, fmt.Errorf("listing the containers of network %s: %w", id, err)
	}
	if len(users) > 0 {
		return false, nil
	}
	err = eng.API.NetworkRemove(ctx, id)
	switch {
	case err == nil:
		return true, nil
	case errdefs.IsNotFound(err), errdefs.IsPermissionDenied(err), errdefs.IsConflict(err):
		// Gone already, or a container was connected since we looked.
		return false, nil
	}
	return false, fmt.Errorf("removing network %s: %w", id, err)
}
