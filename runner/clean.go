package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"

	"github.com/netstacks/netstacks-plugin/engine"
)

const (
	// removalPoll is the pause between looks at a container that another
	// request is removing, and removalTimeout bounds the wait for its end.
	removalPoll    = 20 * time.Millisecond
	removalTimeout = 20 * time.Second
)

// CleanOptions says what Clean removes. The zero value means what sessions of
// this machine left behind that are not running any more, and relay images.
type CleanOptions struct {
	Session string // only this session, whether it runs or not
	All     bool   // everything of this tool, also of sessions that run, also of other machines

	keepImages bool
}

// Removed says what Clean did; no list is nil. Names, as the engine shows them, and
// IDs of images without one; networks of
// sessions that others still use are in neither list.
type Removed struct {
	Containers []string `json:"containers"`
	Networks   []string `json:"networks"`
	Volumes    []string `json:"volumes"`
	Images     []string `json:"images"`
	Kept       []Kept   `json:"kept"`
}

// swept says what a sweep before a start removed, "" when that was nothing.
func (r Removed) swept() string {
	switch n := len(r.Containers) + len(r.Networks) + len(r.Volumes); n {
	case 0:
		return ""
	case 1:
		return "removed a leftover of a session that ended without cleaning up"
	default:
		return fmt.Sprintf("removed %d leftovers of sessions that ended without cleaning up", n)
	}
}

// Kept is a container that was left alone because its session is running, or
// may be: nobody can know about processes of other machines.
type Kept struct {
	Container string `json:"container"`
	Plugin    string `json:"plugin"`
	Session   string `json:"session"`
	PID       int    `json:"pid"`
	Host      string `json:"host"`
}

// Clean removes what sessions made, told by their labels; what does not carry
// them is never touched. It goes on after a failure and returns every error,
// with what it did remove. Removing what is already gone is no error.
func Clean(ctx context.Context, eng *engine.Engine, o CleanOptions) (Removed, error) {
	c := cleaner{ctx: ctx, eng: eng, o: o, removed: Removed{
		Containers: []string{}, Networks: []string{}, Volumes: []string{}, Images: []string{}, Kept: []Kept{},
	}}
	c.containers()
	c.volumes()
	c.networks()
	if o.Session == "" && !o.keepImages {
		c.images()
	}
	return c.removed, errors.Join(c.errs...)
}

// cleaner is one run of Clean.
type cleaner struct {
	ctx        context.Context
	eng        *engine.Engine
	o          CleanOptions
	removed    Removed
	errs       []error
	networkIDs map[string]bool // that removed containers were connected to
}

// wanted reports whether an object with these labels is to be removed.
func (c *cleaner) wanted(labels map[string]string) bool {
	switch {
	case labels[engine.LabelSession] == "":
		return false
	case c.o.Session != "":
		return labels[engine.LabelSession] == c.o.Session
	case c.o.All:
		return true
	}
	return !live(labels)
}

// ours filters for what carries our label, of one session when asked for.
func (c *cleaner) ours() filters.Args {
	label := engine.LabelSession
	if c.o.Session != "" {
		label += "=" + c.o.Session
	}
	return filters.NewArgs(filters.Arg("label", label))
}

func (c *cleaner) failed(doing string, err error) {
	if err != nil {
		c.errs = append(c.errs, fmt.Errorf("%s: %w", doing, err))
	}
}

func (c *cleaner) containers() {
	c.networkIDs = map[string]bool{}
	list, err := c.eng.API.ContainerList(c.ctx, container.ListOptions{All: true, Filters: c.ours()})
	c.failed("listing containers", err)
	for _, found := range list {
		name := strings.TrimPrefix(strings.Join(found.Names, " "), "/")
		if !c.wanted(found.Labels) {
			o := ownerOf(found.Labels)
			c.removed.Kept = append(c.removed.Kept, Kept{
				Container: name, Plugin: found.Labels[engine.LabelPlugin],
				Session: found.Labels[engine.LabelSession], PID: o.pid, Host: o.host,
			})
			continue
		}
		if found.NetworkSettings != nil {
			for _, end := range found.NetworkSettings.Networks {
				if end != nil {
					c.networkIDs[end.NetworkID] = true
				}
			}
		}
		if err := removeContainer(c.ctx, c.eng, found.ID); err != nil {
			c.errs = append(c.errs, err)
			continue
		}
		c.removed.Containers = append(c.removed.Containers, name)
	}
}

