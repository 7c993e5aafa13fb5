package netstacks_test

import (
	"os"
	"strings"
	"testing"
)

func TestTheSampleOfTheReadmeIsTheOneThatIsRun(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sample, err := os.ReadFile("examples/sample/main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(sample), "package main")
	if !strings.Contains(string(readme), "```go\npackage main"+code+"```") {
		t.Error("README.md shows another program than examples/sample/main.go")
	}
}
