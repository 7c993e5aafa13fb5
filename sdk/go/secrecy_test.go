package netstacks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
	"github.com/netstacks/netstacks-plugin/sdk/go/internal/vectors"
)

// says answers every request with a status and a body.
func says(status int, body string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {"0"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

// printed returns v in every way that fmt, encoding/json and log/slog have.
func printed(v any) string {
	var out bytes.Buffer
	for _, verb := range "vsqdxXtTbcoUeEfFgGp" {
		fmt.Fprintf(&out, "%"+string(verb)+"\n", v)
	}
	fmt.Fprintf(&out, "%+v\n%#v\n", v, v)
	text, err := json.Marshal(v)
	fmt.Fprintln(&out, string(text), err)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	return out.String()
}

func TestTheTokenIsInNoPrintedFormOfAClient(t *testing.T) {
	c := client(t, says(200, `[]`))
	type service struct {
		name   string
		client *netstacks.Client
	}
	for _, v := range []any{c, *c, []any{c}, service{"x", c}, &service{"x", c}, map[string]*netstacks.Client{"x": c}} {
		if text := printed(v); strings.Contains(text, token) {
			t.Errorf("%T: %s", v, text)
		}
	}
	if got := c.String(); got != "netstacks.Client(http://controller.test/internal/v1)" {
		t.Error(got)
	}
	var none *netstacks.Client
	if got := none.String(); got != "netstacks.Client(nil)" {
		t.Error(got)
	}
}

func TestSecretsAreInNoPrintedForm(t *testing.T) {
	const word = "hunter2"
	secret := netstacks.NewSecret(word)
	credential := netstacks.Credential{ID: "c1", Secret: secret}
	type job struct {
		credential netstacks.Credential
		secret     netstacks.Secret
	}
	for _, v := range []any{secret, &secret, credential, &credential, []netstacks.Credential{credential}, job{credential, secret}, &job{credential, secret}} {
		if text := printed(v); strings.Contains(text, word) {
			t.Errorf("%T: %s", v, text)
		}
	}
	if secret.Reveal() != word || secret.String() != "***" || (netstacks.Secret{}).Reveal() != "" {
		t.Error("a secret reveals itself to those who ask, and to nobody else")
	}
	if !secret.Equal(netstacks.NewSecret(word)) || secret.Equal(netstacks.Secret{}) {
		t.Error("secrets are compared by what they reveal")
	}
}

func TestTheTokenIsInNoError(t *testing.T) {
	talkative := roundTrip(func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("bad header: %q", r.Header.Get("Authorization"))
	})
	for name, transport := range map[string]roundTrip{
		"transport": talkative,
		"answer":    says(400, `{"error": "`+token+`", "required": "`+token+`"}`),
		"success":   says(200, token),
		"field":     says(200, `[{"id": {"`+token+`": 1}}]`),
	} {
		_, err := client(t, transport).ListDevices(t.Context())
		if err == nil {
			t.Fatal("it did not fail")
		}
		for _, text := range append(vectors.Printed(err), body(err)) {
			if strings.Contains(text, token) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

func TestTheTokenInTheWrongPlaceIsMasked(t *testing.T) {
	for _, status := range []int{200, 500} {
		_, _, err := client(t, says(status, `[]`)).GetDevice(t.Context(), token)
		if text := strings.Join(vectors.Printed(err), "\n"); strings.Contains(text, token) {
			t.Error(text)
		}
	}
	lost := roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.EOF })
	c, err := netstacks.New(netstacks.WithBaseURL("http://c/"+token), netstacks.WithToken(token), netstacks.WithTransport(lost))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.TriggerAgent(t.Context(), netstacks.AgentRequest{AgentID: token})
	if text := printed(c) + fmt.Sprint(vectors.Printed(err)); strings.Contains(text, token) {
		t.Error(text)
	}
}

func body(err error) string {
	if said, ok := errors.AsType[*netstacks.APIError](err); ok {
		return string(said.Body)
	}
	return ""
}

func TestThePasswordOfAnAddressIsInNoError(t *testing.T) {
	c, err := netstacks.New(netstacks.WithBaseURL("http://user:pass5word@127.0.0.1:1"), netstacks.WithToken(token))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Chat(t.Context(), nil)
	if text := printed(c) + fmt.Sprint(vectors.Printed(err)); strings.Contains(text, "pass5word") || !strings.Contains(text, "127.0.0.1:1") {
		t.Error(text)
	}
}
