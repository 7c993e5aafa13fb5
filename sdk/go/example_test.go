package netstacks_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
	"github.com/netstacks/netstacks-plugin/sdk/go/netstackstest"
)

// inventory is a Controller with two devices and a credential.
func inventory() *netstackstest.Controller {
	controller := netstackstest.New()
	controller.AddDevices(
		netstacks.Device{ID: "d1", Name: "core-1", Hostname: "192.0.2.1", DeviceType: "router"},
		netstacks.Device{ID: "d2", Name: "access-1", Hostname: "192.0.2.2", DeviceType: "switch"},
	)
	controller.AddCredentials(netstacks.Credential{ID: "c1", Username: "netops", Secret: netstacks.NewSecret("example")})
	return controller
}

// In a plugin's container, no option is needed. Explicit values win over the
// environment.
func ExampleNew() {
	client, err := netstacks.New(
		netstacks.WithBaseURL("http://custom-controller:3000"),
		netstacks.WithToken("your-service-token"),
		netstacks.WithTimeout(60*time.Second),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	fmt.Println(client) // the token is in no printed form
	// Output: netstacks.Client(http://custom-controller:3000/internal/v1)
}

func ExampleClient_ListDevices() {
	client := inventory().Client()
	devices, err := client.ListDevices(context.Background(), netstacks.DeviceType("switch"))
	if err != nil {
		log.Fatal(err)
	}
	for _, device := range devices {
		fmt.Printf("%s: %s (%s)\n", device.Name, device.Hostname, device.DeviceType)
	}
	// Output: access-1: 192.0.2.2 (switch)
}

func ExampleClient_AllDevices() {
	client := inventory().Client()
	for device, err := range client.AllDevices(context.Background(), netstacks.PageSize(200)) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(device.Name)
	}
	// Output:
	// core-1
	// access-1
}

func ExampleClient_GetDevice() {
	client := inventory().Client()
	device, found, err := client.GetDevice(context.Background(), "d1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found, device.Name)
	_, found, _ = client.GetDevice(context.Background(), "unknown")
	fmt.Println(found)
	// Output:
	// true core-1
	// false
}

func ExampleClient_GetCredential() {
	client := inventory().Client()
	credential, found, err := client.GetCredential(context.Background(), "c1")
	if err != nil || !found {
		log.Fatal(found, err)
	}
	fmt.Println(credential.Username, credential.Secret) // safe to log
	fmt.Println(credential.Secret.Reveal())
	// Output:
	// netops ***
	// example
}

func ExampleClient_Chat() {
	client := netstackstest.New().Client() // says what it was told
	answer, err := client.Chat(context.Background(),
		[]netstacks.ChatMessage{{Role: netstacks.RoleUser, Content: "Explain VLANs."}},
		netstacks.Model("claude-3-5-sonnet-20241022"), netstacks.Temperature(0),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Content)
	// Output: Explain VLANs.
}

func ExampleClient_SearchKnowledge() {
	client := netstackstest.New().Client()
	ctx := context.Background()
	if _, err := client.CreateDocument(ctx, "Core maintenance", "Drain the core before reloading it.", netstacks.Source("runbook")); err != nil {
		log.Fatal(err)
	}
	passages, err := client.SearchKnowledge(ctx, "reloading", netstacks.Limit(5))
	if err != nil {
		log.Fatal(err)
	}
	for _, passage := range passages {
		fmt.Printf("%s: %s\n", passage.Title, passage.Snippet)
	}
	// Output: Core maintenance: Drain the core before reloading it.
}

func ExampleClient_ExecuteGNMI() {
	const mtu = "/interfaces/interface[name=Ethernet1]/config/mtu"
	controller := inventory()
	controller.SetGNMI("d1", mtu, 1500)
	client := controller.Client()
	ctx := context.Background()

	_, err := client.ExecuteGNMI(ctx, netstacks.GNMIRequest{
		DeviceID: "d1", Operation: netstacks.GNMISet, Updates: []netstacks.GNMIUpdate{{Path: mtu, Value: 9100}},
	})
	if err != nil {
		log.Fatal(err)
	}
	answer, err := client.ExecuteGNMI(ctx, netstacks.GNMIRequest{DeviceID: "d1", Operation: netstacks.GNMIGet, Paths: []string{mtu}})
	if err != nil {
		log.Fatal(err)
	}
	var value int
	if err := json.Unmarshal(answer.Notifications[0].Value, &value); err != nil {
		log.Fatal(err)
	}
	fmt.Println(value)
	// Output: 9100
}

func ExampleClient_ExecuteNETCONF() {
	client := inventory().Client()
	answer, err := client.ExecuteNETCONF(context.Background(), netstacks.NETCONFRequest{
		DeviceID: "d1", Operation: netstacks.NETCONFEditConfig, Target: "candidate", Config: "<system><name>core-1</name></system>",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.OK, answer.Data)
	// Output: true <ok/>
}

func ExampleClient_TriggerAgent() {
	client := inventory().Client()
	run, err := client.TriggerAgent(context.Background(), netstacks.AgentRequest{
		AgentID: "bgp-triage", Prompt: "Why did the session to AS 64500 flap?", Context: map[string]any{"alert_id": 17},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(run.Status)
	// Output: queued
}

func ExampleAPIError() {
	controller := inventory()
	controller.Grant("read_devices")
	_, _, err := controller.Client().GetCredential(context.Background(), "c1")

	var said *netstacks.APIError
	switch {
	case errors.Is(err, netstacks.ErrForbidden) && errors.As(err, &said):
		fmt.Println("missing capability:", said.Required)
	case errors.As(err, &said):
		fmt.Println(said.Status, said.Message)
	case err != nil:
		fmt.Println("not the Controller's words:", err)
	}
	// Output: missing capability: read_credentials
}
