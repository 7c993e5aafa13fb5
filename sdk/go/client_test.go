package netstacks_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
	"github.com/netstacks/netstacks-plugin/sdk/go/netstackstest"
)

const token = "the-service-token"

// client returns a client with a transport of the test's own.
func client(t *testing.T, transport http.RoundTripper, options ...netstacks.Option) *netstacks.Client {
	t.Helper()
	own := []netstacks.Option{netstacks.WithBaseURL("http://controller.test"), netstacks.WithToken(token), netstacks.WithTransport(transport)}
	c, err := netstacks.New(append(own, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// roundTrip is a transport that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestWhatIsMissingIsToldAtOnce(t *testing.T) {
	t.Setenv("CONTROLLER_API_URL", "")
	t.Setenv("NETSTACKS_SERVICE_TOKEN", "")
	_, err := netstacks.New()
	if !errors.Is(err, netstacks.ErrMissingURL) || !errors.Is(err, netstacks.ErrMissingToken) {
		t.Error(err)
	}
	config, ok := errors.AsType[*netstacks.ConfigError](err)
	if !ok || config.Variable != "CONTROLLER_API_URL" {
		t.Error(config)
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	for argument, option := range map[string]netstacks.Option{
		"timeout": netstacks.WithTimeout(0), "max_connections": netstacks.WithMaxConnections(0),
	} {
		_, err := netstacks.New(netstacks.WithBaseURL("http://c"), netstacks.WithToken(token), option)
		if refused, ok := errors.AsType[*netstacks.ArgumentError](err); !ok || refused.Argument != argument || !strings.Contains(err.Error(), argument) {
			t.Error(err)
		}
	}
	for _, address := range []string{"http://c?x=1", "http://c#x", "https://", "http://[::1", "//c"} {
		if _, err := netstacks.New(netstacks.WithBaseURL(address), netstacks.WithToken(token)); err == nil {
			t.Errorf("%s was taken", address)
		}
	}
}

func TestErrorsAreToldApart(t *testing.T) {
	sentinels := map[int]error{401: netstacks.ErrUnauthorized, 403: netstacks.ErrForbidden, 404: netstacks.ErrNotFound, 429: netstacks.ErrTooManyRequests}
	for _, status := range []int{400, 401, 403, 404, 429, 500} {
		controller := netstackstest.New()
		controller.Fail(netstackstest.TriggerAgent, &netstacks.APIError{Status: status, Message: "no", Required: "x"})
		_, err := controller.Client().TriggerAgent(t.Context(), netstacks.AgentRequest{AgentID: "a"})
		for of, sentinel := range sentinels {
			if errors.Is(err, sentinel) != (of == status) {
				t.Errorf("%v: errors.Is(%v) is wrong", err, sentinel)
			}
		}
		if text := fmt.Sprintf(`%d: no (add "x" to capabilities_required`, status); !strings.Contains(err.Error(), text) {
			t.Error(err)
		}
		if said, _ := errors.AsType[*netstacks.APIError](err); !strings.Contains(string(said.Body), `"required":"x"`) {
			t.Errorf("%s", said.Body)
		}
	}
}

func TestTimeOutsAreThoseOfTheStandardLibrary(t *testing.T) {
	hang := roundTrip(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	patient, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, ours := client(t, hang, netstacks.WithTimeout(10*time.Millisecond)).ListDevices(t.Context())
	_, theirs := client(t, hang).ListDevices(patient)
	for _, err := range []error{ours, theirs} {
		timeout, ok := errors.AsType[*netstacks.TimeoutError](err)
		network, is := errors.AsType[net.Error](err)
		if !ok || !is || !network.Timeout() || !timeout.Temporary() || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
	}
	if !strings.Contains(ours.Error(), "10ms") || !strings.Contains(theirs.Error(), "deadline of the context") {
		t.Error(ours, theirs)
	}
}

func TestCancellingEndsTheCallAndItsWaiting(t *testing.T) {
	reason := errors.New("the plugin shuts down")
	ctx, cancel := context.WithCancelCause(t.Context())
	started := time.Now()
	c := client(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		time.AfterFunc(time.Millisecond, func() { cancel(reason) }) // while it waits for the next attempt
		answer, err := says(503, ``)(r)
		answer.Header.Set("Retry-After", "10")
		return answer, err
	}))
	_, err := c.ListDevices(ctx)
	if _, ok := errors.AsType[*netstacks.CanceledError](err); !ok || !errors.Is(err, context.Canceled) || !errors.Is(err, reason) || time.Since(started) > 9*time.Second {
		t.Error(err)
	}
	if !strings.Contains(err.Error(), "GET /devices: the plugin shuts down") {
		t.Error(err)
	}
}

func TestPagesAreAskedForWhenTheLoopGetsThere(t *testing.T) {
	controller := netstackstest.New()
	for i := range 10 {
		controller.AddDevices(netstacks.Device{ID: fmt.Sprint(i)})
	}
	seen := 0
	devices := controller.Client().AllDevices(t.Context(), netstacks.PageSize(2))
	for _, err := range devices {
		if seen++; err != nil || seen == 4 {
			break
		}
	}
	if n := len(controller.Requests(netstackstest.ListDevices)); seen != 4 || n != 2 {
		t.Errorf("%d devices with %d requests", seen, n)
	}
	for range devices { // an iterator can be used again
		seen++
	}
	if seen != 14 {
		t.Error(seen)
	}
}

func TestAnErrorOfThePagesIsTheLastPair(t *testing.T) {
	controller := netstackstest.New()
	controller.AddDevices(netstacks.Device{ID: "1"}, netstacks.Device{ID: "2"})
	controller.Fail(netstackstest.ListDevices, nil, &netstacks.APIError{Status: 500, Message: "no"})
	pairs := 0
	var last error
	for _, last = range controller.Client().AllDevices(t.Context(), netstacks.PageSize(1)) {
		pairs++
	}
	if pairs != 2 || last == nil {
		t.Error(pairs, last)
	}
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	c := netstackstest.New().Client()
	_, chat := c.Chat(t.Context(), nil, netstacks.Temperature(math.NaN()))
	_, document := c.CreateDocument(t.Context(), "t", "c", netstacks.Metadata{"x": make(chan int)})
	for _, err := range []error{chat, document} {
		if refused, ok := errors.AsType[*netstacks.ArgumentError](err); !ok || refused.Argument != "body" {
			t.Error(err)
		}
	}
}

func TestUndecodableAnswersAreDescribedWithoutQuotingThem(t *testing.T) {
	for body, reason := range map[string]string{
		`{"id": "x"`:                               "not JSON",
		`{"id": "x", "secret": {"s3cret": 1}}`:     "secret",
		`{"id": 7, "secret": "s3cret"}`:            "the field id",
		`{"id": "x", "created_at": "s3cret"}`:      "another form",
		`null`:                                     "not what the contract says",
		`{"id": "s3cret"} s3cret`:                  "not JSON",
		`{"id": "x", "secret": ["s3cret"]}`:        "secret",
		`{"id": "x", "credential_type": {"a": 1}}`: "the field credential_type",
	} {
		_, _, err := client(t, says(200, body)).GetCredential(t.Context(), "c1")
		failed, ok := errors.AsType[*netstacks.DecodeError](err)
		if !ok || failed.Operation != "GET /credentials/c1" || failed.Status != 200 {
			t.Fatalf("%s: %v", body, err)
		}
		if text := strings.ReplaceAll(err.Error(), reason, ""); text == err.Error() || strings.Contains(text, "s3cret") {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := client(t, says(200, `{"items": 1`)).ListDevices(t.Context()); !strings.Contains(fmt.Sprint(err), "not JSON") {
		t.Error(err)
	}
	for _, body := range []string{`[1]`, `[null]`, `{"items": null}`} {
		c := client(t, says(200, body))
		_, resources := c.ListAPIResources(t.Context())
		_, passages := c.SearchKnowledge(t.Context(), "q")
		if resources == nil || passages == nil {
			t.Errorf("%s was taken", body)
		}
	}
}

func TestAnErrorHasWords(t *testing.T) {
	for status, words := range map[int]string{418: "I'm a teapot", 599: "no reason given"} {
		if _, err := client(t, says(status, `{"error": {}}`)).ListDevices(t.Context()); !strings.Contains(fmt.Sprint(err), words) {
			t.Error(err)
		}
	}
	_, err := client(t, says(400, `{"error": 7, "required": "r"}`)).ListDevices(t.Context())
	if said, _ := errors.AsType[*netstacks.APIError](err); said.Message != "Bad Request" || said.Required != "r" {
		t.Error(err)
	}
}
