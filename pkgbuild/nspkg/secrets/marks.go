package secrets

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// marks finds a set of words in text, whatever the case of their letters. It looks at every
// second place of the text for the three bytes of a word that are rarest, and at a word only where those
// are. An automaton such as Aho and Corasick's, which looks at every byte and waits for
// what it finds there, takes twice as long.
type marks struct {
	words []string      // in lower case
	after [grams]uint8  // of a gram: a bit for each value that the last three bits of the byte behind it may have in a word
	index [grams]uint16 // of a gram: where in spots its words are
	spots [][]spot
}

// spot is a word that a gram belongs to.
type spot struct {
	word, before int    // before is how many of its bytes stand in front of the gram; -1 when the gram begins in front of it
	mask, bits   uint64 // of the eight bytes from the gram on: those of the word, in which a letter's case is left out
}

// grams is how many there are: three bytes, of which five bits count. Letters of both cases share them.
const grams = 1 << 15

// Bounds of a word.
const (
	shortest = 2
	longest  = 64
)

// newMarks knows words in lower case.
func newMarks(words []string) *marks {
	m := &marks{words: words, spots: make([][]spot, 1)}
	pairs := newPairs()
	for w, word := range words {
		if len(word) < shortest || len(word) > longest {
			panic("secrets: too short or too long a mark: " + word)
		}
		// Of two grams that begin side by side, one begins at every second place.
		at := pairs.rarest(word)
		m.add(w, at)
		m.add(w, at+1)
	}
	return m
}

// add notes the gram of a word that begins at an offset.
func (m *marks) add(w, at int) {
	word := m.words[w]
	after := uint8(0xff)
	if at+3 < len(word) {
		after = 1 << (word[at+3] & 7)
	}
	all := []uint16{0} // grams: one, or one for each value of a byte from beside the word
	for i := range 3 {
		var more []uint16
		for c := range uint16(32) {
			if k := at + i; k >= 0 && k < len(word) && c != uint16(word[k]&0x1f) {
				continue
			}
			for _, gram := range all {
				more = append(more, gram|c<<(5*i))
			}
		}
		all = more
	}
	var mask, bits uint64
	for i := max(at, 0); i < min(at+8, len(word)); i++ {
		mask |= 0xdf << (8 * (i - at))
		bits |= uint64(word[i]&0xdf) << (8 * (i - at))
	}
	for _, gram := range all {
		m.after[gram] |= after
		if m.index[gram] == 0 {
			m.index[gram] = uint16(len(m.spots))
			m.spots = append(m.spots, nil)
		}
		m.spots[m.index[gram]] = append(m.spots[m.index[gram]], spot{w, at, mask, bits})
	}
}

// hitWord is a word that was found, and where it ends.
type hitWord struct{ word, end int }

// find appends every word that ends behind an offset in text, in the order of their ends; of those
// that end together, longer ones come first.
func (m *marks) find(text []byte, from int, hits []hitWord) []hitWord {
	for at := m.next(text, max(0, from-longest)); at < len(text); at = m.next(text, at+6) {
		hits = m.check(text, from, at, hits)
	}
	slices.SortFunc(hits, func(a, b hitWord) int {
		return cmp.Or(cmp.Compare(a.end, b.end), cmp.Compare(len(m.words[b.word]), len(m.words[a.word])), cmp.Compare(a.word, b.word))
	})
	return hits
}

// next returns the offset, of every sixth from at on, of eight bytes with a gram of a word among the three
// that begin at the first, third and fifth. Of the last bytes, all may be such.
func (m *marks) next(text []byte, at int) int {
	rest := text[min(at, len(text)):]
	for len(rest) >= 8 {
		v := binary.LittleEndian.Uint64(rest)
		three := gramsOf(v)
		a, b, c := m.after[three%grams], m.after[three>>16%grams], m.after[three>>32%grams]
		if a|b|c != 0 && (a>>(v>>24&7)|b>>(v>>40&7)|c>>(v>>56&7))&1 != 0 {
			break
		}
		rest = rest[6:]
	}
	return len(text) - len(rest)
}

// gramsOf returns the grams that begin at the first, third and fifth of eight bytes, each in the lower 15 of
// 16 bits.
func gramsOf(v uint64) uint64 {
	const first, second = 0x001f_001f_001f_001f, 0x03e0_03e0_03e0_03e0
	return v&first | v>>3&second | v&first>>16<<10
}

// check appends the words whose gram is one of the three at an offset.
func (m *marks) check(text []byte, from, at int, hits []hitWord) []hitWord {
	var ahead [12]byte // eight from each gram on
	if at+len(ahead) <= len(text) {
		ahead = [12]byte(text[at:])
	} else {
		copy(ahead[:], text[at:])
	}
	three := gramsOf(binary.LittleEndian.Uint64(ahead[:]))
	for i := 0; i < 6; i += 2 {
		gram := three >> (8 * i) % grams
		if m.after[gram]>>(ahead[i+3]&7)&1 == 0 {
			continue
		}
		v := binary.LittleEndian.Uint64(ahead[i : i+8])
		for _, s := range m.spots[m.index[gram]] {
			if v&s.mask != s.bits {
				continue
			}
			start := at + i - s.before
			end := start + len(m.words[s.word])
			if start >= 0 && end > from && end <= len(text) && isWord(text[start:end], m.words[s.word]) {
				hits = append(hits, hitWord{s.word, end})
			}
		}
	}
	return hits
}

// isWord compares a text with a word in lower case.
func isWord(text []byte, word string) bool {
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}
