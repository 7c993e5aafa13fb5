package manifest

import (
	"encoding/json"
	"testing"
)

// BenchmarkCheck is one validation in watch mode: all checks, the schema and
// the rules beyond it, on a manifest of 80 lines.
func BenchmarkCheck(b *testing.B) {
	fsys := plugin(complete(b))
	Check(fsys, Options{}) // makes the schema ready
	b.ReportAllocs()
	for b.Loop() {
		if !Check(fsys, Options{}).OK {
			b.Fatal("not OK")
		}
	}
}

// BenchmarkDecodeOnly is what encoding/json alone needs for the same bytes.
func BenchmarkDecodeOnly(b *testing.B) {
	data := []byte(complete(b))
	b.ReportAllocs()
	for b.Loop() {
		var m Manifest
		if err := json.Unmarshal(data, &m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSchemaReady is the price of the first validation in a process.
func BenchmarkSchemaReady(b *testing.B) {
	for b.Loop() {
		prepareSchema()
	}
}
