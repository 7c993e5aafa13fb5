package nspkg

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// MaxSize is how large an archive may be, in bytes: Open refuses a larger one, and Write
// makes none.
const MaxSize = maxArchive

// leaveOut is what to do about what is too large for a package.
const leaveOut = "leave out what the plugin does not need at run time, by a line in " + IgnoreName

// limits notes what no reader of packages would take: a package that nobody can
// install is none.
func (w *walker) limits() {
	entries := w.listing.Entries
	total, list := int64(0), int64(0)
	folders := map[string]bool{}
	for _, e := range entries {
		total += e.Size
		list += centralLen + int64(len(e.Path))
		for dir := path.Dir(e.Path); dir != "." && !folders[dir]; dir = path.Dir(dir) {
			folders[dir] = true
		}
		if e.Size > maxFile {
			w.problem(e.Path, "has %d bytes, and a file in a package may have %d (%d MiB); leave it out by a line in %s, or fetch it at run time", e.Size, maxFile, maxFile>>20, IgnoreName)
		}
	}
	if total > maxTotal {
		w.problem(".", "holds files of %d bytes, and those of a package may have %d (%d MiB); the largest are %s; %s", total, maxTotal, maxTotal>>20, largest(entries), leaveOut)
	}
	switch {
	case len(entries) > maxEntries:
		w.problem(".", "holds %d files, and a package may hold %d; %s", len(entries), maxEntries, leaveOut)
	case len(entries)+len(folders) > maxEntries+maxFolders:
		w.problem(".", "holds %d files and folders, and a package may hold %d; %s", len(entries)+len(folders), maxEntries+maxFolders, leaveOut)
	case list > maxDirectory:
		w.problem(".", "holds files whose names make a list of %d bytes, and that of a package may have %d (%d MiB); shorten their paths, or %s", list, maxDirectory, maxDirectory>>20, leaveOut)
	}
}

// largest names the three largest files with their sizes.
func largest(entries []Entry) string {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Compare(b.Size, a.Size) })
	var names []string
	for _, e := range entries[:min(len(entries), 3)] {
		names = append(names, fmt.Sprintf("%q (%d MiB)", e.Path, e.Size>>20))
	}
	return strings.Join(names, ", ")
}

// installable says why no reader would take the archive that was made, which shows only when it is
// compressed: the error is an *UnpackableError.
func (s Summary) installable() error {
	var problems []Problem
	note := func(path, format string, args ...any) {
		problems = append(problems, Problem{Path: path, Reason: fmt.Sprintf(format, args...)})
	}
	for _, e := range s.Entries {
		if growsTooMuch(e.Size, e.CompressedSize, freeFile, maxFileRatio) {
			note(e.Path, "shrinks from %d to %d bytes, more than %d times: packages that hold such files are refused, because they are made to fill memory and disks; leave it out by a line in %s, or make it when the plugin starts",
				e.Size, e.CompressedSize, maxFileRatio, IgnoreName)
		}
	}
	switch {
	case s.PackageSize > maxArchive:
		note(".", "makes a package of %d bytes, and one may have %d (%d MiB); %s", s.PackageSize, maxArchive, maxArchive>>20, leaveOut)
	case growsTooMuch(s.TotalSize, s.PackageSize, freeTotal, maxTotalRatio):
		note(".", "shrinks from %d to %d bytes, more than %d times: such packages are refused, because they are made to fill memory and disks; the largest files are %s; %s",
			s.TotalSize, s.PackageSize, maxTotalRatio, largest(s.Entries), leaveOut)
	}
	if len(problems) == 0 {
		return nil
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Path, b.Path) })
	return &UnpackableError{Problems: problems}
}

// growsTooMuch says whether content of more than free bytes is more than ratio times as large as
// what it is packed in.
func growsTooMuch(size, packed, free, ratio int64) bool {
	return size > free && size/ratio > packed
}
