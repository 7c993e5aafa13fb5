package secrets

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestPiecesInAnyOrderGiveWhatTheWholeFileDoes(t *testing.T) {
	var b strings.Builder
	random := rand.New(rand.NewPCG(5, 5))
	for _, s := range seeds() {
		if !strings.HasPrefix(s.file, ".") {
			b.WriteString(around(s.line, random.IntN(40)))
		}
	}
	text := b.String()
	want, err := Scan("all.yaml", strings.NewReader(text))
	if err != nil || len(want) < 55 {
		t.Fatalf("%d findings, %v", len(want), err)
	}
	const seen = 8 << 10
	for _, size := range []int{9001, 20_000, 65_536} {
		var starts []int
		for at := 0; at < len(text); at += size {
			starts = append(starts, at)
		}
		random.Shuffle(len(starts), func(i, k int) { starts[i], starts[k] = starts[k], starts[i] })
		var c Collector
		var running sync.WaitGroup
		for _, at := range starts {
			before := min(seen, at)
			running.Go(func() {
				c.Piece("all.yaml", int64(at-before), []byte(text[at-before:min(at+size, len(text))]), before)
				c.Piece("other.txt", 0, []byte("nothing\n"), 0)
			})
		}
		running.Wait()
		got := c.Findings()
		for i := range got {
			got[i].Column = want[min(i, len(want)-1)].Column // a line may begin in the piece before
		}
		if !slices.Equal(got, want) {
			t.Errorf("pieces of %d bytes: got %d findings, want %d", size, len(got), len(want))
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("%d: got %+v\nwant %+v", i, got[i], want[i])
				}
			}
		}
	}
}
