package secrets

// marks finds a set of words in bytes that arrive piece by piece, whatever the case
// of their letters (Aho and Corasick's automaton). The libraries for it tell
// cases apart, or hand out a list per piece; this one makes no garbage, and text passes it at
// the speed of one table look-up for each byte.
type marks struct {
	class    [256]uint8 // of a byte; letters of both cases share one, bytes of no word are 0
	next     []uint16   // state<<shift | class → state; states from firstEnd on end a word
	firstEnd uint16
	ends     [][]int // of the states from firstEnd on: the words that end there
}

const shift = 6 // at most 64 classes

// newMarks builds the automaton of words in lower case.
func newMarks(words []string) *marks {
	m := &marks{}
	classes := uint8(1)
	trie := []node{{}}
	for w, word := range words {
		if len(word) > longest {
			panic("secrets: too long a mark: " + word)
		}
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

// hitWord is a word that was found, and where it ends.
type hitWord struct{ word, end int }

// lanes are how many places of a piece are read in turn: each look-up waits for the one before,
// but not for those of the other places.
const lanes = 4

// longest bounds the words: so many bytes in front of a place tell its state.
const longest = 64

// find appends every word in piece that ends in it, in order, with the offset in piece behind
// it, and returns the state for the next piece.
func (m *marks) find(state uint16, piece []byte, hits []hitWord) ([]hitWord, uint16) {
	part := len(piece) / lanes
	if part < 8*longest {
		return m.one(state, piece, 0, hits)
	}
	before := func(from int) uint16 {
		_, s := m.one(0, piece[from-longest:from], 0, nil)
		return s
	}
	sa, sb, sc, sd := state, before(part), before(2*part), before(3*part)
	next, class, firstEnd := m.next, &m.class, m.firstEnd
	a, b, c, d := piece[:part], piece[part:][:part], piece[2*part:][:part], piece[3*part:][:part]
	var others [lanes - 1][]hitWord
	for i := range a {
		sa = next[int(sa)<<shift|int(class[a[i]])]
		sb = next[int(sb)<<shift|int(class[b[i]])]
		sc = next[int(sc)<<shift|int(class[c[i]])]
		sd = next[int(sd)<<shift|int(class[d[i]])]
		if sa >= firstEnd || sb >= firstEnd || sc >= firstEnd || sd >= firstEnd {
			hits = m.ending(sa, i+1, hits)
			others[0] = m.ending(sb, part+i+1, others[0])
			others[1] = m.ending(sc, 2*part+i+1, others[1])
			others[2] = m.ending(sd, 3*part+i+1, others[2])
		}
	}
	for _, more := range others {
		hits = append(hits, more...)
	}
	return m.one(sd, piece[lanes*part:], lanes*part, hits)
}

// one is find in one place. Offsets count from base.
func (m *marks) one(state uint16, piece []byte, base int, hits []hitWord) ([]hitWord, uint16) {
	for i, c := range piece {
		state = m.next[int(state)<<shift|int(m.class[c])]
		if state >= m.firstEnd {
			hits = m.ending(state, base+i+1, hits)
		}
	}
	return hits, state
}

// ending appends the words that end in a state.
func (m *marks) ending(state uint16, end int, hits []hitWord) []hitWord {
	if state < m.firstEnd {
		return hits
	}
	for _, w := range m.ends[state-m.firstEnd] {
		hits = append(hits, hitWord{w, end})
	}
	return hits
}
