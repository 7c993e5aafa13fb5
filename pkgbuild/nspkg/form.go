package nspkg

import (
	"fmt"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// Deviations tells in sentences how the archive's form differs from the one that
// Write gives every package, so that the same files give the same bytes; none when it
// has that form. It does not look at what the files hold.
func (a *Archive) Deviations() []string {
	var all []string
	say := func(count int, one, many string) {
		switch {
		case count == 1:
			all = append(all, one)
		case count > 1:
			all = append(all, fmt.Sprintf(many, count))
		}
	}
	var folders, dated, moded, extras, unmarked int
	previous, disordered := "", false
	for i := range a.records {
		r := &a.records[i]
		if r.isFolder() {
			folders++
			continue
		}
		if r.date != a.records[0].date || r.clock != a.records[0].clock {
			dated++
		}
		if mode := r.unixMode(); r.creator>>8 != creatorUnix || mode != unixFile|0o644 && mode != unixFile|0o755 {
			moded++
		}
		if r.extra {
			extras++
		}
		if !isASCII(r.name) && r.flags&flagUTF8 == 0 {
			unmarked++
		}
		if previous != "" && !disordered && !inOrder(previous, r.name) {
			disordered = true
			say(1, fmt.Sprintf("its files are not in order: %s comes after %s", quoted(r.name), quoted(previous)), "")
		}
		previous = r.name
	}
	say(folders, "1 folder has an entry of its own", "%d folders have entries of their own")
	say(dated, "1 file has another time than the first", "%d files have other times than the first")
	say(moded, "1 file has no mode, or another than 0644 and 0755", "%d files have no mode, or another than 0644 and 0755")
	say(extras, "1 file has extra fields, which tell of the machine", "%d files have extra fields, which tell of the machine")
	say(unmarked, "1 name is not marked as UTF-8", "%d names are not marked as UTF-8")
	return all
}

// inOrder says whether a package lists a in front of b: manifest.json first, the
// others in byte order.
func inOrder(a, b string) bool {
	if a == manifest.FileName || b == manifest.FileName {
		return a == manifest.FileName
	}
	return a < b
}
