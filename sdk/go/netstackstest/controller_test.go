package netstackstest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
	"github.com/netstacks/netstacks-plugin/sdk/go/netstackstest"
)

func TestInventory(t *testing.T) {
	controller := netstackstest.New()
	for i := range 7 {
		controller.AddDevices(netstacks.Device{
			ID: fmt.Sprintf("d%d", i), OrgID: fmt.Sprintf("o%d", i%2), Name: "n", Hostname: "h", DeviceType: []string{"router", "switch", "firewall"}[i%3],
		})
	}
	client, ctx := controller.Client(), t.Context()
	for _, c := range []struct {
		options []netstacks.ListOption
		want    string
	}{
		{nil, "d0d1d2d3d4d5d6"},
		{[]netstacks.ListOption{netstacks.Org("o1")}, "d1d3d5"},
		{[]netstacks.ListOption{netstacks.DeviceType("router"), netstacks.Org("o0")}, "d0d6"},
		{[]netstacks.ListOption{netstacks.Limit(2), netstacks.Offset(1)}, "d1d2"},
		{[]netstacks.ListOption{netstacks.Limit(9), netstacks.Offset(6)}, "d6"},
		{[]netstacks.ListOption{netstacks.Offset(99)}, ""},
		{[]netstacks.ListOption{netstacks.DeviceType("")}, ""},
	} {
		devices, err := client.ListDevices(ctx, c.options...)
		ids := ""
		for _, device := range devices {
			ids += device.ID
		}
		if err != nil || ids != c.want {
			t.Errorf("%v: %s, %v", c.options, ids, err)
		}
	}
	for _, option := range []netstacks.ListOption{netstacks.Limit(-1), netstacks.Offset(-1)} {
		if _, err := client.ListDevices(ctx, option); status(err) != 400 {
			t.Errorf("%v: %v", option, err)
		}
	}
	ids := ""
	for device, err := range client.AllDevices(ctx, netstacks.PageSize(3)) {
		if err != nil {
			t.Fatal(err)
		}
		ids += device.ID
	}
	if ids != "d0d1d2d3d4d5d6" {
		t.Error(ids)
	}
	if device, found, err := client.GetDevice(ctx, "d3"); err != nil || !found || device.DeviceType != "router" {
		t.Error(device, found, err)
	}
	if device, found, err := client.GetDevice(ctx, "d/9"); err != nil || found {
		t.Error(device, found, err)
	}
	if asked := controller.Requests(netstackstest.GetDevice); len(asked) != 2 || asked[1].ID != "d/9" {
		t.Errorf("%+v", asked)
	}
}

func TestCredentialsAndResources(t *testing.T) {
	controller := netstackstest.New()
	controller.AddCredentials(netstacks.Credential{ID: "c1", Username: "netops", Secret: netstacks.NewSecret("s3cret")})
	controller.AddAPIResources(netstacks.APIResource{ID: "r1", BaseURL: "https://netbox.example"})
	client := controller.Client()
	if got, found, err := client.GetCredential(t.Context(), "c1"); err != nil || !found || got.Secret.Reveal() != "s3cret" || got.Username != "netops" {
		t.Error(got, found, err)
	}
	if _, found, err := client.GetCredential(t.Context(), "c2"); err != nil || found {
		t.Error(found, err)
	}
	if got, err := client.ListAPIResources(t.Context()); err != nil || len(got) != 1 || got[0].BaseURL != "https://netbox.example" {
		t.Error(got, err)
	}
}

func TestKnowledgeOfCreatedDocumentsIsFound(t *testing.T) {
	controller := netstackstest.New()
	controller.AddPassages(netstacks.KnowledgeResult{ID: "p1", Title: "Firewall rules", Snippet: "Default deny."})
	client, ctx := controller.Client(), t.Context()
	created, err := client.CreateDocument(ctx, "Maintenance", "Drain the core.", netstacks.Source("runbook"), netstacks.URL("https://wiki.example"))
	if err != nil || created.Chunks != 1 || created.Title != "Maintenance" {
		t.Fatal(created, err)
	}
	for question, want := range map[string]int{"firewall": 1, "CORE rules": 2, "zebra": 0} {
		if found, err := client.SearchKnowledge(ctx, question); err != nil || len(found) != want {
			t.Errorf("%s: %+v, %v", question, found, err)
		}
	}
	if found, err := client.SearchKnowledge(ctx, "core rules", netstacks.Limit(1)); err != nil || len(found) != 1 {
		t.Error(found, err)
	}
	if _, err := client.SearchKnowledge(ctx, "x", netstacks.Limit(-3)); status(err) != 400 {
		t.Error(err)
	}
}

