package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestBumpCountsAsSemanticVersioningDoes(t *testing.T) {
	tests := []struct{ version, patch, minor, major string }{
		{"1.0.0", "1.0.1", "1.1.0", "2.0.0"},
		{"1.2.3", "1.2.4", "1.3.0", "2.0.0"},
		{"0.0.0", "0.0.1", "0.1.0", "1.0.0"},
		{"0.9.9", "0.9.10", "0.10.0", "1.0.0"},
		{"9.99.999", "9.99.1000", "9.100.0", "10.0.0"},
		{"1.0.0-rc.1", "1.0.0", "1.0.0", "1.0.0"},
		{"1.2.0-alpha", "1.2.0", "1.2.0", "2.0.0"},
		{"1.2.3-beta.2", "1.2.3", "1.3.0", "2.0.0"},
		{"2.0.0--", "2.0.0", "2.0.0", "2.0.0"},
		{"1.0.0+build.7", "1.0.1", "1.1.0", "2.0.0"},
		{"1.0.0-rc.1+build.7", "1.0.0", "1.0.0", "1.0.0"},
		{"999999999999999.0.0", "999999999999999.0.1", "999999999999999.1.0", "1000000000000000.0.0"},
	}
	for _, tt := range tests {
		for part, want := range map[Part]string{PartPatch: tt.patch, PartMinor: tt.minor, PartMajor: tt.major} {
			b, err := Index([]byte(`{"version": "` + tt.version + `"}`)).Bump(part)
			if err != nil || b.New != want || b.Old != tt.version {
				t.Errorf("%s of %s: %+v, %v; want %s", part, tt.version, b, err, want)
			}
		}
	}
}

func TestBumpWritesTheTagWhereItIsTheVersion(t *testing.T) {
	tests := []struct{ name, version, image, want, note string }{
		{"the version", "1.0.0", "netstacks-plugin-a:1.0.0", "netstacks-plugin-a:1.0.1", ""},
		{"with a v", "1.0.0", "a:v1.0.0", "a:v1.0.1", ""},
		{"of a registry with a port", "1.0.0", "ghcr.io:5000/acme/a:1.0.0", "ghcr.io:5000/acme/a:1.0.1", ""},
		{"a name that holds the version", "1.0.0", "a-1.0.0:1.0.0", "a-1.0.0:1.0.1", ""},
		{"a pre-release", "1.0.1-rc.1", "a:1.0.1-rc.1", "a:1.0.1", ""},
		{"a build, whose plus no tag can hold", "1.0.0+7", "a:1.0.0_7", "a:1.0.1", ""},
		{"another tag", "1.0.0", "a:stable", "a:stable", `image has the tag "stable", which was not the version`},
		{"a tag that begins as the version does", "1.0.0", "a:1.0.0-slim", "a:1.0.0-slim", "was not the version"},
		{"the new version already", "1.0.0", "a:1.0.1", "a:1.0.1", "already"},
		{"no tag", "1.0.0", "ghcr.io:5000/a", "ghcr.io:5000/a", `the specification's tag is the version: "ghcr.io:5000/a:1.0.1"`},
		{"a digest", "1.0.0", "a@sha256:" + strings.Repeat("0", 64), "a@sha256:" + strings.Repeat("0", 64), "image names a digest"},
		{"a digest beside the version", "1.0.0", "a:1.0.0@sha256:" + strings.Repeat("0", 64), "a:1.0.0@sha256:" + strings.Repeat("0", 64), "image names a digest"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := fmt.Sprintf("{\"version\": %q, \"image\": %q}", tt.version, tt.image)
			b, err := Index([]byte(text)).Bump(PartPatch)
			if err != nil || b.OldImage != tt.image || b.NewImage != tt.want || (tt.note == "") != (b.ImageNote == "") || !strings.Contains(b.ImageNote, tt.note) {
				t.Fatalf("%+v, %v", b, err)
			}
			after, err := ApplyEdits([]byte(text), b.Edits)
			if want := fmt.Sprintf("{\"version\": %q, \"image\": %q}", "1.0.1", tt.want); err != nil || string(after) != want {
				t.Errorf("%s, %v; want %s", after, err, want)
			}
		})
	}
}

