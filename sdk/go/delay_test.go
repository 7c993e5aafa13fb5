package netstacks

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfterIsHonouredUpToTenSeconds(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"0": 0, "3": 3 * time.Second, "10": 10 * time.Second, "11": 10 * time.Second, "86400": 10 * time.Second,
		"99999999999999999999999":                        10 * time.Second,
		now.Add(4 * time.Second).Format(http.TimeFormat): 4 * time.Second,
		now.Add(time.Hour).Format(http.TimeFormat):       10 * time.Second,
		now.Add(-time.Hour).Format(http.TimeFormat):      0,
	} {
		if got := delay(0, text, now); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestWithoutRetryAfterItBacksOff(t *testing.T) {
	for _, text := range []string{"", "soon", "-1", "1.5", "1s", "٣"} {
		for tries, middle := range []time.Duration{200 * time.Millisecond, 400 * time.Millisecond} {
			seen := map[time.Duration]bool{}
			for range 100 {
				got := delay(tries, text, time.Now())
				if got < middle/2 || got > middle*3/2 {
					t.Fatalf("%q after %d tries: %v", text, tries+1, got)
				}
				seen[got] = true
			}
			if len(seen) < 50 {
				t.Errorf("%q: the waiting is not spread: %d of 100 times differ", text, len(seen))
			}
		}
	}
}
