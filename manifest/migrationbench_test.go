package manifest

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// hostileSQL is SQL that costs most, so many bytes of each.
func hostileSQL(size int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, size/len(s)+1)[:size] }
	var tags strings.Builder
	for n := 0; tags.Len() < size; n++ {
		fmt.Fprintf(&tags, "$a%d$ ", n)
	}
	return map[string]string{
		"dollars":           fill("$"),
		"comments":          fill("/*"),
		"slashes":           fill("/*/"),
		"comment pairs":     fill("/**/"),
		"line comments":     fill("--\n"),
		"down marks":        fill("-- migrate:down\n;x;"),
		"parentheses":       fill("("),
		"closers":           fill(")"),
		"closers apart":     fill(");"),
		"quotes":            fill("'"),
		"odd quotes":        fill("'") + "'",
		"double quotes":     fill(`"`),
		"escapes":           fill(`E'\'`),
		"backslashes":       fill(`\`),
		"commands":          fill("\\i x\n"),
		"semicolons":        fill(";"),
		"transactions":      fill("BEGIN;"),
		"pairs":             fill("BEGIN;COMMIT;"),
		"dollar tags":       tags.String(),
		"tag without end":   "$" + fill("a"),
		"copies":            fill("COPY a FROM STDIN;\n"),
		"copies with data":  fill("COPY a FROM STDIN;\n\\.\n"),
		"vacuum":            fill("VACUUM;"),
		"other schemas":     fill("DROP TABLE plugin_other.a;"),
		"points":            fill("plugin_a."),
		"hyphens":           fill("plugin-a-b-"),
		"many schemas":      manySchemas(size),
		"schema lists":      "DROP SCHEMA " + fill("plugin_x,"),
		"schemas":           fill("SCHEMA "),
		"search paths":      fill("search_path="),
		"bodies in bodies":  "DO $a$ EXECUTE $b$ EXECUTE $c$" + fill("plugin_x.y ") + "$c$ $b$ $a$",
		"created in public": fill("CREATE TABLE public.a();"),
		"BEGIN ATOMIC":      "CREATE FUNCTION f() BEGIN ATOMIC " + fill("CASE "),
		"words":             fill("plugin "),
		"bytes":             fill("\xff"),
		"zeros":             fill("\x00a;"),
		"texts of a schema": "CREATE SCHEMA app;" + fill("SELECT 'app.a app.b';"),
	}
}

func manySchemas(size int) string {
	var b strings.Builder
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, "CREATE SCHEMA a%d; DROP TABLE plugin_%d.a;\n", n, n)
	}
	return b.String()
}

// ordinarySQL is what authors write.
func ordinarySQL(size int) string {
	const one = "-- alerts\nCREATE TABLE IF NOT EXISTS plugin_notice.alerts_%d (\n    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),\n    severity TEXT NOT NULL CHECK (severity IN ('info', 'warning')),\n    created_at TIMESTAMPTZ NOT NULL DEFAULT now()\n);\n"
	var b strings.Builder
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, one, n)
	}
	return b.String()
}

func withMigration(t testing.TB, sql string) fstest.MapFS {
	fsys := plugin(complete(t))
	fsys["migrations/001_initial_schema.sql"] = &fstest.MapFile{Data: []byte(sql)}
	return fsys
}

// BenchmarkMigrations is one validation with a MiB of SQL.
func BenchmarkMigrations(b *testing.B) {
	texts := hostileSQL(1 << 20)
	texts["ordinary"] = ordinarySQL(1 << 20)
	for _, name := range sortedKeys(texts) {
		fsys := withMigration(b, texts[name])
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Check(fsys, Options{})
			}
		})
	}
}
