package secrets

import "regexp"

// minisignRule finds secret keys of minisign, with which packages are signed. They are all
// of one length, with or without a password.
func minisignRule() rule {
	key := regexp.MustCompile(`RW(?:QAAEIy|RTY0Iy)[A-Za-z0-9+/]{203}=`)
	return rule{
		id: "minisign-secret-key", what: "a minisign secret key",
		advice: "if others may have seen it, make a new one with `minisign -G` and tell those who verify your packages its public key",
		marks:  []string{"RWQAAEIy", "RWRTY0Iy"}, behind: behind, ahead: ahead, rank: rankExact,
		find: func(w window) [][2]int {
			var found [][2]int
			for _, at := range key.FindAllStringIndex(w.text, -1) {
				found = append(found, [2]int(at))
			}
			return found
		},
	}
}
