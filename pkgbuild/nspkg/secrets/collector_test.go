package secrets

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"
)

// leastSeen is how many bytes of the piece before a piece begins with at least, as Piece asks.
const leastSeen = 8 << 10

func TestPiecesInAnyOrderGiveWhatTheWholeFileDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	text := inOneFile(func(int) int { return random.IntN(40) })
	want, err := Scan("all.yaml", strings.NewReader(text))
	if err != nil || len(want) < 55 {
		t.Fatalf("%d findings, %v", len(want), err)
	}
	const seen = leastSeen
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
				c.Piece("all.yaml", int64(at-before), []byte(text[at-before:min(at+size, len(text))]), before, at+size >= len(text))
				c.Piece("other.txt", 0, []byte("nothing\n"), 0, true)
			})
		}
		running.Wait()
		got := c.Findings()
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

// columnText has secrets in lines that are longer than a piece, behind characters of several bytes.
func columnText() (text string, columns []int) {
	token := "gh" + "p_" + body(rand.New(rand.NewPCG(1, 1)), alnum, 36)
	text = strings.Repeat("x", 300_000) + ` "` + token + "\"\n" + strings.Repeat("é", 70_000) + "→" + ` "` + token[:39] + "0\" " +
		strings.Repeat("ñü", 40_000) + ` "` + token[:39] + "1\"\nshort = \"" + token[:39] + "2\"\n"
	return text, []int{300_003, 70_004, 70_003 + 40 + 1 + 1 + 80_000 + 2 + 1, 10}
}

func TestColumnsCountCharactersFromTheBeginningOfTheLine(t *testing.T) {
	text, want := columnText()
	utf := make([]byte, 0, 2*len(text))
	for _, unit := range utf16.Encode([]rune(text)) {
		utf = binary.LittleEndian.AppendUint16(utf, unit)
	}
	check := func(how string, found []Finding) {
		t.Helper()
		var got []int
		for _, f := range found {
			got = append(got, f.Column)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: columns %d, want %d", how, got, want)
		}
	}
	for encoding, data := range map[string][]byte{"UTF-8": []byte(text), "UTF-16": utf} {
		found, err := Scan("long.js", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		check(encoding+", whole", found)
		for _, size := range []int{20_000, 262_144, 524_288} {
			var c Collector
			for at := (len(data) - 1) / size * size; at >= 0; at -= size {
				before := min(2*leastSeen, at)
				c.Piece("long.js", int64(at-before), data[at-before:min(at+size, len(data))], before, at+size >= len(data))
			}
			check(fmt.Sprintf("%s, pieces of %d bytes", encoding, size), c.Findings())
		}
	}
}
