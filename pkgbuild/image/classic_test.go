package image

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

func streams(texts ...string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	for _, s := range texts {
		_ = enc.Encode(map[string]string{"stream": s})
	}
	return b.String()
}

// replay feeds a recorded answer and returns what came out of it.
func replay(answer string) (events []string, err error) {
	tr := newTracker(func(ev Event) {
		line := string(ev.Status) + " " + ev.Name
		if ev.Cached {
			line += " cached"
		}
		if ev.Log != "" {
			line += " | " + ev.Stream + ":" + ev.Log
		}
		events = append(events, line)
	}, func() time.Time { return zero })
	err = (&classicOutput{steps: tr, now: func() time.Time { return zero }}).read(strings.NewReader(answer))
	return events, err
}

func TestClassicOutputBecomesSteps(t *testing.T) {
	for _, tc := range []struct {
		name, answer string
		want         []string
	}{
		{
			"docker", streams("Step 1/2 : FROM scratch", "\n", " ---> \n", "Step 2/2 : RUN x", "\n", " ---> Running in 0a1b2c\n", "he", "llo\n",
				"\x1b[91mbad\n\x1b[0m", "Removing intermediate container 0a1b2c\n", " ---> 0f0f0f\n", "Successfully built 0f0f0f\n", "Successfully tagged x:1\n"),
			[]string{
				"running [1/2] FROM scratch", "done [1/2] FROM scratch", "running [2/2] RUN x",
				"log [2/2] RUN x | stdout:hello", "log [2/2] RUN x | stderr:bad", "done [2/2] RUN x",
			},
		},
		{
			"docker, cached", streams("Step 1/1 : RUN x\n", " ---> Using cache\n", " ---> 0f0f0f\n") + `{"aux":{"ID":"sha256:0f"}}`,
			[]string{"running [1/1] RUN x", "done [1/1] RUN x cached"},
		},
		{
			"podman", streams("STEP 1/2: FROM a\n", "STEP 2/2: RUN x\n", "hello\n", "COMMIT x:1\n", "--> 0f0f0f\n", "Successfully tagged localhost/x:1\n"),
			[]string{"running [1/2] FROM a", "done [1/2] FROM a", "running [2/2] RUN x", "log [2/2] RUN x | stdout:hello", "done [2/2] RUN x"},
		},
		{
			"podman, stages", streams("[1/2] STEP 1/1: FROM a\n", "[2/2] STEP 1/1: FROM b\n", "Successfully built 0f\n"),
			[]string{"running [1/2 1/1] FROM a", "done [1/2 1/1] FROM a", "running [2/2 1/1] FROM b", "done [2/2 1/1] FROM b"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := replay(tc.answer)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestClassicErrorsAreTold(t *testing.T) {
	failed := streams("Step 1/1 : RUN x\n", "boom") + `{"errorDetail":{"code":3,"message":"returned a non-zero code: 3"},"error":"returned a non-zero code: 3"}`
	events, err := replay(failed)
	var said *classicError
	if !errors.As(err, &said) || err.Error() != "returned a non-zero code: 3" {
		t.Errorf("got %v", err)
	}
	if want := []string{"running [1/1] RUN x", "log [1/1] RUN x | stdout:boom", "failed [1/1] RUN x"}; !slices.Equal(events, want) {
		t.Errorf("got %q", events)
	}
	for _, cut := range []string{"", streams("Step 1/1 : RUN x\n"), streams("Step 1/1 : RUN x\n") + `{"stream":"ha`} {
		if _, err := replay(cut); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: got %v, want a cut connection", cut, err)
		}
	}
}

func FuzzClassicOutput(f *testing.F) {
	f.Add(streams("Step 1/2 : FROM x\n", "a\rb", "\x1b[91mc\x1b[0m"))
	f.Add(`{"status":"Pulling","id":"a","progressDetail":{"current":1,"total":2}}{"aux":{"ID":"x"}}`)
	f.Add(`{"errorDetail":{"message":"x"}}`)
	f.Fuzz(func(_ *testing.T, answer string) {
		_, _ = replay(answer)
	})
}
