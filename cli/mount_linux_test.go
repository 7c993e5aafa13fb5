package cli

import (
	"fmt"
	"syscall"
)

// mount puts a file system of so many pages at folder.
func mount(folder string, pages int) error {
	return syscall.Mount("tmpfs", folder, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0755", pages*4096))
}
