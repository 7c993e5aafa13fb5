package ui

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/muesli/termenv"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// BenchmarkManifestFrame is a key and the frame it makes, on a small manifest,
// on one of 45,000 lines, and on one of 1 MB in a single line. Goal: 0.5 ms each.
func BenchmarkManifestFrame(b *testing.B) {
	long := strings.Repeat("  \"a line\": true,\n", 45000)
	for _, c := range []struct{ name, source string }{
		{"small", sampleSource},
		{"lines", "{\n" + long + "  \"port\": 80\n}\n"},
		{"oneline", "{" + strings.ReplaceAll(long, "\n", "") + "\"port\": 80}"},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := manifest.Check(fstest.MapFS{manifest.FileName: {Data: []byte(c.source)}}, manifest.Options{})
			if r.Lines(manifest.FileName) == 0 || len(r.Findings) == 0 {
				b.Fatal("there is nothing to draw")
			}
			sn := sampleFresh()
			sn.Manifest.Report, sn.Manifest.Source = r, r.Source
			o, err := Options{
				In: strings.NewReader(""), Out: io.Discard, Dir: "/", Now: func() time.Time { return sampleNow },
				Open: func(context.Context, string) (Project, error) { return nil, ErrNoProject },
			}.complete()
			if err != nil {
				b.Fatal(err)
			}
			root := newRoot(context.Background(), o)
			root.renderer.SetColorProfile(termenv.TrueColor)
			root.setTheme(true)
			root.ready = true
			root.resize(120, 40)
			root.Update(projectOpenedMsg{dir: "/", project: newSampleProject(sn)})
			root.current = pageManifest
			keys := []string{"J", "pgdown", "down", "K", "end", "pgup", "up"}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				root.Update(keyMsg(keys[i%len(keys)]))
				if root.View() == "" {
					b.Fatal("no frame")
				}
				i++
			}
		})
	}
}
