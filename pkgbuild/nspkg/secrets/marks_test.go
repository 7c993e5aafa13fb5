package secrets

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// inTurn finds words as marks does, by looking for each of them at each place.
func inTurn(words []string, text string, from int) []hitWord {
	var hits []hitWord
	lower := strings.ToLower(text)
	for end := from + 1; end <= len(text); end++ {
		for w, word := range words {
			if strings.HasSuffix(lower[:end], word) {
				hits = append(hits, hitWord{w, end})
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hitWord) int {
		return cmp.Or(cmp.Compare(a.end, b.end), cmp.Compare(len(words[b.word]), len(words[a.word])))
	})
	return hits
}

func TestMarksAreFoundAtEveryPlace(t *testing.T) {
	var words []string
	for _, word := range automaton().words {
		words = append(words, strings.ToLower(word.word))
	}
	m := newMarks(words)
	random := rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		var b strings.Builder
		for b.Len() < random.IntN(120) {
			word := words[random.IntN(len(words))]
			switch random.IntN(4) {
			case 0:
				b.WriteString(word[random.IntN(len(word)):])
			case 1:
				b.WriteString(strings.ToUpper(word))
			case 2:
				b.WriteByte(byte(random.IntN(128)))
			default:
				b.WriteString(word)
			}
		}
		text := b.String()
		from := random.IntN(len(text) + 1)
		want := inTurn(words, text, from)
		if got := m.find([]byte(text), from, nil); !slices.Equal(got, want) {
			t.Fatalf("%q from %d:\ngot  %v\nwant %v", text, from, got, want)
		}
	}
}
