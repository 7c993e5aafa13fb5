// Release packs this module as the go command fetches it: a folder that serves as a
// GOPROXY. It packs what git knows or would add.
//
//	go run ./internal/release FOLDER
package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	netstacks "github.com/netstacks/netstacks-plugin/sdk/go"
)

const (
	module  = "github.com/netstacks/netstacks-plugin/sdk/go"
	version = "v" + netstacks.Version
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run ./internal/release FOLDER")
	}
	if err := pack(filepath.Join(os.Args[1], filepath.FromSlash(module), "@v")); err != nil {
		log.Fatal(err)
	}
	fmt.Println(module + "@" + version)
}

// pack writes the four files of a version.
func pack(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	definition, err := os.ReadFile("go.mod")
	if err != nil {
		return fmt.Errorf("run it in the folder of go.mod: %w", err)
	}
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Now().UTC()})
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": definition} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return archive(filepath.Join(folder, version+".zip"))
}

func archive(name string) error {
	listed, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	for path := range strings.SplitSeq(strings.TrimRight(string(listed), "\x00"), "\x00") {
		content, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue // git has it, and this folder no longer
		}
		if err != nil {
			return err
		}
		entry, err := archive.Create(module + "@" + version + "/" + path)
		if err != nil {
			return err
		}
		if _, err := entry.Write(content); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return file.Close()
}
