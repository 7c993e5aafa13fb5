// Guarded links bubbletea as the real binary does, behind quietstart, and says
// what it finds when main is reached.
package main

import (
	"fmt"
	"os"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/netstacks/netstacks-plugin/internal/quietstart"
)

var _ tea.Msg

func init() { quietstart.Restore() }

func main() {
	ci, set := os.LookupEnv("CI")
	fmt.Printf("CI=%q set=%t profile=%s\n", ci, set, lipgloss.ColorProfile().Name())
	fmt.Println("main reached")
}