func (c *cleaner) volumes() {
	list, err := c.eng.API.VolumeList(c.ctx, volume.ListOptions{Filters: c.ours()})
	c.failed("listing volumes", err)
	for _, found := range list.Volumes {
		if found == nil || !c.wanted(found.Labels) {
			continue
		}
		if err := c.eng.API.VolumeRemove(c.ctx, found.Name, true); err != nil && !isNotFound(err) {
			c.failed("removing volume "+found.Name, err)
			continue
		}
		c.removed.Volumes = append(c.removed.Volumes, found.Name)
	}
}

// networks removes the networks that the removed sessions made or used. One
// that containers are still connected to stays, whoever made it: the session
// that goes last takes it along.
func (c *cleaner) networks() {
	list, err := c.eng.API.NetworkList(c.ctx, network.ListOptions{Filters: filters.NewArgs(filters.Arg("label", engine.LabelSession))})
	c.failed("listing networks", err)
	for _, found := range list {
		if !c.wanted(found.Labels) && !c.networkIDs[found.ID] {
			continue
		}
		gone, err := removeNetworkIfUnused(c.ctx, c.eng, found.ID)
		c.failed("cleaning up", err)
		if gone {
			c.removed.Networks = append(c.removed.Networks, found.Name)
		}
	}
}

// images removes the relay's images and those of plugins that a later build
// replaced. One that a container uses stays.
func (c *cleaner) images() {
	c.relayImages()
	list, err := c.eng.API.ImageList(c.ctx, image.ListOptions{
		Filters: filters.NewArgs(filters.Arg("label", engine.LabelFingerprint), filters.Arg("dangling", "true")),
	})
	c.failed("listing images", err)
	for _, found := range list {
		_, err := c.eng.API.ImageRemove(c.ctx, found.ID, image.RemoveOptions{PruneChildren: true})
		if err != nil && !isNotFound(err) && !isConflict(err) {
			c.failed("removing image "+found.ID, err)
		}
		if err == nil {
			c.removed.Images = append(c.removed.Images, found.ID)
		}
	}
}

func (c *cleaner) relayImages() {
	list, err := c.eng.API.ImageList(c.ctx, image.ListOptions{
		Filters: filters.NewArgs(filters.Arg("label", engine.LabelRole+"="+roleRelayImage)),
	})
	c.failed("listing images", err)
	for _, found := range list {
		for _, tag := range found.RepoTags {
			if !strings.HasPrefix(tag, relayRepository+":") {
				continue
			}
			_, err := c.eng.API.ImageRemove(c.ctx, tag, image.RemoveOptions{})
			if err != nil && !isNotFound(err) && !isConflict(err) {
				c.failed("removing image "+tag, err)
			}
			if err == nil {
				c.removed.Images = append(c.removed.Images, tag)
			}
		}
	}
}

// removeContainer kills and removes a container with its anonymous volumes,
// and returns when it is gone, also when another request or the engine itself
// is removing it.
func removeContainer(ctx context.Context, eng *engine.Engine, id string) error {
	ctx, cancel := context.WithTimeout(ctx, removalTimeout)
	defer cancel()
	for {
		err := eng.API.ContainerRemove(ctx, id, container.RemoveOptions{Force: true, RemoveVolumes: true})
		if isNotFound(err) {
			return nil
		}
		if err != nil && !isConflict(err) {
			return fmt.Errorf("removing container %.12s: %w", id, err)
		}
		if _, err := eng.API.ContainerInspect(ctx, id); isNotFound(err) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("removing container %.12s: %w", id, ctx.Err())
		case <-time.After(removalPoll):
		}
	}
}

// stopPlugin asks the plugin's process to end, and kills it after stopGrace.
func (s *session) stopPlugin(ctx context.Context) error {
	grace := int(stopGrace / time.Second)
	err := s.api.ContainerStop(ctx, s.pluginID, container.StopOptions{Timeout: &grace})
	if err != nil && !isNotFound(err) {
		return fmt.Errorf("stopping the plugin's process: %w", err)
	}
	return nil
}

// remove takes everything of the session off the engine and ends the link to
// the relay. It may be called again after it failed.
func (s *session) remove(ctx context.Context) error {
	if s.server != nil {
		_ = s.server.Close()
		<-s.serving
	}
	if s.relay != nil {
		_ = s.relay.Close()
	}
	_, err := Clean(ctx, s.o.Engine, CleanOptions{Session: s.o.Session})
	if err != nil || s.networkID == "" {
		return err
	}
	// A network that another session made carries that session's id, and ours
	// may have given way to it.
	same, err := s.namesakes(ctx)
	if err != nil {
		return err
	}
	for _, n := range same {
		if _, err := removeNetworkIfUnused(ctx, s.o.Engine, n.ID); err != nil {
			return err
		}
	}
	return nil
}
