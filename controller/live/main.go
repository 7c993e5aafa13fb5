// Live runs a command while a local Controller answers, so that clients can be
// tried against it: the SDKs' tests in .ci/sdk, or any other program.
//
//	go run ./controller/live COMMAND [ARGUMENT...]
//	go run ./controller/live -alone netstacks-plugin COMMAND [ARGUMENT...]
//
// Without -alone the Controller is one of this process, as in a session of
// `netstacks-plugin run`; with it, it is the named program's that stands alone.
// The command finds it by the environment that plugins have, whose service token
// has every capability of the internal API. NETSTACKS_POWERLESS_TOKEN is another,
// with none of them. The exit code is the command's.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/netstacks/netstacks-plugin/controller"
	"github.com/netstacks/netstacks-plugin/manifest"
)

// plugin is what the tokens call the plugin they are for.
const plugin = "live"

// powerless is a capability that no operation of the internal API asks for.
const powerless = "manage_containers"

func main() {
	program := flag.String("alone", "", "the program netstacks-plugin, whose Controller is to stand alone")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "live: name the command to run: live [-alone netstacks-plugin] COMMAND [ARGUMENT...]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := during(ctx, *program, flag.Args())
	stop()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.Exited() {
		os.Exit(ended.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "live:", err)
		os.Exit(1)
	}
}

// during runs a command while a Controller answers. The error is an
// *exec.ExitError where the command failed.
func during(ctx context.Context, program string, command []string) (err error) {
	folder, err := os.MkdirTemp("", "netstacks-live-")
	if err != nil {
		return fmt.Errorf("making a folder for the certificate: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	begin := inProcess
	if program != "" {
		begin = func(string) (map[string]string, func() error, error) { return standAlone(program) }
	}
	variables, end, err := begin(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	c.Env = os.Environ()
	for name, value := range variables {
		c.Env = append(c.Env, name+"="+value)
	}
	return c.Run()
}

// inProcess starts a Controller here. The certificate goes into the folder.
func inProcess(folder string) (variables map[string]string, end func() error, err error) {
	local := controller.New(controller.Options{})
	certificate, authority, err := controller.NewCertificate("localhost", "127.0.0.1")
	if err != nil {
		return nil, nil, err
	}
	trusted := filepath.Join(folder, "ca.pem")
	if err := os.WriteFile(trusted, authority, 0o600); err != nil {
		return nil, nil, fmt.Errorf("writing the Controller's certificate: %w", err)
	}
	all := []string{}
	for _, c := range manifest.Capabilities() {
		if c.Endpoint != "" {
			all = append(all, c.Name)
		}
	}
	org := local.Orgs()[0].ID
	full, err := local.MintServiceToken(plugin, org, all)
	if err != nil {
		return nil, nil, err
	}
	none, err := local.MintServiceToken(plugin, org, []string{powerless})
	if err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("listening: %w", err)
	}
	server := controller.Server(local.InternalHandler())
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	go func() { _ = server.ServeTLS(listener, "", "") }() // ends with the server
	variables = map[string]string{
		"CONTROLLER_API_URL": "https://" + listener.Addr().String(), "NETSTACKS_CA_CERT": trusted,
		"NETSTACKS_SERVICE_TOKEN": full, "NETSTACKS_POWERLESS_TOKEN": none,
	}
	return variables, func() error { return errors.Join(server.Close(), local.Close()) }, nil
}
