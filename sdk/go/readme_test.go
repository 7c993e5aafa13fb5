package netstacks_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func TestTheSampleOfTheDocumentationIsTheOneThatIsRun(t *testing.T) {
	sample, err := os.ReadFile("examples/sample/main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(sample), "package main")
	for _, page := range []string{"README.md", "../../docs/sdk.md"} {
		text, err := os.ReadFile(page)
		if errors.Is(err, fs.ErrNotExist) && page != "README.md" {
			t.Log("this module was taken out of its repository: no", page)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "```go\npackage main"+code+"```") {
			t.Errorf("%s shows another program than examples/sample/main.go", page)
		}
	}
}
