package runner

import (
	"context"
	"fmt"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"

	"github.com/netstacks/netstacks-plugin/engine"
)

// ensureNetwork finds the session's network or makes it. A network of that
// name that is not ours is a *NameTakenError.
func (s *session) ensureNetwork(ctx context.Context) error {
	if builtIn(s.o.Network) {
		return &NameTakenError{Kind: "network", Name: s.o.Network}
	}
	for {
		found, err := s.api.NetworkInspect(ctx, s.o.Network, network.InspectOptions{})
		if err == nil {
			if found.Labels[engine.LabelSession] == "" {
				return &NameTakenError{Kind: "network", Name: found.Name}
			}
			s.networkID = found.ID
			return nil
		}
		if !errdefs.IsNotFound(err) {
			return fmt.Errorf("looking for network %s: %w", s.o.Network, err)
		}
		// An abandoned request may still be carried out, so none is abandoned.
		created, err := s.api.NetworkCreate(context.WithoutCancel(ctx), s.o.Network, network.CreateOptions{
			Driver: "bridge",
			Labels: s.labels(roleNetwork),
		})
		if err == nil {
			s.networkID = created.ID
			return ctx.Err()
		}
		if !errdefs.IsConflict(err) {
			return fmt.Errorf("creating network %s: %w", s.o.Network, err)
		}
		// Another session was faster: its network serves us both.
		if err := ctx.Err(); err != nil {
			return err
		}
	}
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
