package netstacks_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
	"github.com/netstacks/netstacks-plugin/sdk/go/internal/vectors"
)

func TestVectors(t *testing.T) { vectors.Run(t, library{}) }

func TestController(t *testing.T) { vectors.RunAgainstController(t, library{}) }

// library is this package, as the vectors call it.
type library struct{}

func (library) Skips(string) string { return "" }

func (library) Call(ctx context.Context, s vectors.Settings, operation string, args vectors.Args) (any, error) {
	var options []netstacks.Option
	if s.BaseURL != nil {
		options = append(options, netstacks.WithBaseURL(*s.BaseURL))
	}
	if s.Token != nil {
		options = append(options, netstacks.WithToken(*s.Token))
	}
	if s.Timeout != 0 {
		options = append(options, netstacks.WithTimeout(s.Timeout))
	}
	client, err := netstacks.New(options...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	switch operation {
	case "devices.list", "devices.get", "devices.all", "credentials.get", "api_resources.list", "knowledge.search":
		return read(ctx, client, operation, args)
	}
	return write(ctx, client, operation, args)
}

func read(ctx context.Context, client *netstacks.Client, operation string, args vectors.Args) (any, error) {
	switch operation {
	case "devices.list":
		return client.ListDevices(ctx, given(args, map[string]netstacks.ListOption{
			"org_id": netstacks.Org(args.Text("org_id")), "device_type": netstacks.DeviceType(args.Text("device_type")),
			"limit": netstacks.Limit(args.Int("limit")), "offset": netstacks.Offset(args.Int("offset")),
		})...)
	case "devices.all":
		return collect(client.AllDevices(ctx, given(args, map[string]netstacks.AllOption{
			"org_id": netstacks.Org(args.Text("org_id")), "device_type": netstacks.DeviceType(args.Text("device_type")),
			"page_size": netstacks.PageSize(args.Int("page_size")),
		})...))
	case "devices.get":
		device, found, err := client.GetDevice(ctx, args.Text("id"))
		return orNull(device, found), err
	case "credentials.get":
		credential, found, err := client.GetCredential(ctx, args.Text("id"))
		return orNull(revealed{credential, credential.Secret.Reveal()}, found), err
	case "knowledge.search":
		return client.SearchKnowledge(ctx, args.Text("q"), given(args, map[string]netstacks.SearchOption{
			"org_id": netstacks.Org(args.Text("org_id")), "limit": netstacks.Limit(args.Int("limit")),
		})...)
	}
	return client.ListAPIResources(ctx)
}

func write(ctx context.Context, client *netstacks.Client, operation string, args vectors.Args) (any, error) {
	switch operation {
	case "llm.chat":
		var request struct{ Messages []netstacks.ChatMessage }
		args.Into(&request)
		temperature, _ := args.Value("temperature").(float64)
		return client.Chat(ctx, request.Messages, given(args, map[string]netstacks.ChatOption{
			"model": netstacks.Model(args.Text("model")), "temperature": netstacks.Temperature(temperature),
			"max_tokens": netstacks.MaxTokens(args.Int("max_tokens")), "org_id": netstacks.Org(args.Text("org_id")),
		})...)
	case "knowledge.create_document":
		metadata, _ := args.Value("metadata").(map[string]any)
		return client.CreateDocument(ctx, args.Text("title"), args.Text("content"), given(args, map[string]netstacks.DocumentOption{
			"source": netstacks.Source(args.Text("source")), "url": netstacks.URL(args.Text("url")),
			"metadata": netstacks.Metadata(metadata), "org_id": netstacks.Org(args.Text("org_id")),
		})...)
	case "gnmi.execute":
		var request netstacks.GNMIRequest
		args.Into(&request)
		return client.ExecuteGNMI(ctx, request)
	case "netconf.execute":
		var request netstacks.NETCONFRequest
		args.Into(&request)
		return client.ExecuteNETCONF(ctx, request)
	case "agents.trigger":
		var request netstacks.AgentRequest
		args.Into(&request)
		return client.TriggerAgent(ctx, request)
	}
	return nil, errors.New("unknown operation " + operation)
}

// given returns the options whose arguments are given.
func given[Option any](args vectors.Args, options map[string]Option) []Option {
	var all []Option
	for name, option := range options {
		if args.Has(name) {
			all = append(all, option)
		}
	}
	return all
}

func orNull(v any, found bool) any {
	if !found {
		return nil
	}
	return v
}

// revealed is a credential that encoding/json writes with its secret.
type revealed struct {
	netstacks.Credential
	Secret string `json:"secret"`
}

func collect(all iter.Seq2[netstacks.Device, error]) ([]netstacks.Device, error) {
	devices := []netstacks.Device{}
	for device, err := range all {
		if err != nil {
			return nil, err
		}
		devices = append(devices, device)
	}
	return devices, nil
}

func (library) Failure(err error) vectors.Failure {
	if said, ok := errors.AsType[*netstacks.APIError](err); ok {
		return vectors.Failure{Kind: "api", Status: said.Status, Message: said.Message, Required: said.Required}
	}
	return vectors.Failure{Kind: kind(err)}
}

func kind(err error) string {
	var (
		connection *netstacks.ConnectionError
		timeout    *netstacks.TimeoutError
		decode     *netstacks.DecodeError
		argument   *netstacks.ArgumentError
		config     *netstacks.ConfigError
		untrusted  *netstacks.TLSError
	)
	switch {
	case errors.Is(err, netstacks.ErrMissingToken):
		return "missing_token"
	case errors.Is(err, netstacks.ErrMissingURL):
		return "missing_url"
	case errors.As(err, &argument), errors.As(err, &config):
		return "invalid_argument"
	case errors.As(err, &connection):
		return "connection"
	case errors.As(err, &timeout):
		return "timeout"
	case errors.As(err, &decode):
		return "decode"
	case errors.As(err, &untrusted):
		return "tls"
	}
	return "none"
}
