package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// readManifest reads manifest.json, or says why that cannot be done. It asks
// what the file is before it opens it: opening a FIFO would wait for a writer.
func (f *files) readManifest() ([]byte, *issue) {
	if s := f.text(FileName); s != nil {
		return s.data, nil
	}
	info, err := f.Stat(FileName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &issue{rule: ruleMissingFile, offset: -1, allowed: "a file manifest.json", message: missingMessage(f)}
	case err != nil:
		return nil, unreadable(err)
	case info.IsDir():
		return nil, &issue{rule: ruleNotAFile, offset: -1, allowed: "a regular file", message: "manifest.json is a directory; it must be a file"}
	case !info.Mode().IsRegular():
		return nil, &issue{
			rule: ruleNotAFile, offset: -1, allowed: "a regular file",
			message: fmt.Sprintf("manifest.json is %s; it must be a regular file", specialFile(info.Mode())),
		}
	case info.Size() > MaxSize:
		i := tooLarge(info.Size())
		return nil, &i
	}
	s, err := f.source(FileName, MaxSize)
	switch {
	case errors.Is(err, errTooLarge): // it grew meanwhile
		i := tooLarge(MaxSize + 1)
		return nil, &i
	case err != nil:
		return nil, unreadable(err)
	}
	return s.data, nil
}

// missingMessage says that manifest.json is missing, and what is there instead
// when its name differs in case only.
func missingMessage(fsys *files) string {
	entries, err := fsys.ReadDir(".")
	if errors.Is(err, fs.ErrNotExist) {
		return "manifest.json is missing: the directory does not exist"
	}
	for _, e := range entries {
		if e.Name() == FileName {
			return "manifest.json is a symbolic link that leads nowhere"
		}
		if strings.EqualFold(e.Name(), FileName) {
			return fmt.Sprintf("manifest.json is missing, but there is %s; rename it", e.Name())
		}
	}
	return "manifest.json is missing; a plugin directory has one at its top, and the new command makes one"
}

func unreadable(err error) *issue {
	return &issue{rule: ruleUnreadable, offset: -1, message: fmt.Sprintf("manifest.json cannot be read: %v", cause(err))}
}

// cause takes the operation and path off a file error: the message names them.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func tooLarge(size int64) issue {
	return issue{
		rule: ruleTooLarge, offset: -1, found: strconv.FormatInt(size, 10) + " bytes", allowed: "at most 1 MiB",
		message: fmt.Sprintf("manifest.json is %d bytes large, more than 1 MiB; keep data in files of its own", size),
	}
}

func specialFile(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link that leads nowhere"
	}
	return "no regular file"
}

func fileProblem(problem *issue) string {
	if problem == nil {
		return ""
	}
	return problem.message
}
