package secrets

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// TestPairs checks that every pair of bytes has its digit; with -update it counts
// them anew.
func TestPairs(t *testing.T) {
	if *update {
		if err := os.WriteFile("pairs.txt", []byte(countPairs(t, filepath.Join(runtime.GOROOT(), "src"))), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	lines := strings.Split(strings.TrimSuffix(pairsText, "\n"), "\n")
	if len(lines) != 32 {
		t.Fatalf("%d lines, want 32", len(lines))
	}
	for i, line := range lines {
		if len(line) != 32 || strings.Trim(line, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("line %d is not 32 digits: %q", i+1, line)
		}
	}
}

func countPairs(t *testing.T, dir string) string {
	t.Helper()
	var count [32][32]float64
	all := 0.0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(name) != ".go" {
			return err
		}
		data, err := os.ReadFile(name)
		for i := 1; i < len(data); i++ {
			count[data[i-1]&0x1f][data[i]&0x1f]++
			all++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, line := range count {
		for _, n := range line {
			digit := math.Round(2 * (math.Log2(max(n, 1)/all) + pairsLeast))
			b.WriteString(strconv.FormatInt(int64(min(max(digit, 0), 35)), 36))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestTheRarestGramsOfAWordAreChosen(t *testing.T) {
	for _, test := range []struct {
		word string
		at   int
	}{
		{"sk", -1},        // a word of two bytes has no gram of its own
		{"glc_", 0},       // nor has one of four a choice
		{"interxqzed", 5}, // xqz and qze: nobody writes them
		{"edzqxinter", 1},
	} {
		if at := newPairs().rarest(test.word); at != test.at {
			t.Errorf("%s: %d, want %d", test.word, at, test.at)
		}
	}
}
