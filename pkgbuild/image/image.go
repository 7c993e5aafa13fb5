// Package image builds a plugin's image through the container engine: with
// BuildKit over the engine's own socket, and with the classic builder where an
// engine has no BuildKit (Podman, old engines).
//
// Build reports every step as an Event and returns when the image is tagged. A
// build that is cancelled or fails leaves the previous image under the tag.
// What the Dockerfile's author did wrong comes back as a *FailedError; an
// engine that is gone as an *engine.UnavailableError.
package image

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/distribution/reference"
	dockerimage "github.com/docker/docker/api/types/image"

	"github.com/netstacks/netstacks-plugin/engine"
)

// The builders, as Result.Builder holds them.
const (
	BuilderBuildKit = "buildkit"
	BuilderClassic  = "classic"
)

// Options says what to build.
type Options struct {
	ContextDir string            // the folder that is sent: <project>/service
	Dockerfile string            // relative to ContextDir; default "Dockerfile"
	Tag        string            // the image reference to give, as in manifest.image
	BuildArgs  map[string]string // values for the Dockerfile's ARGs
	NoCache    bool              // run every step, whatever was built before

	// Getenv reads the environment; nil means os.Getenv. HTTP_PROXY,
	// HTTPS_PROXY, FTP_PROXY, ALL_PROXY and NO_PROXY, in either case, are handed
	// to the build.
	Getenv func(string) string
}

// Result is a finished build.
type Result struct {
	ImageID string        `json:"image_id"` // "sha256:…"
	Size    int64         `json:"size"`     // bytes, with all layers
	Took    time.Duration `json:"took"`
	Builder string        `json:"builder"` // BuilderBuildKit or BuilderClassic
	// Replaced is the image of an earlier build that had the tag until now; "" when there was none.
	Replaced string `json:"replaced,omitempty"`
}

