package vectors

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

// RunAgainstController runs every vector that the local Controller answers as a test
// of its own. The environment says where it is (controller/live sets it); where it
// does not, the test is skipped, and in CI it fails.
func RunAgainstController(t *testing.T, library Library) {
	if os.Getenv("CONTROLLER_API_URL") == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("CONTROLLER_API_URL is not set: run the tests with controller/live")
		}
		t.Skip("CONTROLLER_API_URL is not set: nothing is tried against the local Controller")
	}
	for _, v := range Load(t) {
		if v.Exchange == nil {
			t.Run(v.Name, func(t *testing.T) {
				t.Parallel()
				runAgainstController(t, library, &v)
			})
		}
	}
}

func runAgainstController(t *testing.T, library Library, v *Vector) {
	var settings Settings // the environment has the others
	if v.Client != nil && v.Client.Token != nil {
		settings.Token = new(strings.ReplaceAll(*v.Client.Token, "${POWERLESS}", os.Getenv("NETSTACKS_POWERLESS_TOKEN")))
	}
	for _, call := range append(v.Before, v.Call) {
		if why := library.Skips(call.Operation); why != "" {
			t.Skip(why)
		}
	}
	for _, call := range v.Before {
		if _, err := library.Call(context.Background(), settings, call.Operation, call.args(t)); err != nil {
			t.Fatalf("%s, before: %v", call.Operation, err)
		}
	}
	result, err := library.Call(context.Background(), settings, v.Call.Operation, v.Call.args(t))
	judge(t, library, v, result, err)
}

// pattern tells whether a wanted value is one that leaves something open, and then
// whether a value fits it.
func pattern(want map[string]any, got any) (is, fits bool) {
	text, isText := got.(string)
	if parts, ok := want["$has"].([]any); ok {
		for _, part := range parts {
			isText = isText && strings.Contains(text, part.(string))
		}
		return true, isText
	}
	switch want["$any"] {
	case "text":
		return true, text != ""
	case "number":
		_, isNumber := got.(float64)
		return true, isNumber
	case "time":
		_, err := time.Parse(time.RFC3339, text)
		return true, err == nil
	case "value":
		return true, true
	}
	return false, false
}
