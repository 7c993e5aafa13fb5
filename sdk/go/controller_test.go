package netstacks_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
)

// Of the Controller's built-in fixtures.
const (
	aDevice     = "550e8400-e29b-41d4-a716-446655440000"
	aCredential = "660e8400-e29b-41d4-a716-446655440001"
)

var capabilities = []string{
	"read_devices", "read_credentials", "invoke_llm", "search_knowledge", "create_knowledge_document",
	"execute_gnmi", "execute_netconf", "trigger_agent", "read_api_resources",
}

// controller starts the local Controller, netstacks-plugin controller, and sets the
// environment that it prints. NETSTACKS_PLUGIN names the program.
func controller(t *testing.T, capabilities ...string) *netstacks.Client {
	t.Helper()
	program := os.Getenv("NETSTACKS_PLUGIN")
	if program == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("NETSTACKS_PLUGIN does not name the program netstacks-plugin")
		}
		t.Skip("NETSTACKS_PLUGIN does not name the program netstacks-plugin: nothing is tried against the local Controller")
	}
	args := []string{"controller", "--listen", "127.0.0.1:0", "--json"}
	for _, capability := range capabilities {
		args = append(args, "--capability", capability)
	}
	command := exec.Command(program, args...)
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	command.Stderr = &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, stdout)
		if err := command.Wait(); err != nil && command.ProcessState.ExitCode() != 130 { // ended by an interrupt
			t.Errorf("%v: %s", err, stderr.String())
		}
	})
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	var environment map[string]string
	if err == nil {
		err = json.Unmarshal(line, &environment)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	for name, value := range environment {
		t.Setenv(name, value)
	}
	c, err := netstacks.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestTheLocalControllerAnswersReads(t *testing.T) {
	c, ctx := controller(t, capabilities...), t.Context()
	devices, err := c.ListDevices(ctx)
	if err != nil || len(devices) != 50 {
		t.Fatal(len(devices), err)
	}
	paged, err := collect(c.AllDevices(ctx, netstacks.PageSize(7)))
	if err != nil || len(paged) != 50 || paged[49] != devices[49] {
		t.Error(len(paged), err)
	}
	routers, err := c.ListDevices(ctx, netstacks.DeviceType("router"), netstacks.Org(devices[0].OrgID), netstacks.Limit(2), netstacks.Offset(0))
	if err != nil || len(routers) == 0 || len(routers) > 2 || routers[0].DeviceType != "router" {
		t.Error(routers, err)
	}
	device, found, err := c.GetDevice(ctx, aDevice)
	if err != nil || !found || device.Name != "core-router-1" || device.Port != 22 || device.CreatedAt.IsZero() {
		t.Error(device, found, err)
	}
	if _, found, err := c.GetDevice(ctx, "a/b c"); found || err != nil {
		t.Error(found, err)
	}
	credential, found, err := c.GetCredential(ctx, aCredential)
	if err != nil || !found || credential.Username != "netops" || credential.CredentialType != netstacks.SSHPassword || credential.Secret.Reveal() == "" {
		t.Error(credential, found, err)
	}
	resources, err := c.ListAPIResources(ctx)
	if err != nil || len(resources) == 0 || resources[0].BaseURL == "" || resources[0].CreatedAt.IsZero() {
		t.Error(resources, err)
	}
}

func TestTheLocalControllerAnswersWrites(t *testing.T) {
	c, ctx := controller(t, capabilities...), t.Context()
	answer, err := c.Chat(ctx, []netstacks.ChatMessage{{Role: netstacks.RoleUser, Content: "Explain VLANs."}}, netstacks.Model("m"), netstacks.Temperature(0))
	if err != nil || answer.Content == "" || answer.Model != "m" || answer.Usage == nil {
		t.Error(answer, err)
	}
	document, err := c.CreateDocument(ctx, "Zebra maintenance", "Feed the zebra before reloading the core.", netstacks.Source("runbook"), netstacks.Metadata{"n": 1})
	if err != nil || document.ID == "" || document.Chunks < 1 || document.CreatedAt.IsZero() {
		t.Error(document, err)
	}
	passages, err := c.SearchKnowledge(ctx, "zebra", netstacks.Limit(3))
	if err != nil || len(passages) == 0 || passages[0].ID != document.ID || passages[0].Score == nil {
		t.Error(passages, err)
	}
	const hostname = "/system/config/hostname"
	_, err = c.ExecuteGNMI(ctx, netstacks.GNMIRequest{DeviceID: aDevice, Operation: netstacks.GNMISet, Updates: []netstacks.GNMIUpdate{{Path: hostname, Value: "renamed"}}})
	if err != nil {
		t.Error(err)
	}
	read, err := c.ExecuteGNMI(ctx, netstacks.GNMIRequest{DeviceID: aDevice, Operation: netstacks.GNMIGet, Paths: []string{hostname}})
	if err != nil || len(read.Notifications) != 1 || string(read.Notifications[0].Value) != `"renamed"` || read.Timestamp.IsZero() {
		t.Error(read, err)
	}
	config, err := c.ExecuteNETCONF(ctx, netstacks.NETCONFRequest{DeviceID: aDevice, Operation: netstacks.NETCONFGetConfig, Target: "running"})
	if err != nil || !config.OK || !strings.Contains(config.Data, "<") {
		t.Error(config, err)
	}
	run, err := c.TriggerAgent(ctx, netstacks.AgentRequest{AgentID: "bgp-triage", Prompt: "Why?", Context: map[string]any{"alert_id": 17}})
	if err != nil || run.RunID == "" || run.AgentID != "bgp-triage" || run.Status == "" {
		t.Error(run, err)
	}
}

func TestTheLocalControllerRefuses(t *testing.T) {
	c, ctx := controller(t, "read_devices"), t.Context()
	_, _, err := c.GetCredential(ctx, aCredential)
	said, ok := errors.AsType[*netstacks.APIError](err)
	if !ok || !errors.Is(err, netstacks.ErrForbidden) || said.Required != "read_credentials" || said.Message != "Insufficient capabilities" {
		t.Error(err)
	}
	if _, err := c.ListDevices(ctx, netstacks.Limit(1001)); !strings.Contains(errorText(err), "limit") {
		t.Error(err)
	}
	wrong, err := netstacks.New(netstacks.WithToken("not-a-token"))
	if err != nil {
		t.Fatal(err)
	}
	defer wrong.Close()
	if _, err := wrong.ListDevices(ctx); !errors.Is(err, netstacks.ErrUnauthorized) || strings.Contains(errorText(err), "not-a-token") {
		t.Error(err)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
