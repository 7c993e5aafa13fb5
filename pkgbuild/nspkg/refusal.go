package nspkg

import (
	"fmt"
	"strings"
)

// Trick names what is wrong with an archive. The names are stable: programs may
// compare them.
type Trick string

// The tricks that archives are refused for.
const (
	NotAnArchive     Trick = "not-an-archive"     // no ZIP, cut off, or not a regular file
	NothingInside    Trick = "nothing-inside"     // it lists no files
	DamagedList      Trick = "damaged-list"       // its list of files contradicts itself
	WrappedFolder    Trick = "wrapped-folder"     // the plugin lies one folder too deep
	PathTraversal    Trick = "path-traversal"     // ../
	AbsolutePath     Trick = "absolute-path"      // /etc
	DrivePath        Trick = "drive-path"         // C:, and NTFS streams
	UNCPath          Trick = "unc-path"           // //server/share
	Backslash        Trick = "backslash"          // a\b
	ControlCharacter Trick = "control-character"  // NUL, line breaks, bidirectional overrides
	NameEncoding     Trick = "name-encoding"      // not UTF-8
	UncleanPath      Trick = "unclean-path"       // a//b, ./a
	DeviceName       Trick = "device-name"        // CON, NUL.txt
	TrailingDot      Trick = "trailing-dot-space" // "a." and "a "
	LongName         Trick = "long-name"          // longer or deeper than file systems take
	SecondName       Trick = "second-name"        // an extra field names the entry differently
	SymbolicLink     Trick = "symbolic-link"
	HardLink         Trick = "hard-link"
	SpecialMode      Trick = "special-mode"    // devices, pipes, set-user-id
	DuplicateName    Trick = "duplicate"       // the same name twice
	CaseCollision    Trick = "case-collision"  // a and A
	UnicodeCollision Trick = "name-collision"  // one name in two Unicode spellings
	FileAsFolder     Trick = "file-as-folder"  // a is a file, and there is a/b
	HeaderMismatch   Trick = "header-mismatch" // the two headers of an entry differ
	Overlap          Trick = "overlap"         // entries share bytes
	OutOfRange       Trick = "out-of-range"    // an offset beyond the archive
	Gap              Trick = "gap"             // bytes between entries that none of them owns
	PrependedData    Trick = "prepended-data"  // bytes in front of the first entry
	TrailingData     Trick = "trailing-data"   // bytes behind the archive's end
	Comment          Trick = "comment"         // of the archive or of an entry
	Encrypted        Trick = "encrypted"
	Method           Trick = "method"      // neither stored nor deflated
	UnknownFlags     Trick = "flags"       // flags no plain entry has
	ExtraField       Trick = "extra-field" // extra fields that cannot be taken apart
	SeveralDisks     Trick = "several-disks"
	Zip64Lie         Trick = "zip64"       // ZIP64 numbers that are missing, superfluous or contradictory
	SizeLie          Trick = "size"        // an entry holds more or less than it declares
	Checksum         Trick = "checksum"    // its content is not what the CRC-32 says
	BrokenData       Trick = "broken-data" // its content cannot be inflated
	HiddenData       Trick = "hidden-data" // bytes behind the end of an entry's deflate stream
	FolderData       Trick = "folder-data" // a folder that has content
	TooManyEntries   Trick = "too-many"    // entries, or folders
	EntryTooLarge    Trick = "entry-size"  // one file
	TooLarge         Trick = "total-size"  // the archive, or all of its files
	RatioTooHigh     Trick = "ratio"       // it expands further than files do
)

// RefusedError says why an archive is refused.
type RefusedError struct {
	Trick Trick `json:"trick"`
	// Entry is the name of the entry that it is about, as the archive spells it; ""
	// when it is about the archive as a whole.
	Entry   string `json:"entry,omitempty"`
	Problem string `json:"problem"` // what was found: `it holds "../x", …`
	Advice  string `json:"advice"`  // what to do about it
}

// Error tells the problem and the advice.
func (e *RefusedError) Error() string { return e.Problem + "; " + e.Advice }

// The advice for archives that nobody's packing makes, and for those that a
// packing may have made by mistake.
const (
	adviceHostile = "do not install it, and ask who made it for an archive that `netstacks-plugin package` wrote"
	adviceRepack  = "package the plugin anew with `netstacks-plugin package`"
	adviceDamaged = "it was damaged or changed on its way: fetch it again and compare its SHA-256"
	adviceSmaller = "leave out what the plugin does not need at run time"
	adviceRename  = "rename the file and package the plugin anew"
)

// refuse returns the refusal of an archive; %s and %q in problem take args.
func refuse(trick Trick, entry, advice, problem string, args ...any) *RefusedError {
	return &RefusedError{Trick: trick, Entry: entry, Problem: fmt.Sprintf(problem, args...), Advice: advice}
}

// quoted is a name for a sentence: in quotes, its middle cut out when it is long.
func quoted(name string) string {
	const most = 120
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most/2], "") + "…" + strings.ToValidUTF8(name[len(name)-most/2:], "")
	}
	return fmt.Sprintf("%q", name)
}
