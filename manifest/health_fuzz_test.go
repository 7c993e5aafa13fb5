package manifest

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// FuzzHealthCommand holds the reader of health commands to its promises on any
// text: every place lies inside the command, and every fix is one that works.
func FuzzHealthCommand(f *testing.F) {
	for _, c := range realCommands {
		f.Add(c.command)
	}
	for _, text := range []string{"$(", "`", "${", "$((", "a'", `"\`, "<(", "&>", "((((((((((", strings.Repeat("$(", 100), strings.Repeat("sh -c '", 20), "\\\r\n", "[[", "http://[", "curl http://@:/", "nc -z a"} {
		f.Add(text)
	}
	base := complete(f)
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		h, ok := readHealth(text)
		if took := time.Since(start); took > 2*time.Second {
			t.Fatalf("%q took %s", text, took)
		}
		for _, c := range h.commands {
			for _, w := range append(c.words, c.files...) {
				if w.start < 0 || w.end < w.start || w.end > len(text) || len(w.at) != len(w.text) {
					t.Fatalf("%q: the word %+v", text, w)
				}
			}
		}
		for _, p := range h.probes {
			for _, s := range []span{p.portAt, p.hostAt, p.pathAt} {
				if s.from < 0 || s.to < s.from || s.to > len(text) {
					t.Fatalf("%q: the probe %+v", text, p)
				}
			}
		}
		if !ok || len(text) > 1000 {
			return
		}
		quoted := jsonText(text)
		dockerfiles := []string{"FROM python:3.12-slim\n", "FROM alpine\n", "FROM ubuntu"}
		fsys := plugin(strings.Replace(base, `"`+pythonProbe+`"`, quoted, 1))
		fsys[dockerfileName] = &fstest.MapFile{Data: []byte(dockerfiles[len(text)%len(dockerfiles)])}
		once := Repair(fsys, Options{}, true)
		for _, finding := range once.Report.Findings {
			if finding.Message == "" || finding.Line < 0 || strings.ContainsAny(finding.Message+finding.Found, "\n\x1b") {
				t.Fatalf("%q: %+v", text, finding)
			}
		}
		if len(once.Applied) == 0 {
			return
		}
		for _, c := range once.Changes {
			fsys[c.File] = &fstest.MapFile{Data: c.After}
		}
		if twice := Repair(fsys, Options{}, true); len(twice.Applied) != 0 {
			t.Fatalf("%q: a second repair made %+v", text, twice.Applied)
		}
	})
}

// FuzzDockerfile holds the reader of Dockerfiles to its promises on any text.
func FuzzDockerfile(f *testing.F) {
	for _, d := range realDockerfiles {
		f.Add([]byte(d.dockerfile))
	}
	f.Add([]byte("ARG A=" + strings.Repeat("x", 400) + "\nARG B=$A$A$A$A\nARG C=$B$B$B$B\nFROM $C\n"))
	f.Add([]byte("FROM debian\nRUN " + strings.Repeat("'a'", 3000) + "\n"))
	base := strings.Replace(complete(f), pythonProbe, sample, 1)
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		b := readDockerfile(data).image
		if took := time.Since(start); took > 2*time.Second {
			t.Fatalf("%q took %s", data, took)
		}
		if b == nil {
			return
		}
		if b.behind < 1 || b.behind > len(newSource(data).lines) || b.base == "" {
			t.Fatalf("%q: %+v", data, b)
		}
		fsys := plugin(base)
		fsys[dockerfileName] = &fstest.MapFile{Data: data}
		for _, finding := range Check(fsys, Options{}).Findings {
			for _, fix := range finding.Fixes {
				with(t, fsys, fix)
			}
		}
	})
}
