// Package e2e drives the real binary as its users do: through headless
// commands in scripts and through the Studio in a real terminal, against a real
// container engine and a real PostgreSQL.
package e2e

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/netstacks/netstacks-plugin/engine"
	"github.com/netstacks/netstacks-plugin/internal/needs"
	"github.com/netstacks/netstacks-plugin/studio"
)

// testNetwork keeps these tests apart from a Controller or a Studio that may
// run on the same engine.
const testNetwork = "netstacks-e2e"

// TestScripts runs the scripts that need no engine.
func TestScripts(t *testing.T) {
	runScripts(t, "testdata/script")
}

// TestEngineScripts runs the scripts that build and run plugins.
func TestEngineScripts(t *testing.T) {
	needs.Images(t, needs.PythonImage, needs.PostgresImage)
	for _, name := range []string{"headless", "failing", "exiting", "panels"} {
		removeImage(t, "netstacks-plugin-e-"+name+":1.0.0")
	}
	runScripts(t, "testdata/engine")
	assertNothingLeft(t)
}

func runScripts(t *testing.T, dir string) {
	binary := needs.Binary(t)
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("PLUGIN_NETWORK", testNetwork)
			for _, key := range []string{"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"} {
				if v, set := os.LookupEnv(key); set {
					env.Setenv(key, v)
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"request":  request,
			"archive":  archive,
			"exitcode": exitCode,
		},
	})
}

// request calls a running plugin through the proxy: request ORG METHOD DIR PATH
// [BODY]. It prints "STATUS BODY" to stdout, for use with `stdout`.
func request(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: request ORG METHOD DIR PATH [BODY]")
	}
	file, err := studio.LoadSessionFile(ts.MkAbs(args[2]))
	ts.Check(err)
	body := ""
	if len(args) > 4 {
		body = args[4]
	}
	status, answer, err := call(file, args[0], args[1], args[3], body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d %s\n", status, answer)
}

// call makes one request as a user of the organisation.
func call(file studio.SessionFile, org, method, path, body string) (status int, answer string, err error) {
	o, err := file.Org(org)
	if err != nil {
		return 0, "", err
	}
	req, err := http.NewRequest(method, file.Controller+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer "+o.Token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := file.HTTPClient().Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(data), err
}

// archive compares an archive's files with a list: archive FILE WANT, where
// WANT is a file with one path a line.
func archive(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: archive FILE WANT")
	}
	got, err := archiveFiles(ts.MkAbs(args[0]))
	ts.Check(err)
	want := strings.Fields(ts.ReadFile(args[1]))
	if !slices.Equal(got, want) {
		ts.Fatalf("the archive lists\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func archiveFiles(path string) ([]string, error) {
	r, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var names []string
	for _, f := range r.File {
		names = append(names, f.Name)
	}
	return names, nil
}

// exitCode runs a command and compares its exit code: exitcode CODE COMMAND…
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode CODE COMMAND [ARG...]")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = exitStatus(err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// exitStatus returns the exit code behind an error of os/exec, -1 for any other error.
func exitStatus(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}

// assertNothingLeft fails when the engine holds an object of ours on the
// network of these tests.
func assertNothingLeft(t *testing.T) {
	t.Helper()
	eng := needs.Engine(t)
	if left := ours(t, eng); len(left) > 0 {
		t.Errorf("left on the engine: %s", strings.Join(left, ", "))
	}
}

// ours lists the containers, networks and volumes of this package's tests,
// which are told from those of other packages by their plugins' names.
func ours(t testing.TB, eng *engine.Engine) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	labelled := filters.NewArgs(filters.Arg("label", engine.LabelSession))
	var left []string
	containers, err := eng.API.ContainerList(ctx, container.ListOptions{All: true, Filters: labelled})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range containers {
		if strings.HasPrefix(c.Labels[engine.LabelPlugin], "e-") {
			left = append(left, "container "+c.Names[0])
		}
	}
	networks, err := eng.API.NetworkList(ctx, network.ListOptions{Filters: labelled})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range networks {
		if n.Name == testNetwork {
			left = append(left, "network "+n.Name)
		}
	}
	volumes, err := eng.API.VolumeList(ctx, volume.ListOptions{Filters: labelled})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range volumes.Volumes {
		if strings.HasPrefix(v.Labels[engine.LabelPlugin], "e-") {
			left = append(left, "volume "+v.Name)
		}
	}
	return left
}