func (o Options) withDefaults() Options {
	if o.Dockerfile == "" {
		o.Dockerfile = "Dockerfile"
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	return o
}

// check finds what is wrong without asking the engine. It returns the tag with
// its defaults filled in.
func (o Options) check() (reference.Named, error) {
	if strings.TrimSpace(o.Tag) == "" {
		return nil, errors.New("the image has no name: set \"image\" in manifest.json")
	}
	named, err := reference.ParseNormalizedNamed(o.Tag)
	if err != nil {
		return nil, fmt.Errorf("%q is no valid image name: %w; correct \"image\" in manifest.json, for example \"netstacks-plugin-NAME:1.0.0\"", o.Tag, err)
	}
	if _, pinned := named.(reference.Digested); pinned {
		return nil, fmt.Errorf("the image name %q has a digest, which a build cannot choose: leave out \"@sha256:…\" in manifest.json", o.Tag)
	}
	info, err := os.Stat(o.ContextDir)
	switch {
	case err != nil:
		return nil, fmt.Errorf("opening the build context: %w; the service's files and its Dockerfile belong there", err)
	case !info.IsDir():
		return nil, fmt.Errorf("the build context %s is not a folder", o.ContextDir)
	case !filepath.IsLocal(o.Dockerfile):
		return nil, fmt.Errorf("the Dockerfile %q is outside of the build context %s: move it there", o.Dockerfile, o.ContextDir)
	}
	path := filepath.Join(o.ContextDir, o.Dockerfile)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no Dockerfile at %s: write one that builds the service: %w", path, err)
	case err != nil:
		return nil, fmt.Errorf("opening the Dockerfile: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("the Dockerfile %s is not a regular file", path)
	}
	return reference.TagNameOnly(named), nil
}

// Build builds and tags the image. emit receives the events and may be nil; it
// is called from one goroutine at a time and must not block for long.
//
// Cancelling ctx stops the build and returns, within a second, an error that
// wraps ctx.Err().
func Build(ctx context.Context, eng *engine.Engine, o Options, emit func(Event)) (Result, error) {
	started := time.Now()
	o = o.withDefaults()
	tag, err := o.check()
	if err != nil {
		return Result{}, err
	}
	sum, skipped, err := o.fingerprint(ctx)
	if err != nil {
		return Result{}, err
	}
	b := &job{
		Options: o, engine: eng, tag: tag, started: started,
		steps:  newTracker(emit, time.Now),
		labels: map[string]string{engine.LabelFingerprint: sum},
		args:   buildArgs(o, eng),
	}
	if old, err := eng.API.ImageInspect(ctx, tag.String()); err == nil && old.Config != nil && old.Config.Labels[engine.LabelFingerprint] != "" {
		b.previous = old.ID
	}
	if len(skipped) > 0 {
		b.steps.warn("left out of the build: " + strings.Join(skipped, ", "))
	}
	return b.run(ctx)
}

// job is one build under way.
type job struct {
	Options
	engine  *engine.Engine
	tag     reference.Named
	started time.Time
	steps   *tracker
	labels  map[string]string
	args    map[string]string // BuildArgs and proxies

	previous string // image under the tag before, when this tool built it
}

func (b *job) run(ctx context.Context) (Result, error) {
	builder := BuilderBuildKit
	has, err := hasBuildKit(ctx, b.engine)
	if err == nil && has {
		err = b.buildKit(ctx)
		has = err == nil || !refused(err)
	}
	if !has && (err == nil || refused(err)) {
		builder, err = BuilderClassic, b.classic(ctx)
	}
	if err != nil {
		return Result{}, b.fail(ctx, err)
	}
	b.steps.close(StatusDone)
	info, err := b.engine.API.ImageInspect(ctx, b.tag.String())
	if err != nil {
		return Result{}, fmt.Errorf("looking at the built image: %w", b.engine.Explain(err))
	}
	result := Result{ImageID: info.ID, Size: info.Size, Took: time.Since(b.started), Builder: builder}
	if b.previous != info.ID {
		result.Replaced = b.previous
	}
	return result, nil
}

// RemoveReplaced removes an image that a later build replaced, unless it has
// another name or a container still uses it, and reports whether it is gone.
func RemoveReplaced(ctx context.Context, eng *engine.Engine, imageID string) (bool, error) {
	info, err := eng.API.ImageInspect(ctx, imageID)
	if err == nil && len(info.RepoTags) == 0 {
		_, err = eng.API.ImageRemove(ctx, imageID, dockerimage.RemoveOptions{PruneChildren: true})
	} else if err == nil {
		return false, nil
	}
	switch {
	case err == nil, errdefs.IsNotFound(err):
		return true, nil
	case errdefs.IsConflict(err):
		return false, nil
	}
	return false, fmt.Errorf("removing the replaced image %s: %w", imageID, eng.Explain(err))
}

// fail sorts out why the build ended: stopped by the caller, engine gone, or
// the build itself.
func (b *job) fail(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		b.steps.close(StatusCancelled)
		return fmt.Errorf("building %s: %w", b.Tag, ctx.Err())
	}
	var gone *engine.UnavailableError
	if errors.As(err, &gone) {
		b.steps.close(StatusFailed)
		return fmt.Errorf("building %s: %w", b.Tag, err)
	}
	blamed := b.steps.close(StatusCancelled)
	return b.explain(err, blamed)
}

// Found is the image that Find found under a tag.
type Found struct {
	ImageID string    // "" when there is none
	Size    int64     // bytes
	Built   time.Time // zero when the engine does not say
	Current bool      // it was built from the folder as it is now
}

// Find looks for the image under the tag and tells whether it was built from
// the folder as it is now.
func Find(ctx context.Context, eng *engine.Engine, o Options) (Found, error) {
	o = o.withDefaults()
	tag, err := o.check()
	if err != nil {
		return Found{}, err
	}
	info, err := eng.API.ImageInspect(ctx, tag.String())
	if errdefs.IsNotFound(err) {
		return Found{}, nil
	}
	if err != nil {
		return Found{}, fmt.Errorf("looking for the image %s: %w", o.Tag, eng.Explain(err))
	}
	found := Found{ImageID: info.ID, Size: info.Size}
	if built, err := time.Parse(time.RFC3339Nano, info.Created); err == nil {
		found.Built = built
	}
	sum, _, err := o.fingerprint(ctx)
	if err != nil {
		return found, err
	}
	found.Current = info.Config != nil && info.Config.Labels[engine.LabelFingerprint] == sum
	return found, nil
}
