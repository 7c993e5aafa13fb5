// Netstacks-plugin is the place where people write plugins for NetStacks: a
// full-screen Studio, and the same powers as headless commands.
package main

import (
	"os"

	"github.com/netstacks/netstacks-plugin/cli"
)

func main() { os.Exit(cli.Main()) }
