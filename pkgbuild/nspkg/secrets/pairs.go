package secrets

import (
	_ "embed"
	"math"
	"strconv"
)

// pairsText tells how common each two bytes that stand side by side are in source code: in the line of the
// first and the column of the second, of which the lower five bits count, a digit d of base 36 for a share
// of 2^(d/2-pairsLeast). TestPairs writes it, from the sources of Go's standard library.
//
//go:embed pairs.txt
var pairsText string

// pairsLeast is the exponent of two that the digit 0 stands for, without its sign.
const pairsLeast = 17.5

// pairs estimate how common a gram is in source code.
type pairs struct {
	share [32][32]float64 // of all pairs, by their first and second byte
	first [32]float64     // of those that begin with a byte
}

func newPairs() *pairs {
	p := &pairs{}
	for i := range 32 {
		for k := range 32 {
			at := 33*i + k // a line ends in a newline
			digit, _ := strconv.ParseUint(pairsText[at:at+1], 36, 8)
			p.share[i][k] = math.Exp2(float64(digit)/2 - pairsLeast)
			p.first[i] += p.share[i][k]
		}
	}
	return p
}

// rarest returns where in a word the two grams begin, one byte after the other, that cost least. A
// word of less than four bytes has no two grams: one of them has a byte from beside it.
func (p *pairs) rarest(word string) int {
	first, last := 0, len(word)-4
	if len(word) < 4 {
		first, last = -1, len(word)-3
	}
	best, least := first, math.Inf(1)
	for at := first; at <= last; at++ {
		if cost := p.cost(word, at) + p.cost(word, at+1); cost < least {
			best, least = at, cost
		}
	}
	return best
}

// cost tells how much time the gram takes that begins in a word at an offset: that at each place where it stands,
// and ten times as much where the byte behind it may be that of the word, too, as marks compares the word there.
func (p *pairs) cost(word string, at int) float64 {
	after := 1.0
	if at+3 < len(word) {
		before := word[at+2] & 0x1f
		after = 0
		for c := word[at+3] & 7; c < 32; c += 8 {
			after += p.share[before][c] / p.first[before]
		}
	}
	return p.gram(word, at) * (1 + 9*after)
}

// gram returns the share of all places at which the gram stands that begins in a word at an offset:
// that of its first two bytes, and of the third behind the second.
func (p *pairs) gram(word string, at int) float64 {
	inWord := func(i int) bool { return i >= 0 && i < len(word) }
	share := 1.0
	for i := at; i < at+3; i++ {
		switch { // beside the word, anything may stand
		case inWord(i) && i > at && inWord(i-1):
			before := word[i-1] & 0x1f
			share *= p.share[before][word[i]&0x1f] / p.first[before]
		case inWord(i):
			share *= p.first[word[i]&0x1f]
		}
	}
	return share
}
