package manifest

import (
	"encoding/json"
	"strings"
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

// BenchmarkCheckWithFixes is one validation in watch mode of a manifest with
// ten findings, each with a fix that has to be tried.
func BenchmarkCheckWithFixes(b *testing.B) {
	fsys := plugin(tenFindings(b))
	b.ReportAllocs()
	for b.Loop() {
		if n := len(Check(fsys, Options{}).Findings); n != 10 {
			b.Fatalf("%d findings", n)
		}
	}
}

// tenFindings is the complete manifest with ten mistakes of different kinds.
func tenFindings(t testing.TB) string {
	return strings.NewReplacer(
		`"name": "notice"`, `"name": "My_Notice"`,
		`"version": "1.0.0"`, `"version": "v1.0.0"`,
		`"author"`, `"Author"`,
		`"port": 8080`, `"port": "8080"`,
		`"cpu_limit": 0.5`, `"cpu_limit": "500m"`,
		`268435456`, `"256MB"`,
		`"interval_seconds": 30,`, `"interval_seconds": 4,`,
		`"data_endpoint": "/admin/sources"`, `"data_endpoint": "admin/sources"`,
		`"PUT"`, `"put"`,
		`"/openapi.json"`, `"openapi.json"`,
	).Replace(complete(t))
}

func TestTheTenFindingsOfTheBenchmarkHaveFixes(t *testing.T) {
	for _, f := range Check(plugin(tenFindings(t)), Options{}).Findings {
		if len(f.Fixes) == 0 {
			t.Errorf("no fix for %+v", f)
		}
	}
}
