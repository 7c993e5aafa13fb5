package nspkg

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a name.
const (
	maxName  = 1000 // bytes of a path
	maxPart  = 255  // bytes of one part of it, as file systems take
	maxDepth = 64   // folders around a file
)

// CheckName says why no archive may hold a file of that path, slash-separated
// and relative to the plugin directory: somewhere it would lead out of the
// plugin's folder, or could not be written. The error is a *RefusedError. Open
// refuses every archive that holds such a name.
func CheckName(name string) error {
	if err := checkName(name); err != nil { // a nil *RefusedError is no nil error
		return err
	}
	return nil
}

func checkName(name string) *RefusedError {
	say := func(trick Trick, advice, problem string) *RefusedError {
		return refuse(trick, name, advice, "it holds %s, %s", quoted(name), problem)
	}
	switch {
	case name == "":
		return refuse(UncleanPath, "", adviceHostile, "it holds an entry without a name")
	case len(name) > maxName || strings.Count(name, "/") > maxDepth:
		return refuse(LongName, name, "shorten its path", "it holds a file with a name of %d bytes in %d folders, %d and %d are allowed", len(name), strings.Count(name, "/"), maxName, maxDepth)
	case !utf8.ValidString(name):
		return say(NameEncoding, adviceRename, "a name that is not UTF-8, and readers differ in what they make of it")
	case hasHiddenControl(name):
		return say(ControlCharacter, adviceHostile, "a name with NUL, a control character, or one that turns the direction of text: what is shown is not what is written")
	case strings.HasPrefix(name, "//") || strings.HasPrefix(name, `\\`):
		return say(UNCPath, adviceHostile, "a name that leads out of the plugin's folder: it names another machine")
	case len(name) > 1 && name[1] == ':' && isLetter(name[0]):
		return say(DrivePath, adviceHostile, "a name that leads out of the plugin's folder: it names a drive")
	case strings.Contains(name, ":"):
		return say(DrivePath, adviceRename, "a name with a colon, which Windows takes for a drive or a hidden stream of a file")
	case strings.Contains(name, `\`):
		return say(Backslash, adviceRename, "a name that leads out of the plugin's folder where backslashes part folders")
	case name[0] == '/':
		return say(AbsolutePath, adviceHostile, "a name that leads out of the plugin's folder: it starts at the root")
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return say(PathTraversal, adviceHostile, "a name that leads out of the plugin's folder")
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "" || part == ".":
			return say(UncleanPath, adviceRepack, "a name with an empty part or a dot for one, which is a second spelling of another name")
		case strings.HasSuffix(part, ".") || strings.HasSuffix(part, " "):
			return say(TrailingDot, adviceRename, "a name with a dot or a space at its end, which Windows leaves out: it would become another file")
		case isDeviceName(part):
			return say(DeviceName, adviceRename, "a name that Windows takes for a device, whatever its extension")
		case len(part) > maxPart:
			return refuse(LongName, name, adviceRename, "it holds %s, a part of which has a name of %d bytes; %d are allowed", quoted(name), len(part), maxPart)
		}
	}
	return nil
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// hasHiddenControl says whether a name has a character that acts on a terminal,
// or on the order in which others are shown.
func hasHiddenControl(name string) bool {
	for _, r := range name {
		switch {
		case r >= 0xa0 && (unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'), r < ' ', r >= 0x7f && r < 0xa0:
			return true
		}
	}
	return false
}

// isDeviceName says whether Windows takes a part of a path for a device:
// CON, nul.txt, "COM1 .log". Digits may be superscripts there.
func isDeviceName(part string) bool {
	base, _, _ := strings.Cut(part, ".")
	base = strings.TrimRight(base, " ")
	if len(base) < len("NUL") || len(base) > len("CONOUT$") {
		return false
	}
	base = strings.ToUpper(base)
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, port := range []string{"COM", "LPT"} {
		if rest, ok := strings.CutPrefix(base, port); ok {
			return len(rest) == 1 && rest[0] >= '0' && rest[0] <= '9' || rest == "¹" || rest == "²" || rest == "³"
		}
	}
	return false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// topFolder returns the folder that all entries lie below, when there is one and
// it is a plugin's: it holds a manifest.json. What macOS puts beside the files
// does not count.
func topFolder(records []record) (top string, wrapped bool) {
	for _, r := range records {
		first, _, below := strings.Cut(r.name, "/")
		if below && first == "__MACOSX" {
			continue
		}
		if !below || top != "" && first != top {
			return "", false
		}
		top = first
		wrapped = wrapped || path.Clean(r.name) == top+"/manifest.json"
	}
	return top, wrapped
}
