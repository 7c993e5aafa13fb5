package nspkg

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
)

// opener opens files of a plugin directory from their own folder, which stays open
// for those that follow. From the top, each of the folders above would be opened
// again for each file, which costs more than reading it.
type opener struct {
	root   *os.Root
	folder *os.Root // of the file that was opened last; nil for none
	name   string   // of folder, with a slash at its end
}

// open is openFile. What its own folder alone does not lead to, such as a link to another
// one, is opened from the top.
func (o *opener) open(name string) (*os.File, fs.FileInfo, error) {
	dir, base := path.Split(name)
	if dir == "" {
		return openFile(o.root, name)
	}
	if o.folder == nil || o.name != dir {
		o.close()
		folder, err := o.root.OpenRoot(filepath.FromSlash(dir))
		if err != nil {
			return nil, nil, err
		}
		o.folder, o.name = folder, dir
	}
	if file, info, err := openFile(o.folder, base); err == nil {
		return file, info, nil
	}
	return openFile(o.root, name)
}

func (o *opener) close() {
	if o.folder != nil {
		_ = o.folder.Close() // it was only read from
		o.folder = nil
	}
}

// openFile opens a regular file for reading. It does not wait for the other end,
// should a named pipe have taken the file's place since it was listed.
func openFile(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	file, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("no longer a regular file")
	}
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return file, info, nil
}
