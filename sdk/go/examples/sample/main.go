// Sample shows the most used operations. In a plugin's container the Controller has
// set what it needs; on your machine, netstacks-plugin controller prints it.
package main

import (
	"context"
	"fmt"
	"log"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	// Reads CONTROLLER_API_URL and NETSTACKS_SERVICE_TOKEN from the environment
	client, err := netstacks.New()
	if err != nil {
		return err
	}
	defer client.Close()

	// Devices
	devices, err := client.ListDevices(ctx, netstacks.DeviceType("switch"))
	if err != nil {
		return err
	}
	for _, d := range devices {
		fmt.Printf("%s: %s (%s)\n", d.Name, d.Hostname, d.DeviceType)
	}
	device, found, err := client.GetDevice(ctx, "550e8400-e29b-41d4-a716-446655440000")
	if err != nil {
		return err
	}
	if found {
		fmt.Println("Found:", device.Name)
	}

	// Credentials (decrypted, audit logged)
	cred, found, err := client.GetCredential(ctx, "660e8400-e29b-41d4-a716-446655440001")
	if err != nil {
		return err
	}
	if found {
		fmt.Println(cred.Username, cred.Secret.Reveal())
	}

	// LLM
	resp, err := client.Chat(ctx,
		[]netstacks.ChatMessage{{Role: "user", Content: "Summarize this BGP config."}},
		netstacks.Model("claude-3-5-sonnet-20241022"),
	)
	if err != nil {
		return err
	}
	fmt.Println(resp.Content)

	// Knowledge base
	passages, err := client.SearchKnowledge(ctx, "firewall rules")
	if err != nil {
		return err
	}
	for _, r := range passages {
		fmt.Println(r.Title, r.Snippet)
	}
	return nil
}
