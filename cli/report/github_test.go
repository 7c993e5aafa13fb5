package report

import (
	"strings"
	"testing"

	"github.com/netstacks/netstacks-plugin/manifest"
)

func TestGitHubAnnotatesTheFiles(t *testing.T) {
	r := handmade()
	got := written(t, "github", r, Options{Folder: "plugins/mine"})
	want := []string{
		`::error file=plugins/mine/manifest.json,title=service/Dockerfile exists::service/Dockerfile is missinga `,
		`::error file=plugins/mine/manifest.json,line=9,col=11,endLine=9,endColumn=13,title=NSP2016%3A port::port is 80, the Controller takes another%0Afix: write "port": 8080`,
		`::error file=plugins/mine/manifest.json,line=9,col=11,endLine=9,endColumn=13,title=NSP2016%3A port::port is 80, the Controller takes another%0Afix: write "port": 8080`,
		`::warning file=plugins/mine/migrations/a b%3Ac%25é%0A.sql,title=NSP2016%3A port::a <b>&"' %2525 ]]> ::error::x` + "\ufffe\uFFFD z",
		`::notice file=plugins/mine/manifest.json,line=2,endLine=4,title=X9::port is 80, the Controller takes another`,
		`netstacks-plugin validate my-plugin: 7/8 checks passed, 2 errors, 1 warning, 1 info, 1 waived`,
	}
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	if len(lines) != len(want) {
		t.Fatalf("got\n%s", got)
	}
	for i, line := range lines {
		if line != want[i] && !(i == 0 && strings.HasPrefix(line, want[i])) {
			t.Errorf("line %d is\n%q, want\n%q", i+1, line, want[i])
		}
	}
}

func TestGitHubHasOneLineForEachFinding(t *testing.T) {
	every(t, func(t *testing.T, name string, r manifest.Report) {
		lines := strings.Split(strings.TrimSuffix(written(t, "github", r, Options{}), "\n"), "\n")
		if want := len(unspoken(r)) + len(r.Findings) + 1; len(lines) != want {
			t.Fatalf("%s: %d lines, want %d", name, len(lines), want)
		}
		for _, line := range lines[:len(lines)-1] {
			if !strings.HasPrefix(line, "::error file=") && !strings.HasPrefix(line, "::warning file=") && !strings.HasPrefix(line, "::notice file=") {
				t.Fatalf("%s: %q is no command", name, line)
			}
		}
		if strings.HasPrefix(lines[len(lines)-1], "::") {
			t.Fatalf("%s: the last line is %q", name, lines[len(lines)-1])
		}
	})
}

func TestEveryReportThatFailsShowsAnErrorOnGitHub(t *testing.T) {
	every(t, func(t *testing.T, name string, r manifest.Report) {
		text := written(t, "github", r, Options{})
		if name != "handmade" && r.OK == strings.Contains(text, "::error ") {
			t.Fatalf("%s: ok is %v, and the commands are\n%s", name, r.OK, text)
		}
	})
}
