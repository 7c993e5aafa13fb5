package runner

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/image"
	"github.com/jackc/pgx/v5"

	"github.com/netstacks/netstacks-plugin/internal/needs"
)

// withDatabase is a rig whose plugin has the generated project's migration.
func withDatabase(t *testing.T) *rig {
	t.Helper()
	needs.Images(t, needs.PostgresImage)
	r := newRig(t, "serve")
	schema := r.o.Manifest.SchemaName()
	r.migrations(map[string]string{
		"001_initial_schema.sql": "-- starter\nCREATE SCHEMA IF NOT EXISTS " + schema + ";\n\n" +
			"CREATE TABLE " + schema + ".items (\n    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),\n    name TEXT NOT NULL\n);\n",
		"002_more.sql": "CREATE TABLE more (n INT);\nDO $$ BEGIN INSERT INTO more VALUES (1), (2); END $$;\n",
		"notes.txt":    "no migration",
	})
	return r
}

func TestPluginUsesItsDatabaseAndNothingElse(t *testing.T) {
	t.Parallel()
	r := withDatabase(t)
	r.o.DatabasePassword = "it's 5 o'clock / @home" // needs quoting in SQL and in the URL
	i := r.start()
	var applied []string
	for _, e := range r.recorded() {
		if e.Kind == EventMigration {
			applied = append(applied, e.Migration)
		}
	}
	if want := []string{"migrations/001_initial_schema.sql", "migrations/002_more.sql"}; !slices.Equal(applied, want) {
		t.Errorf("applied %q, want %q", applied, want)
	}
	ctx := context.Background()
	admin, err := i.s.connect(ctx, adminUser, i.s.database.adminPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(ctx, admin)
	if _, err := admin.Exec(ctx, "CREATE SCHEMA plugin_other; CREATE TABLE plugin_other.secrets (s TEXT); CREATE TABLE public.core (c TEXT)"); err != nil {
		t.Fatal(err)
	}
	r.serving()
	schema := i.Schema()
	const denied = "42501"
	for statement, want := range map[string]string{
		"SELECT current_user":                    "ok " + schema,
		"SHOW search_path":                       "ok " + schema + ", public",
		"SELECT count(*) FROM more":              "ok 2",
		"INSERT INTO items (name) VALUES ('a')":  "ok",
		"CREATE TABLE later (n INT)":             "ok",
		"CREATE TEMPORARY TABLE scratch (n INT)": "ok",
		"SELECT * FROM plugin_other.secrets":     denied,
		"CREATE TABLE plugin_other.mine (n INT)": denied,
		"DROP SCHEMA plugin_other CASCADE":       denied,
		"SELECT * FROM public.core":              denied,
		"CREATE TABLE public.mine (n INT)":       denied,
		"CREATE SCHEMA mine":                     denied,
		"SELECT * FROM pg_authid":                denied,
		"SET ROLE netstacks":                     denied,
		"CREATE ROLE mine":                       denied,
		"ALTER ROLE " + schema + " SUPERUSER":    denied,
		"COPY more FROM PROGRAM 'id'":            denied,
		"SELECT pg_read_file('/etc/passwd')":     denied,
		"CREATE EXTENSION pgcrypto":              denied,
		"CREATE DATABASE mine":                   denied,
		"SELECT lo_import('/etc/passwd')":        denied,
		"ALTER SYSTEM SET fsync = on":            denied,
	} {
		if got := ask(t, i, "/sql", statement); got != want {
			t.Errorf("%s: got %q, want %q", statement, got, want)
		}
	}
	r.stop(i)
}

func TestDatabaseContainerIsPrivateAndKeepsNothing(t *testing.T) {
	t.Parallel()
	r := withDatabase(t)
	i := r.start()
	info, err := r.eng.API.ContainerInspect(context.Background(), databaseName(r.o.Manifest.Name))
	if err != nil {
		t.Fatal(err)
	}
	if len(info.HostConfig.PortBindings) > 0 || len(info.HostConfig.Tmpfs) == 0 {
		t.Errorf("host configuration: %+v", info.HostConfig)
	}
	if aliases := info.NetworkSettings.Networks[r.o.Network].Aliases; !slices.Contains(aliases, "db") {
		t.Errorf("aliases: %q", aliases)
	}
	r.serving()
	if hosts := ask(t, i, "/hosts", ""); !strings.Contains(hosts, i.s.database.ip+"\tdb") || !strings.Contains(hosts, i.s.relay.ip+"\tnetstacks-api") {
		t.Errorf("/etc/hosts:\n%s", hosts)
	}
}

func TestFailedMigrationIsLocatedAndRemovesEverything(t *testing.T) {
	t.Parallel()
	r := withDatabase(t)
	r.migrations(map[string]string{"001.sql": "CREATE TABLE a (n INT);\n\nCREATE TABLE a (n INT);\n"})
	_, err := Start(context.Background(), r.o)
	var failed *MigrationError
	if !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	if want := `migrations/001.sql:3: relation "a" already exists (SQLSTATE 42P07)`; failed.Error() != want {
		t.Errorf("got  %s\nwant %s", failed, want)
	}
	if left := r.leftovers(); len(left) > 0 {
		t.Errorf("left on the engine: %q", left)
	}
	r.await("failed step", func(e Event) bool { return e.Kind == EventStepFailed && e.Step == StepMigrate })
}

func TestMigrationFailuresAreLocated(t *testing.T) {
	t.Parallel()
	r := withDatabase(t)
	i := r.start()
	ctx := context.Background()
	if _, err := i.s.mustAdmin(t).Exec(ctx, "CREATE TABLE public.core (c TEXT)"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ sql, want string }{
		"syntax error at the end":       {"SELECT 1;\n-- é\nSELECT 2;\nSELEC 3;", "m.sql:4: syntax error"},
		"unknown column, with position": {"CREATE TABLE b (n INT);\nSELECT\n  missing\nFROM b;", "m.sql:3: column"},
		"foreign table":                 {"SELECT 1;\n\n/* ; */ SELECT * FROM public.core;", "m.sql:3: permission denied"},
		"division by zero":              {"SELECT ';';\nDO $x$ BEGIN\n  PERFORM 1;\nEND $x$;\n  SELECT 1/0;", "m.sql:5: division by zero"},
		"transaction ended":             {"CREATE TABLE c (n INT);\nCOMMIT;", "m.sql: the file ends the transaction"},
		"transaction replaced":          {"COMMIT;\nBEGIN;\nSELECT 1;", "m.sql: the file ends the transaction"},
		"concurrent index":              {"CREATE TABLE d (n INT);\nCREATE INDEX CONCURRENTLY ON d (n);", "m.sql:2: CREATE INDEX CONCURRENTLY cannot run inside a transaction block (SQLSTATE 25001)\nhint: every migration"},
		"data after COPY":               {"CREATE TABLE e (n INT);\nCOPY e FROM STDIN;\n1\n\\.\n", "m.sql:2: COPY ... FROM STDIN needs psql"},
		"nothing but comments":          {"-- nothing\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := i.s.connect(ctx, i.s.database.schema, i.s.database.password)
			if err != nil {
				t.Fatal(err)
			}
			defer closeQuietly(ctx, conn)
			err = migration{path: "m.sql", sql: c.sql}.apply(ctx, conn)
			if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	for _, table := range []string{"b", "d", "e"} {
		var exists bool
		if err := i.s.mustAdmin(t).QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", i.Schema()+"."+table).Scan(&exists); err != nil || exists {
			t.Errorf("table %s of a failed migration exists: %v, error %v", table, exists, err)
		}
	}
}

// The right to create a schema, which the generated first line needs, is not
// one to create others.
func TestMigrationThatLeavesItsOwnSchemaIsRefused(t *testing.T) {
	t.Parallel()
	r := withDatabase(t)
	i := r.start()
	ctx := context.Background()
	admin, schema := i.s.mustAdmin(t), i.Schema()
	for name, c := range map[string]struct {
		sql    string
		line   int
		schema string
	}{
		"another schema":         {"CREATE TABLE kept (n INT);\ncreate schema other; create table other.x(i int);", 2, "other"},
		"a name to be quoted":    {"-- create schema\n\nCREATE SCHEMA \"Other one\";", 3, `"Other one"`},
		"if it does not exist":   {"CREATE SCHEMA IF NOT EXISTS plugin_other;", 1, "plugin_other"},
		"own schema renamed":     {"SELECT 1;\nALTER SCHEMA " + schema + " RENAME TO other;", 2, "other"},
		"out of sight":           {"SELECT 1;\nDO $$ BEGIN\n EXECUTE 'create sch' || 'ema other'; END $$;", 2, "other"},
		"with another path":      {"CREATE TABLE kept (n INT); SET search_path = pg_temp;\nCREATE SCHEMA other;", 2, "other"},
		"after its own was left": {"DROP SCHEMA " + schema + " CASCADE;\nCREATE SCHEMA " + schema + ";\nCREATE SCHEMA other;", 3, "other"},
	} {
		err := i.s.migrate(ctx, []migration{{path: "migrations/002.sql", sql: c.sql}})
		var failed *MigrationError
		if !errors.As(err, &failed) || failed.File != "migrations/002.sql" || failed.Line != c.line ||
			!strings.Contains(failed.Message, "schema "+c.schema+" ") || !strings.Contains(failed.Hint, "its own schema, "+schema) {
			t.Errorf("%s: got %v", name, err)
		}
		var others, kept int
		err = admin.QueryRow(ctx, `SELECT (SELECT count(*) FROM pg_namespace WHERE pg_get_userbyid(nspowner) = $1 AND nspname <> $1),
			(SELECT count(*) FROM pg_class WHERE relname = 'kept')`, schema).Scan(&others, &kept)
		if err != nil || others != 0 || kept != 0 {
			t.Errorf("%s: %d other schemas and %d tables stayed, error %v", name, others, kept, err)
		}
		// A real run removes the whole database when a migration fails.
		if _, err := admin.Exec(ctx, unguardSchemas); err != nil {
			t.Fatal(err)
		}
	}
	own := "CREATE SCHEMA IF NOT EXISTS " + schema + ";\nDROP SCHEMA " + schema + " CASCADE;\nCREATE SCHEMA " + schema + ";\nALTER SCHEMA " + schema + " OWNER TO CURRENT_USER;"
	if err := i.s.migrate(ctx, []migration{{path: "own.sql", sql: own}}); err != nil {
		t.Errorf("its own schema: %v", err)
	}
	var left int
	if err := admin.QueryRow(ctx, "SELECT count(*) FROM pg_event_trigger").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d event triggers are left in the database, error %v", left, err)
	}
}

func (s *session) mustAdmin(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := s.connect(context.Background(), adminUser, s.database.adminPassword)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeQuietly(context.Background(), conn) })
	return conn
}

