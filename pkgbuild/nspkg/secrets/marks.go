package secrets

import "bytes"

// marks finds a set of words in bytes that arrive piece by piece, whatever the case
// of their letters (Aho and Corasick's automaton). The libraries for it tell
// cases apart, or hand out a list per piece; this one makes no garbage, and text passes it at
// the speed of one table look-up for each byte.
type marks struct {
	class    [256]uint8 // of a byte; letters of both cases share one, bytes of no word are 0
	next     []uint16   // state<<shift | class → state; states from firstEnd on end a word
	firstEnd uint16
	ends     [][]int // of the states from firstEnd on: the words that end there
	length   []int   // of each word
}

const shift = 6 // at most 64 classes

// newMarks builds the automaton of words in lower case.
func newMarks(words []string) *marks {
	m := &marks{length: make([]int, len(words))}
	classes := uint8(1)
	trie := []node{{}}
	for w, word := range words {
		m.length[w] = len(word)
		at := 0
		for _, c := range []byte(word) {
			if m.class[c] == 0 {
				m.class[c] = classes
				if c >= 'a' && c <= 'z' {
					m.class[c-'a'+'A'] = classes
				}
				classes++
			}
			child := trie[at].child[m.class[c]]
			if child == 0 {
				child = len(trie)
				trie[at].child[m.class[c]] = child
				trie = append(trie, node{})
			}
			at = child
		}
		trie[at].ends = append(trie[at].ends, w)
	}
	if classes > 1<<shift || len(trie) > 1<<16 {
		panic("secrets: too many marks")
	}
	order := linked(trie)
	// States that end a word get the highest numbers.
	number := make([]uint16, len(trie))
	n := uint16(0)
	for _, ending := range []bool{false, true} {
		if ending {
			m.firstEnd = n
		}
		for _, s := range order {
			if (len(trie[s].ends) > 0) == ending {
				number[s] = n
				n++
			}
		}
	}
	m.next = make([]uint16, len(trie)<<shift)
	m.ends = make([][]int, len(trie)-int(m.firstEnd))
	for s := range trie {
		for c, to := range trie[s].child {
			m.next[int(number[s])<<shift|c] = number[to]
		}
		if len(trie[s].ends) > 0 {
			m.ends[number[s]-m.firstEnd] = trie[s].ends
		}
	}
	return m
}

// node is a state while the automaton is built; child 0 is the root, which no state has
// for a child before the links are made.
type node struct {
	child [1 << shift]int
	ends  []int
}

// linked fills in where each state goes on when its word does not, and returns the
// states in breadth-first order.
func linked(trie []node) []int {
	fail := make([]int, len(trie))
	order := []int{0}
	for i := 0; i < len(order); i++ {
		s := order[i]
		for c, child := range trie[s].child {
			back := 0
			if s != 0 {
				back = trie[fail[s]].child[c]
			}
			if child == 0 {
				trie[s].child[c] = back
				continue
			}
			fail[child] = back
			trie[child].ends = append(trie[child].ends, trie[back].ends...)
			order = append(order, child)
		}
	}
	return order
}

// each calls found for every word in piece that ends in it, with the offset in piece behind
// it, and returns the state for the next piece.
func (m *marks) each(state uint16, piece []byte, found func(word, end int)) uint16 {
	next, firstEnd := m.next, m.firstEnd
	for i, c := range piece {
		state = next[int(state)<<shift|int(m.class[c])]
		if state >= firstEnd {
			for _, w := range m.ends[state-firstEnd] {
				found(w, i+1)
			}
		}
	}
	return state
}

// isBinary says whether bytes are none of a text, as git decides it.
func isBinary(start []byte) bool { return bytes.IndexByte(start[:min(len(start), 8000)], 0) >= 0 }
