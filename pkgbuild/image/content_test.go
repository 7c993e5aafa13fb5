package image

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/cli/cli/config/configfile"

	"github.com/netstacks/netstacks-plugin/engine"
)

// folder writes files, given as path and content in turn.
func folder(t *testing.T, pairs ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i+1 < len(pairs); i += 2 {
		write(t, filepath.Join(dir, pairs[i]), pairs[i+1])
	}
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFingerprintCoversWhatABuildSends(t *testing.T) {
	fresh := func(t *testing.T) string {
		return folder(t, "Dockerfile", "FROM scratch\n", ".dockerignore", "*.log\ncache\n",
			"main.py", "print()", "routes/a.py", "a", "x.log", "x", "cache/big", "x")
	}
	for _, tc := range []struct {
		name    string
		change  func(t *testing.T, dir string)
		differs bool
	}{
		{"nothing", func(*testing.T, string) {}, false},
		{"times", func(t *testing.T, dir string) {
			must(t, os.Chtimes(filepath.Join(dir, "main.py"), time.Unix(1, 0), time.Unix(1, 0)))
		}, false},
		{"ignored file", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "x.log"), "y") }, false},
		{"file in an ignored folder", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "cache/more"), "y") }, false},
		{"content", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "main.py"), "print(1)") }, true},
		{"deep content", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "routes/a.py"), "b") }, true},
		{"Dockerfile", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "Dockerfile"), "FROM x\n") }, true},
		{"ignored Dockerfile", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, ".dockerignore"), "*.log\ncache\nDockerfile\n.dockerignore\n")
			write(t, filepath.Join(dir, "Dockerfile"), "FROM y\n")
		}, true},
		{"new file", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "b.py"), "") }, true},
		{"new name", func(t *testing.T, dir string) {
			must(t, os.Rename(filepath.Join(dir, "main.py"), filepath.Join(dir, "mainpy")))
		}, true},
		{"mode", func(t *testing.T, dir string) { must(t, os.Chmod(filepath.Join(dir, "main.py"), 0o755)) }, true},
		{"link", func(t *testing.T, dir string) { must(t, os.Symlink("main.py", filepath.Join(dir, "link"))) }, true},
		{"ignore list of the Dockerfile wins", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "Dockerfile.dockerignore"), "nothing\n")
		}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := fresh(t)
			before, err := Fingerprint(dir)
			must(t, err)
			tc.change(t, dir)
			after, err := Fingerprint(dir)
			must(t, err)
			if (before != after) != tc.differs {
				t.Errorf("differs: %v, want %v", before != after, tc.differs)
			}
			if len(after) != 64 {
				t.Errorf("not a SHA-256: %q", after)
			}
		})
	}
}

func TestFingerprintFollowsLinkTargetsByName(t *testing.T) {
	a, b := folder(t, "Dockerfile", ""), folder(t, "Dockerfile", "")
	must(t, os.Symlink("/etc/passwd", filepath.Join(a, "l")))
	must(t, os.Symlink("/etc/group", filepath.Join(b, "l")))
	one, err := Fingerprint(a)
	must(t, err)
	other, err := Fingerprint(b)
	must(t, err)
	if one == other {
		t.Error("two links to different files look the same")
	}
}

func TestBuildArgumentsAreInTheFingerprint(t *testing.T) {
	o := Options{ContextDir: folder(t, "Dockerfile", "")}.withDefaults()
	plain, _, err := o.fingerprint(t.Context())
	must(t, err)
	o.BuildArgs = map[string]string{"A": "1"}
	with, _, err := o.fingerprint(t.Context())
	must(t, err)
	if plain == with {
		t.Error("a build argument makes no difference")
	}
}

// Nothing of this needs an engine: the one given here cannot answer.
func TestBadInputIsRefusedBeforeTheEngineIsAsked(t *testing.T) {
	good := folder(t, "Dockerfile", "FROM scratch\n", "file", "")
	for _, tc := range []struct {
		name string
		o    Options
		says string
	}{
		{"no tag", Options{ContextDir: good, Tag: " "}, `the image has no name: set "image" in manifest.json`},
		{"bad tag", Options{ContextDir: good, Tag: "Not Valid"}, `"Not Valid" is no valid image name`},
		{"digest", Options{ContextDir: good, Tag: "a@sha256:" + strings.Repeat("a", 64)}, "has a digest"},
		{"no folder", Options{ContextDir: filepath.Join(good, "no"), Tag: "a:1"}, "opening the build context"},
		{"not a folder", Options{ContextDir: filepath.Join(good, "file"), Tag: "a:1"}, "is not a folder"},
		{"no Dockerfile", Options{ContextDir: folder(t), Tag: "a:1"}, "there is no Dockerfile at "},
		{"Dockerfile is a folder", Options{ContextDir: folder(t, "Dockerfile/x", ""), Tag: "a:1"}, "is not a regular file"},
		{"Dockerfile outside", Options{ContextDir: good, Dockerfile: "../Dockerfile", Tag: "a:1"}, "is outside of the build context"},
		{"bad ignore list", Options{ContextDir: folder(t, "Dockerfile", "", ".dockerignore", "[\n"), Tag: "a:1"}, "reading .dockerignore"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Build(t.Context(), &engine.Engine{}, tc.o, nil)
			var failed *FailedError
			if err == nil || !strings.Contains(err.Error(), tc.says) || errors.As(err, &failed) {
				t.Errorf("got %v, want %q", err, tc.says)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Build(ctx, &engine.Engine{}, Options{ContextDir: good, Tag: "a:1"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before it began: got %v", err)
	}
}

func TestProxiesAreHandedToTheBuild(t *testing.T) {
	eng := &engine.Engine{Endpoint: "unix:///x", Config: &configfile.ConfigFile{
		Proxies: map[string]configfile.ProxyConfig{"default": {HTTPProxy: "http://configured:1", NoProxy: "internal"}},
	}}
	env := map[string]string{
		"HTTP_PROXY": "http://environment:1", "https_proxy": "http://environment:2",
		"HTTPS_PROXY": "http://127.0.0.1:3128", "ALL_PROXY": "localhost:9",
	}
	got := buildArgs(Options{
		BuildArgs: map[string]string{"A": "1", "NO_PROXY": "mine"},
		Getenv:    func(key string) string { return env[key] },
	}, eng)
	want := map[string]string{
		"A": "1", "NO_PROXY": "mine", "no_proxy": "internal",
		"HTTP_PROXY": "http://configured:1", "http_proxy": "http://configured:1",
		"https_proxy": "http://environment:2",
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %q, want %q", key, got[key], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}
