// Unguarded links bubbletea without quietstart: what the guard is there for.
package main

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"
)

var _ tea.Msg

func main() { fmt.Println("main reached") }