func TestDatabaseThatDoesNotStartIsExplained(t *testing.T) {
	t.Parallel()
	r := withDatabase(t)
	r.o.PostgresImage = r.o.Manifest.Name + "-broken:1"
	importPlugin(t, r.eng, r.o.PostgresImage, "any")
	if _, err := Start(context.Background(), r.o); err == nil || !strings.Contains(err.Error(), "PostgreSQL") {
		t.Errorf("got %v", err)
	}
	r.o.PostgresImage = "registry.invalid/no-such-postgres:1"
	_, err := Start(context.Background(), r.o)
	if err == nil || !strings.Contains(err.Error(), r.o.PostgresImage) || !strings.Contains(err.Error(), "docker load") {
		t.Errorf("got %v", err)
	}
	if pull := (*PullError)(nil); !errors.As(err, &pull) || pull.Image != r.o.PostgresImage {
		t.Errorf("got %T, want a PullError", err)
	}
	if _, err := r.eng.API.ImageRemove(context.Background(), r.o.PostgresImage, image.RemoveOptions{}); !isNotFound(err) {
		t.Errorf("removing the image that cannot be pulled: %v", err)
	}
}

func TestMigrationsAreReadInOrderFromInsideTheProject(t *testing.T) {
	dir := t.TempDir()
	write := func(name, sql string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(sql), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("project/db/010_b.sql", "b")
	write("project/db/002_a.sql", "a")
	write("project/db/README.md", "no")
	write("project/db/deeper/001.sql", "no")
	write("project/empty/x.txt", "no")
	write("outside/001.sql", "secret")
	if err := os.Symlink("../../outside/001.sql", filepath.Join(dir, "project/empty/001.sql")); err != nil {
		t.Fatal(err)
	}
	project := filepath.Join(dir, "project")
	files, err := readMigrations(project, "./db/")
	if want := []migration{{"db/002_a.sql", "a"}, {"db/010_b.sql", "b"}}; err != nil || !slices.Equal(files, want) {
		t.Errorf("got %+v, error %v", files, err)
	}
	for _, bad := range []string{"missing", "../outside", "/etc", "empty", "db/deeper/.."} {
		files, err := readMigrations(project, bad)
		if (err == nil) != (bad == "db/deeper/..") {
			t.Errorf("%s: got %+v, error %v", bad, files, err)
		}
	}
}

func TestMigrationLinkedFromOutsideIsNamed(t *testing.T) {
	dir := t.TempDir()
	project, outside := filepath.Join(dir, "project"), filepath.Join(dir, "outside")
	for _, d := range []string{filepath.Join(project, "migrations"), outside} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(outside, "002.sql"), []byte("SELECT 1"), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		"migrations/002.sql": "../../outside/002.sql", "absolute/003.sql": filepath.Join(outside, "002.sql"), "linked": "../outside",
	} {
		path := filepath.Join(project, filepath.FromSlash(link))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
	}
	for migrations, want := range map[string]string{
		"migrations": "migrations/002.sql is a link that leads out of the plugin's folder: put the file itself there",
		"absolute":   "absolute/003.sql is a link that leads out of the plugin's folder: put the file itself there",
		"linked":     "linked is a link that leads out of the plugin's folder: put the folder itself there",
	} {
		if files, err := readMigrations(project, migrations); err == nil || err.Error() != want {
			t.Errorf("%s: got %+v, error %v", migrations, files, err)
		}
	}
}
