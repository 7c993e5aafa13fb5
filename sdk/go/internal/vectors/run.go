package vectors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// Settings are how a client is made. What is nil or zero is not given.
type Settings struct {
	BaseURL, Token *string
	Timeout        time.Duration
}

// Failure is an error in the words of the vectors.
type Failure struct {
	Kind     string
	Status   int
	Message  string
	Required string
}

// Library is a client library under test.
type Library interface {
	// Call makes a client and one call. The result is what encoding/json makes the
	// canonical form of, but for what is missing in it.
	Call(ctx context.Context, client Settings, operation string, args Args) (result any, err error)
	// Failure says what an error of Call is.
	Failure(err error) Failure
	// Skips returns why the vectors of an operation do not apply, or "".
	Skips(operation string) string
}

// variables are those that could change how a client behaves.
var variables = []string{
	"CONTROLLER_API_URL", "NETSTACKS_SERVICE_TOKEN", "NETSTACKS_CA_CERT", "NETSTACKS_TLS_VERIFY",
	"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy",
}

// Run runs every vector that has a script as a test of its own.
func Run(t *testing.T, library Library) {
	for _, name := range variables {
		t.Setenv(name, "") // puts it back afterwards
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range Load(t) {
		if v.Exchange == nil {
			continue // RunAgainstController has it
		}
		t.Run(v.Name, func(t *testing.T) {
			if v.TLS == nil && (v.Client == nil || v.Client.Env == nil) && !v.hurries() {
				t.Parallel() // it sets no variables
			}
			run(t, library, &v)
		})
	}
}

// hurries tells whether a machine that is busy with other vectors could be too slow.
func (v *Vector) hurries() bool {
	return v.WaitMS != nil && v.WaitMS.Max < 5000 || v.Client != nil && v.Client.TimeoutMS > 0 && v.Client.TimeoutMS < 5000
}

func run(t *testing.T, library Library, v *Vector) {
	if why := library.Skips(v.Call.Operation); why != "" {
		t.Skip(why)
	}
	server, settings := arrange(t, v)
	var used int
	started := time.Now()
	result, err := library.Call(context.Background(), settings, v.Call.Operation, v.Call.args(t))
	took := time.Since(started)
	used = server.close()
	if used < len(v.Exchange) {
		t.Errorf("%d of %d requests were made", used, len(v.Exchange))
	}
	if w := v.WaitMS; w != nil && (took < time.Duration(w.Min)*time.Millisecond || took > time.Duration(w.Max)*time.Millisecond) {
		t.Errorf("it took %v and not %d to %d ms", took, w.Min, w.Max)
	}
	judge(t, library, v, result, err)
}

// judge compares what came of a call with what the vector says of it.
func judge(t *testing.T, library Library, v *Vector, result any, err error) {
	t.Helper()
	switch {
	case v.Error != nil:
		failed(t, library, v, result, err)
	case err != nil:
		t.Errorf("it failed: %v", err)
	default:
		got, want := canonical(t, v.Call.Operation, result), value(t, v.Result)
		if where := differ("result", got, want); where != "" {
			t.Error(where)
		}
	}
}

// arrange starts the stub server and says how to make the client.
func arrange(t *testing.T, v *Vector) (*stub, Settings) {
	t.Helper()
	var server *stub
	if v.TLS != nil {
		server = newStub(t, v.Exchange, trust(t, v.TLS.Server, v.TLS.Trust))
	} else {
		server = newStub(t, v.Exchange, nil)
	}
	settings := Settings{BaseURL: &server.url, Token: new("test-token")}
	if v.Client == nil {
		return server, settings
	}
	if v.Client.Env != nil {
		settings = Settings{}
		for name, text := range v.Client.Env {
			t.Setenv(name, server.fill(text))
		}
	}
	if v.Client.BaseURL != nil {
		settings.BaseURL = new(server.fill(*v.Client.BaseURL))
	}
	if v.Client.Token != nil {
		settings.Token = v.Client.Token
	}
	settings.Timeout = time.Duration(v.Client.TimeoutMS) * time.Millisecond
	return server, settings
}

// failed compares an error with what the vector says of it.
func failed(t *testing.T, library Library, v *Vector, result any, err error) {
	t.Helper()
	if err == nil {
		t.Fatalf("it did not fail but returned %.300v", result)
	}
	want, got := v.Error, library.Failure(err)
	if got.Kind != want.Kind || want.Status != 0 && got.Status != want.Status {
		t.Errorf("the error is of kind %s with status %d, want %s with %d: %v", got.Kind, got.Status, want.Kind, want.Status, err)
	}
	if want.Message != nil && got.Message != *want.Message {
		t.Errorf("the message is %q, want %q", got.Message, *want.Message)
	}
	if want.Kind == "api" && got.Message == "" {
		t.Error("the message is empty")
	}
	if want.Required != nil {
		required := ""
		if err := json.Unmarshal(want.Required, &required); err != nil || got.Required != required {
			t.Errorf("the capability is %q, want %s", got.Required, want.Required)
		}
	}
	for _, part := range want.MessageHas {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %q", part, err)
		}
	}
	for _, shown := range Printed(err) {
		if i := slices.IndexFunc(want.MessageLacks, func(part string) bool { return strings.Contains(shown, part) }); i >= 0 {
			t.Errorf("%q is in %q", want.MessageLacks[i], shown)
		}
	}
}

// Printed returns every printed form of an error and of its causes.
func Printed(err error) []string {
	if err == nil {
		return nil
	}
	all := []string{err.Error(), fmt.Sprintf("%v", err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), fmt.Sprintf("%s %q", err, err)}
	if text, fails := json.Marshal(err); fails == nil {
		all = append(all, string(text))
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, cause := range many.Unwrap() {
			all = append(all, Printed(cause)...)
		}
	}
	return append(all, Printed(errors.Unwrap(err))...)
}

// differ says where two JSON values differ, or "". Times are compared as instants.
func differ(where string, got, want any) string {
	switch want := want.(type) {
	case []any:
		got, ok := got.([]any)
		if !ok || len(got) != len(want) {
			return fmt.Sprintf("%s is %.300v, want %.300v", where, got, want)
		}
		for i := range want {
			if d := differ(fmt.Sprintf("%s[%d]", where, i), got[i], want[i]); d != "" {
				return d
			}
		}
		return ""
	case map[string]any:
		if is, fits := pattern(want, got); is {
			if !fits {
				return fmt.Sprintf("%s is %.300v, which does not fit %v", where, got, want)
			}
			return ""
		}
		got, ok := got.(map[string]any)
		if !ok || len(got) != len(want) {
			return fmt.Sprintf("%s is %.300v, want %.300v", where, got, want)
		}
		for key := range want {
			if d := differ(where+"."+key, got[key], want[key]); d != "" {
				return d
			}
		}
		return ""
	case string:
		text, _ := got.(string)
		one, oneErr := time.Parse(time.RFC3339, text)
		other, otherErr := time.Parse(time.RFC3339, want)
		if oneErr == nil && otherErr == nil && one.Equal(other) {
			return ""
		}
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Sprintf("%s is %.300v, want %.300v", where, got, want)
	}
	return ""
}