func TestChat(t *testing.T) {
	controller := netstackstest.New()
	client, ctx := controller.Client(), t.Context()
	messages := []netstacks.ChatMessage{{Role: netstacks.RoleUser, Content: "hello"}}
	if got, err := client.Chat(ctx, messages, netstacks.Model("m")); err != nil || got.Content != "hello" || got.Model != "m" {
		t.Error(got, err)
	}
	if _, err := client.Chat(ctx, nil); status(err) != 400 {
		t.Error(err)
	}
	controller.OnChat(func(request netstackstest.ChatRequest) (netstacks.ChatResponse, error) {
		return netstacks.ChatResponse{Content: fmt.Sprint(*request.Temperature, *request.MaxTokens, request.OrgID)}, nil
	})
	if got, err := client.Chat(ctx, messages, netstacks.Temperature(0), netstacks.MaxTokens(9), netstacks.Org("o")); err != nil || got.Content != "0 9o" {
		t.Error(got, err)
	}
	controller.OnChat(func(netstackstest.ChatRequest) (netstacks.ChatResponse, error) {
		return netstacks.ChatResponse{}, errors.New("broken")
	})
	if _, err := client.Chat(ctx, messages); status(err) != 500 {
		t.Error(err)
	}
	var body struct{ Model string }
	if asked := controller.Requests(netstackstest.Chat); json.Unmarshal(asked[0].Body, &body) != nil || body.Model != "m" {
		t.Errorf("%s", asked[0].Body)
	}
}

func TestDeviceOperations(t *testing.T) {
	controller := netstackstest.New()
	controller.SetGNMI("d1", "/mtu", 1500)
	client, ctx := controller.Client(), t.Context()
	do := func(request netstacks.GNMIRequest) []netstacks.GNMINotification {
		t.Helper()
		request.DeviceID = "d1"
		answer, err := client.ExecuteGNMI(ctx, request)
		if err != nil || answer.DeviceID != "d1" || answer.Operation != request.Operation || answer.Timestamp.IsZero() {
			t.Error(answer, err)
		}
		return answer.Notifications
	}
	get := netstacks.GNMIRequest{Operation: netstacks.GNMIGet, Paths: []string{"/mtu", "/missing"}}
	if got := do(get); len(got) != 1 || string(got[0].Value) != "1500" {
		t.Errorf("%s", got)
	}
	do(netstacks.GNMIRequest{Operation: netstacks.GNMISet, Updates: []netstacks.GNMIUpdate{{Path: "/mtu", Value: 9100}, {Path: "/missing", Value: nil}}})
	if got := do(get); len(got) != 2 || string(got[0].Value) != "9100" {
		t.Errorf("%s", got)
	}
	if got := do(netstacks.GNMIRequest{Operation: netstacks.GNMISet, Deletes: []string{"/mtu"}}); len(got) != 1 || string(got[0].Value) != "null" {
		t.Errorf("%s", got)
	}
	if got := do(netstacks.GNMIRequest{Operation: netstacks.GNMICapabilities}); len(got) != 1 || got[0].Path != "/" {
		t.Errorf("%s", got)
	}
	for operation, data := range map[netstacks.NETCONFOperation]string{netstacks.NETCONFGet: "<data/>", netstacks.NETCONFEditConfig: "<ok/>"} {
		if got, err := client.ExecuteNETCONF(ctx, netstacks.NETCONFRequest{DeviceID: "d1", Operation: operation}); err != nil || !got.OK || got.Data != data {
			t.Error(got, err)
		}
	}
	if got, err := client.TriggerAgent(ctx, netstacks.AgentRequest{AgentID: "a1"}); err != nil || got.RunID != "run-1" || got.Status != "queued" {
		t.Error(got, err)
	}
	controller.OnGNMI(func(netstacks.GNMIRequest) (netstacks.GNMIResponse, error) {
		return netstacks.GNMIResponse{}, &netstacks.APIError{Status: 502, Message: "unreachable"}
	})
	controller.OnNETCONF(func(request netstacks.NETCONFRequest) (netstacks.NETCONFResponse, error) {
		return netstacks.NETCONFResponse{Data: request.RPC}, nil
	})
	controller.OnAgent(func(request netstacks.AgentRequest) (netstacks.AgentRun, error) {
		return netstacks.AgentRun{RunID: request.Prompt}, nil
	})
	if _, err := client.ExecuteGNMI(ctx, netstacks.GNMIRequest{DeviceID: "d1"}); status(err) != 502 {
		t.Error(err)
	}
	if got, err := client.ExecuteNETCONF(ctx, netstacks.NETCONFRequest{DeviceID: "d1", RPC: "<r/>"}); err != nil || got.Data != "<r/>" {
		t.Error(got, err)
	}
	if got, err := client.TriggerAgent(ctx, netstacks.AgentRequest{AgentID: "a1", Prompt: "p"}); err != nil || got.RunID != "p" {
		t.Error(got, err)
	}
}

