package nspkg

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// noise returns n bytes that do not compress, always the same.
func noise(n int) string {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(data)
	return string(data)
}

// source returns n bytes that compress about as source code does.
func source(n int, seed uint64) string {
	words := strings.Fields("def return import self async await for in if else None True False device devices plugin org_id connection await pool fetch execute name value status error")
	random := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for b.Len() < n {
		fmt.Fprintf(&b, "%s%s_%d(%s, %s)\n", strings.Repeat("    ", random.IntN(4)), words[random.IntN(len(words))],
			random.IntN(500), words[random.IntN(len(words))], words[random.IntN(len(words))])
	}
	return b.String()[:n]
}

// BenchmarkWrite packs trees of the sizes that performance.md measures; "large"
// is left to the script that runs other packers beside this one.
func BenchmarkWrite(b *testing.B) {
	for _, size := range []struct {
		name         string
		files, bytes int
	}{{"small", 12, 1_700}, {"medium", 2_000, 29_500}} {
		b.Run(size.name, func(b *testing.B) {
			files := map[string]string{"manifest.json": "{}"}
			for i := range size.files - 1 {
				files[fmt.Sprintf("service/package%d/module%d.py", i%40, i)] = source(size.bytes, uint64(i))
			}
			dir := plant(b, files)
			output := filepath.Join(b.TempDir(), "out.nspkg")
			b.SetBytes(int64(size.files * size.bytes))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Write(b.Context(), Options{Dir: dir, Output: output}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
