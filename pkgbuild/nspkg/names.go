package nspkg

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/cases"
)

// maxWindowsPath is how long a path may be, in UTF-16 units: Windows takes 259, and
// the folder that the package is unpacked into needs some of them.
const maxWindowsPath = 220

// windowsForbids are the characters that no name has on Windows, besides those that
// every archive is refused for.
const windowsForbids = `<>"|?*`

// checkName notes what is wrong with the path of a file or directory that goes in.
// Of the directories around it, each is looked at by itself.
func (w *walker) checkName(name, part string, isFolder bool) {
	reason := nameReason(part)
	if reason == "" && !isFolder { // of a long path, the files are told
		reason = pathReason(name)
	}
	if reason != "" {
		w.problem(name, "%s", reason)
	}
}

// pathReason says why a path is too long; "" when it is not.
func pathReason(name string) string {
	units, folders := len(utf16.Encode([]rune(name))), strings.Count(name, "/")
	if units <= maxWindowsPath && folders <= maxDepth {
		return ""
	}
	return fmt.Sprintf("has a path of %d characters in %d folders, which is too long for Windows; %d and %d are allowed, so give it or its folders shorter names", units, folders, maxWindowsPath, maxDepth)
}

// nameReason says why a part of a path cannot be packed, and what to do; "" when it can.
func nameReason(part string) string {
	const rename = "; rename it"
	if i := strings.IndexAny(part, windowsForbids); i >= 0 && utf8.ValidString(part) {
		return fmt.Sprintf("has a name with %q, which Windows does not allow", part[i:i+1]) + rename
	}
	refused := checkName(part)
	if refused == nil {
		return ""
	}
	switch refused.Trick {
	case NameEncoding:
		return "has a name that is not UTF-8, which other systems cannot read" + rename
	case Backslash, UNCPath:
		return "has a name that other systems cannot read: on Windows, backslashes part folders" + rename
	case DrivePath:
		return "has a name with a colon, which Windows takes for a drive or a hidden stream of a file" + rename
	case ControlCharacter:
		return "has a name with a control character, or one that turns the direction of text" + rename
	case TrailingDot:
		return "has a name with a dot or a space at its end, which Windows leaves out" + rename
	case DeviceName:
		return "has a name that Windows takes for a device, whatever its extension" + rename
	case LongName:
		return fmt.Sprintf("has a name of %d bytes, and file systems take %d; give it a shorter one", len(part), maxPart)
	}
	return "has a name that no package may hold: " + refused.Problem + rename
}

// collisions notes paths that are one file, or one folder, where neither case nor
// Unicode spellings are told apart: one of them would take the other's place.
func (w *walker) collisions() {
	fold := caseless{fold: cases.Fold()}
	seen := map[string]string{} // caseless form of a path → the path
	told := map[string]bool{}
	for _, e := range w.listing.Entries {
		form, end := "", 0
		for {
			part, _, more := strings.Cut(e.Path[end:], "/")
			end += len(part)
			form += "/" + fold.form(part)
			here := e.Path[:end]
			if other, taken := seen[form]; !taken {
				seen[form] = here
			} else if other != here {
				if path.Dir(other) == path.Dir(here) && !told[here] {
					told[here] = true
					w.problem(here, "%s", collisionReason(other, here))
				}
				if more {
					break // what is below the second spelling has been told with it
				}
			}
			if !more {
				break
			}
			end++
		}
	}
}

// collisionReason says in what two paths differ.
func collisionReason(other, name string) string {
	if strings.EqualFold(other, name) {
		return fmt.Sprintf("is the same name as %q on Windows and macOS, which do not tell upper and lower case apart; rename one of them", other)
	}
	return fmt.Sprintf("is the same name as %q on macOS and Windows: it is written with other Unicode characters that mean the same; rename one of them", other)
}