func TestFailures(t *testing.T) {
	controller := netstackstest.New()
	client, ctx := controller.Client(), t.Context()
	lost := errors.New("no route to host")
	busy := &netstacks.APIError{Status: 503, Message: "starting"}

	controller.Fail(netstackstest.ListDevices, busy, nil, lost, lost, lost)
	if _, err := client.ListDevices(ctx); err != nil || len(controller.Requests(netstackstest.ListDevices)) != 2 {
		t.Error("a read is tried again", err)
	}
	if _, err := client.ListDevices(ctx); !errors.Is(err, lost) || len(controller.Requests(netstackstest.ListDevices)) != 5 {
		t.Error("it is given up in the end", err)
	}
	controller.Fail(netstackstest.TriggerAgent, busy)
	if _, err := client.TriggerAgent(ctx, netstacks.AgentRequest{AgentID: "a"}); status(err) != 503 {
		t.Error(err)
	}
	canceled, cancel := context.WithCancel(ctx)
	controller.OnAgent(func(netstacks.AgentRequest) (netstacks.AgentRun, error) {
		cancel()
		return netstacks.AgentRun{}, nil
	})
	for range 2 { // while the answer is made, and before
		if _, err := client.TriggerAgent(canceled, netstacks.AgentRequest{AgentID: "a"}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	controller.Grant("read_credentials")
	_, err := client.ListDevices(ctx)
	said, _ := errors.AsType[*netstacks.APIError](err)
	if !errors.Is(err, netstacks.ErrForbidden) || said.Required != "read_devices" || said.Message != "Insufficient capabilities" {
		t.Error(err)
	}
	if _, _, err := client.GetCredential(ctx, "c"); err != nil {
		t.Error(err)
	}
}

func TestItCanBeServed(t *testing.T) {
	controller := netstackstest.New()
	server := httptest.NewServer(controller)
	defer server.Close()
	client, err := netstacks.New(netstacks.WithBaseURL(server.URL), netstacks.WithToken("t"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if devices, err := client.ListDevices(t.Context()); err != nil || len(devices) != 0 {
		t.Error(devices, err)
	}
	controller.Fail(netstackstest.TriggerAgent, errors.New("lost"))
	_, err = client.TriggerAgent(t.Context(), netstacks.AgentRequest{AgentID: "a"})
	if _, ok := errors.AsType[*netstacks.ConnectionError](err); !ok {
		t.Error(err)
	}
	for _, path := range []string{"/", "/internal/v1/unknown", "/internal/v1/devices/"} {
		response, err := server.Client().Get(server.URL + path)
		if err != nil || response.StatusCode != 404 {
			t.Error(path, err)
		}
		_ = response.Body.Close()
	}
	response, err := server.Client().Post(server.URL+"/internal/v1/agents/trigger", "application/json", nil)
	if err != nil || response.StatusCode != 400 {
		t.Error(response, err)
	}
	_ = response.Body.Close()
}

func TestMisusePanics(t *testing.T) {
	for name, misuse := range map[string]func(*netstackstest.Controller){
		"options": func(c *netstackstest.Controller) { c.Client(netstacks.WithTimeout(-1)) },
		"value":   func(c *netstackstest.Controller) { c.SetGNMI("d", "/p", func() {}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			misuse(netstackstest.New())
		}()
	}
}

// status returns that of an *APIError.
func status(err error) int {
	if said, ok := errors.AsType[*netstacks.APIError](err); ok {
		return said.Status
	}
	return 0
}