func TestBumpSaysWhyThereIsNoNextVersion(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no version", `{"image": "a:1"}`, `manifest.json has no version (NSP2001); add "version": "1.0.0"`},
		{"two parts", "{\n  \"version\": \"1.0\"}", `manifest.json:2:14: version is the text "1.0", which is not a semantic version (NSP2011); write X.Y.Z`},
		{"a v", `{"version": "v1.0.0"}`, "not a semantic version (NSP2011)"},
		{"a leading zero", `{"version": "1.02.3"}`, "not a semantic version (NSP2011)"},
		{"blanks around it", `{"version": " 1.0.0"}`, "not a semantic version (NSP2011)"},
		{"an empty pre-release", `{"version": "1.0.0-"}`, "not a semantic version (NSP2011)"},
		{"empty", `{"version": ""}`, "not a semantic version (NSP2011)"},
		{"a number", `{"version": 1.0}`, "version is 1.0, which is no text (NSP2011)"},
		{"null", `{"version": null}`, "which is no text (NSP2011)"},
		{"a number that nobody counts to", `{"version": "1.0.9999999999999999"}`, "too large to be raised"},
		{"a version that is given twice", "{\n\"version\": \"1.0.0\",\n\"version\": \"1.0.0\"}", `the key "version" 2 times, in the lines 2, 3 (NSP1014); leave one of them`},
		{"an image that is given twice", `{"version": "1.0.0", "image": "a:1.0.0", "image": "a:1.0.0"}`, `the key "image" 2 times`},
		{"a list", `[1]`, "cannot be read as a JSON object"},
		{"a list around it", `[{"version": "1.0.0"}]`, "cannot be read as a JSON object"},
		{"nothing", ``, "cannot be read as a JSON object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if b, err := Index([]byte(tt.text)).Bump(PartMinor); err == nil || !strings.Contains(err.Error(), tt.want) || len(b.Edits) > 0 {
				t.Errorf("%+v, %v; want %s", b, err, tt.want)
			}
		})
	}
	if _, err := Index([]byte(`{"version": "1.0.0"}`)).Bump("micro"); err == nil || !strings.Contains(err.Error(), "patch, minor or major") {
		t.Errorf("an unknown part: %v", err)
	}
}

// TestBumpChangesNothingButVersionAndTag makes manifests of every formatting, and looks at each
// byte around the two places.
func TestBumpChangesNothingButVersionAndTag(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 9))
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	escaped := func(text string) string { // some characters as JSON escapes
		var b strings.Builder
		for _, r := range text {
			if random.IntN(6) == 0 {
				fmt.Fprintf(&b, `\u%04x`, r)
			} else {
				b.WriteRune(r)
			}
		}
		return b.String()
	}
	for range 2000 {
		gap := func() string { return pick("", " ", "\n", "\r\n\t", "\n    ") }
		version, v := pick("1.2.3", "0.0.9", "10.20.30-rc.1"), pick("", "v")
		before, between, after := gap()+`"description": "version 1.2.3, a:1.2.3 …",`, ","+gap()+`"port":8080,`, ","+gap()+`"x": {"version": "1.2.3", "image": "a:1.2.3"}`+gap()+"}"+gap()
		bom := pick("", "", "\ufeff")
		first := func(text string) string { return gap() + `"version"` + gap() + `:` + gap() + `"` + text + `"` }
		second := func(text string) string {
			return gap() + `"image":` + gap() + `"` + escaped("a-"+version) + `:` + text + `"`
		}
		one, two := first("\x00"), second("\x01")
		if random.IntN(2) == 0 {
			one, two = two, one
		}
		frame := bom + "{" + before + one + between + two + after
		fill := func(version, tag string) []byte {
			return []byte(strings.NewReplacer("\x00", version, "\x01", tag).Replace(frame))
		}
		text := fill(escaped(version), escaped(v+version))
		b, err := Index(text).Bump(Parts[random.IntN(3)])
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, err := ApplyEdits(text, b.Edits)
		if want := fill(b.New, v+b.New); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%v\n%s\ngot\n%s\nwant\n%s", err, text, got, want)
		}
		var m Manifest
		if err := json.Unmarshal(bytes.TrimPrefix(got, byteOrderMark), &m); err != nil || m.Version != b.New || m.Image != "a-"+version+":"+v+b.New || m.Image != b.NewImage {
			t.Fatalf("%s reads as version %q, image %q (%v)", got, m.Version, m.Image, err)
		}
	}
}

func TestManifestIsCheckedBeforeAnybodyWritesIt(t *testing.T) {
	valid := complete(t)
	fsys := plugin(valid)
	changed := strings.Replace(valid, `"version": "1.0.0"`, `"version": "1.0"`, 1)
	r := Check(fsys, Options{Manifest: []byte(changed)})
	if r.OK || string(r.Source) != changed || r.Score.Passed != r.Score.Total-1 {
		t.Errorf("%+v", r.Findings)
	}
	if !Check(fsys, Options{}).OK {
		t.Error("what is on disk is no longer in order")
	}
}
