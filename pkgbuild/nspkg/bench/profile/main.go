// Command profile packs plugin folders and writes where the processor's time went. From
// default.pgo, beside main.go, the compiler learns which code of the program is worth most to
// be quick: packing takes 5 % less of the processor's time.
//
//	netstacks-plugin new notice --yes --output-dir /tmp/plugins
//	go run ./pkgbuild/nspkg/bench/trees /tmp/plugins/notice /tmp/trees
//	go run ./pkgbuild/nspkg/bench/profile default.pgo /tmp/trees/medium /tmp/trees/large
//
// A profile stays good for long, and gives the same program everywhere: it is made anew when
// packing has changed much.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// enough is how long is packed: longer changes the profile no more.
const enough = 20 * time.Second

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "profile: name the profile to write, and folders of plugins")
		os.Exit(2)
	}
	if err := profile(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "profile:", err)
		os.Exit(1)
	}
}

func profile(name string, folders []string) (err error) {
	to, err := os.MkdirTemp("", "profile-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(to)) }()
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	for start := time.Now(); time.Since(start) < enough; {
		for _, folder := range folders {
			manifest.Check(os.DirFS(folder), manifest.Options{})
			scan, err := nspkg.NewSecretScan(folder)
			if err != nil {
				return err
			}
			if _, err := nspkg.Write(context.Background(), nspkg.Options{Dir: folder, Output: filepath.Join(to, "x"+nspkg.Extension), Inspector: scan}); err != nil {
				return err
			}
		}
	}
	return nil
}
