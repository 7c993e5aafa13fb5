//go:build bundled

package sdk

import (
	"context"
	"errors"
	"testing"

	"github.com/netstacks/netstacks-plugin/sdk/go/internal/vectors"
)

func TestVectors(t *testing.T) { vectors.Run(t, library{}) }

func TestController(t *testing.T) { vectors.RunAgainstController(t, library{}) }

// library is the file of the template, as the vectors call it.
type library struct{}

func (library) Skips(operation string) string {
	switch operation {
	case "devices.list", "devices.get", "credentials.get", "llm.chat", "knowledge.search":
		return ""
	}
	return "the bundled file has no " + operation
}

func (library) Call(ctx context.Context, s vectors.Settings, operation string, args vectors.Args) (any, error) {
	config := Config{Timeout: s.Timeout}
	if s.BaseURL != nil {
		config.BaseURL = *s.BaseURL
	}
	if s.Token != nil {
		config.Token = *s.Token
	}
	client := New(config)
	switch operation {
	case "devices.list":
		return client.ListDevices(ctx, DeviceFilter{
			OrgID: args.Text("org_id"), DeviceType: args.Text("device_type"), Limit: number(args, "limit"), Offset: number(args, "offset"),
		})
	case "devices.get":
		device, found, err := client.GetDevice(ctx, args.Text("id"))
		if !found {
			return nil, err
		}
		return device, err
	case "credentials.get":
		credential, found, err := client.GetCredential(ctx, args.Text("id"))
		if !found {
			return nil, err
		}
		return struct {
			Credential
			Secret string `json:"secret"`
		}{credential, string(credential.Secret)}, err
	case "llm.chat":
		var request ChatRequest
		args.Into(&request)
		answer, err := client.Chat(ctx, request)
		return documented(answer), err
	}
	return client.SearchKnowledge(ctx, args.Text("q"), KnowledgeFilter{OrgID: args.Text("org_id"), Limit: number(args, "limit")})
}

// documented returns an answer in the vectors' form: "" is null where the type has
// none, and fields that the map has kept are left out.
func documented(answer ChatResponse) map[string]any {
	canonical := map[string]any{"content": answer.Content}
	if answer.Model != "" {
		canonical["model"] = answer.Model
	}
	if answer.FinishReason != "" {
		canonical["finish_reason"] = answer.FinishReason
	}
	if u := answer.Usage; u != nil {
		canonical["usage"] = map[string]int{"prompt_tokens": u["prompt_tokens"], "completion_tokens": u["completion_tokens"], "total_tokens": u["total_tokens"]}
	}
	return canonical
}

func number(args vectors.Args, name string) *int {
	if !args.Has(name) {
		return nil
	}
	return new(args.Int(name))
}

func (library) Failure(err error) vectors.Failure {
	var (
		said       *APIError
		connection *ConnectionError
		config     *ConfigError
		decode     *DecodeError
		argument   *ArgumentError
	)
	switch {
	case errors.As(err, &said):
		return vectors.Failure{Kind: "api", Status: said.Status, Message: said.Message, Required: said.Required}
	case errors.As(err, &decode):
		return vectors.Failure{Kind: "decode"}
	case errors.As(err, &connection) && connection.Timeout():
		return vectors.Failure{Kind: "timeout"}
	case errors.As(err, &connection) && !connection.Untrusted():
		return vectors.Failure{Kind: "connection"}
	case connection != nil, errors.As(err, &config) && config.Variable == "NETSTACKS_CA_CERT":
		return vectors.Failure{Kind: "tls"}
	case errors.As(err, &argument), config != nil && !config.Missing:
		return vectors.Failure{Kind: "invalid_argument"}
	case config != nil && config.Variable == "CONTROLLER_API_URL":
		return vectors.Failure{Kind: "missing_url"}
	case config != nil && config.Variable == "NETSTACKS_SERVICE_TOKEN":
		return vectors.Failure{Kind: "missing_token"}
	}
	return vectors.Failure{Kind: "none"}
}
