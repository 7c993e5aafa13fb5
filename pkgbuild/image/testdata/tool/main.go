// Command tool is the only program of the test images. Its arguments are done
// in order: "out=text" and "err=text" print a line, "cat=path" prints a file,
// "exit=3" ends the process, "hang" waits until it is killed.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	for _, arg := range os.Args[1:] {
		what, value, _ := strings.Cut(arg, "=")
		switch what {
		case "out":
			fmt.Println(value)
		case "err":
			fmt.Fprintln(os.Stderr, value)
		case "cat":
			data, err := os.ReadFile(value)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			fmt.Print(string(data))
		case "exit":
			code, _ := strconv.Atoi(value)
			os.Exit(code)
		case "hang":
			time.Sleep(time.Hour)
		}
	}
}
