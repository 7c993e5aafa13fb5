package manifest

import (
	"os"
	"strings"
	"unicode/utf16"
)

const (
	initialSQL    = "migrations/001_initial_schema.sql"
	undeclaredDir = "  \"migrations_dir\": \"migrations\",\n"
)

// migrationsIn is the complete manifest with another migrations_dir; "remove" for
// none.
func migrationsIn(dir string) map[string]string {
	data, err := os.ReadFile("testdata/complete.json")
	if err != nil {
		panic(err)
	}
	line := strings.Replace(undeclaredDir, `"migrations",`, `"`+dir+`",`, 1)
	if dir == "remove" {
		line = ""
	}
	return map[string]string{FileName: strings.Replace(string(data), undeclaredDir, line, 1)}
}

// dirRow is the complete plugin with another migrations_dir and migrations in
// other places. fixed is what the first fix makes of migrations_dir.
func dirRow(name, dir, fixed, message string, files ...string) treeDeviation {
	d := treeDeviation{
		name: name, old: `"migrations_dir": "migrations"`, new: `"migrations_dir": "` + dir + `"`, files: map[string]string{initialSQL: gone},
		want: "NSP3060 22:21", message: message, fixed: migrationsIn(fixed),
	}
	for _, file := range files {
		d.files[file] = "SELECT 1;\n"
	}
	return d
}

// sqlRow is the complete plugin with another migration. want leaves the
// migration's name out; fixed is what the first fix makes of it.
func sqlRow(name, sql, want, message, fixed string) treeDeviation {
	d := treeDeviation{name: name, files: map[string]string{initialSQL: sql}, message: message}
	if want != "" {
		for _, place := range strings.Split(want, "; ") {
			d.want += strings.Replace(place, " ", " "+initialSQL+":", 1) + "; "
		}
	}
	if fixed != "" {
		d.fixed = map[string]string{initialSQL: strings.TrimPrefix(fixed, emptied)}
	}
	return d
}

// emptied stands for the empty file that a fix leaves.
const emptied = "\x00nothing"

// fileRow is the complete plugin with other migrations beside the first one.
func fileRow(name, want, message string, files ...string) treeDeviation {
	d := treeDeviation{name: name, files: map[string]string{}, want: want, message: message}
	for _, file := range files {
		d.files["migrations/"+file] = "SELECT 1;\n"
	}
	return d
}

// utf16Text is text in UTF-16 with its mark.
func utf16Text(text string) string {
	b := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}

var migrationDeviations = []treeDeviation{
	// NSP3060 and NSP3061: the directory.
	dirRow("no migrations", "migrations", "remove", `the directory "migrations" is missing; make it`),
	dirRow("migrations elsewhere", "migrations", "db/migrations", "missing", "db/migrations/001.sql"),
	dirRow("migrations in the singular", "migrations", "migration", "missing", "migration/001.sql"),
	dirRow("migrations in two places", "migrations", "migration", "missing", "migration/001.sql", "sql/001.sql"),
	dirRow("migrations a level deeper", "migrations", "migrations/postgres", "holds no .sql file", "migrations/postgres/001.sql"),
	dirRow("migrations with a backslash", `db\\sql`, "db/sql", "written with slashes", "db/sql/001.sql", "migrations/001.sql"),
	dirRow("migrations from the root", "/migrations", "migrations", "a directory inside the plugin", "migrations/001.sql"),
	dirRow("migrations outside", "../migrations", "migrations", "a directory inside the plugin", "migrations/001.sql"),
	dirRow("migrations that are a file", "migrations/001.sql", "migrations", "not a directory", "migrations/001.sql"),
	{
		name: "migrations with an error elsewhere", files: map[string]string{initialSQL: gone, "db/migrations/001.sql": "COMMIT;"},
		want: "NSP3060 22:21; NSP3063 db/migrations/001.sql:1:1", message: "missing", fixed: migrationsIn("db/migrations"),
	},
	{
		name: "migrations that are not declared", old: undeclaredDir,
		want: "NSP3061 1:1", message: `migrations/ has 1 .sql file(s), but migrations_dir is missing`, fixed: migrationsIn("migrations"),
	},
	{
		name: "undeclaredDir migrations with an error", old: undeclaredDir, files: map[string]string{initialSQL: "COMMIT;\n"},
		want: "NSP3061 1:1; NSP3063 " + initialSQL + ":1:1", message: "runs none of them", fixed: migrationsIn("migrations"),
	},
	{name: "migrations under a misspelt key", old: `"migrations_dir"`, new: `"migration_dir"`, want: "NSP3001 22:3", message: "did you mean", fixed: unasked},
	{name: "no migrations and none declared", old: undeclaredDir, files: map[string]string{initialSQL: gone}},

	// NSP3062: the order.
	fileRow("a number of more digits", "NSP3062 migrations/10_b.sql:0:0", `"10_b.sql" runs before "2_a.sql" although its number is higher`, "10_b.sql", "2_a.sql"),
	fileRow("Flyway's versions", "NSP3062 migrations/V1.10__b.sql:0:0", "runs before", "V1.10__b.sql", "V1.2__a.sql"),
	fileRow("a number twice", "NSP3062 migrations/002_b.sql:0:0", `"002_b.sql" has the number of "002_a.sql"`, "002_a.sql", "002_b.sql"),
	fileRow("a number twice, in other digits", "NSP3062 migrations/02_b.sql:0:0", "has the number of", "002_a.sql", "02_b.sql"),
	fileRow("a file without a number", "NSP3062 migrations/seed.sql:0:0", `"seed.sql" has no number`, "seed.sql"),
	fileRow("capitals in the extension", "NSP3062 migrations/002_a.SQL:0:0", `"002_a.SQL" does not run`, "002_a.SQL"),
	fileRow("another extension", "NSP3062 migrations/002_a.pgsql:0:0", "ends in .pgsql", "002_a.pgsql"),
	fileRow("golang-migrate's way back", "NSP3062 migrations/002_a.down.sql:0:0", `would undo "002_a.up.sql"`, "002_a.up.sql", "002_a.down.sql"),
	fileRow("a way back without a way", "NSP3062 migrations/002_a.down.sql:0:0", "would undo another migration", "002_a.down.sql"),
	fileRow("a way back with an underscore", "NSP3062 migrations/002_a_rollback.sql:0:0", `would undo "002_a.sql"`, "002_a.sql", "002_a_rollback.sql"),
	fileRow("Flyway's way back", "NSP3062 migrations/U2__a.sql:0:0", "would undo V2__a.sql", "V2__a.sql", "U2__a.sql"),
	fileRow("Prisma's directories", "NSP3062 migrations/20240105_a/migration.sql:0:0", "move it up as", "20240105_a/migration.sql"),
	fileRow("numbers in order", "", "", "002_a.sql", "003_link_down.sql", "010_b.sql", "100_c.sql", "README.md", "002_a.sql.bak"),
	fileRow("numbers that are times", "", "", "20240105T1200_a.sql", "20240105T1300_b.sql", "20240106_2fa.sql"),
	fileRow("numbers that are times in parts", "", "", "2024_01_07_120000_a.sql", "2024_01_07_130000_b.sql"),
	fileRow("numbers with letters", "", "", "002a_x.sql", "002b_y.sql", "003.1_z.sql", "004_2fa.sql"),
	{name: "no numbers at all", files: map[string]string{initialSQL: gone, "migrations/init.sql": "", "migrations/seed.sql": "", "migrations/7.sql": ""}},
	sqlRow("goose's way back", "-- +goose Up\nCREATE TABLE a (n INT);\n\n-- +goose Down\nDROP TABLE a;\n", "NSP3062 4:1", "so that the file undoes itself", "-- +goose Up\nCREATE TABLE a (n INT);\n\n"),
	sqlRow("dbmate's way back, first", "-- migrate:down\nDROP TABLE a;\n-- migrate:up\nCREATE TABLE a (n INT);\n", "NSP3062 1:1", "-- migrate:down", "-- migrate:up\nCREATE TABLE a (n INT);\n"),

	// NSP3063: transactions.
	sqlRow("BEGIN and COMMIT", "BEGIN;\n\nCREATE TABLE a (n INT);\n\nCOMMIT;\n", "NSP3063 1:1; NSP3063 5:1", "BEGIN and the COMMIT of line 5", "CREATE TABLE a (n INT);\n"),
	sqlRow("BEGIN and COMMIT on one line", "BEGIN; CREATE TABLE a (n INT); COMMIT;\n", "NSP3063 1:1; NSP3063 1:32", "", "CREATE TABLE a (n INT);\n"),
	sqlRow("BEGIN and COMMIT with CRLF", "-- a\r\nBEGIN;\r\nSELECT 1;\r\nCOMMIT;\r\n", "NSP3063 2:1; NSP3063 4:1", "", "-- a\r\nSELECT 1;\r\n"),
	sqlRow("BEGIN and COMMIT alone", "BEGIN;\n\nCOMMIT;\n", "NSP3063 1:1; NSP3063 3:1", "", emptied),
	sqlRow("START TRANSACTION and END", "start transaction;\nSELECT 1;\nend transaction", "NSP3063 1:1; NSP3063 3:1", "START TRANSACTION and the END of line 3", "SELECT 1;\n"),
	sqlRow("a COMMIT", "SELECT 1;\n  COMMIT ; -- now\nSELECT 2;\n", "NSP3063 2:3", "COMMIT ends the transaction", "SELECT 1;\n  -- now\nSELECT 2;\n"),
	sqlRow("a BEGIN", "BEGIN WORK;\nSELECT 1;\n", "NSP3063 1:1", "BEGIN begins nothing", "SELECT 1;\n"),
	sqlRow("a COMMIT behind a comment in Cyrillic", "/* всё */ COMMIT;", "NSP3063 1:11", "", "/* всё */"),
	sqlRow("a transaction with a mode", "BEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 1;\nCOMMIT AND NO CHAIN;\n", "NSP3063 1:1; NSP3063 3:1", "", "SELECT 1;\n"),
	sqlRow("a ROLLBACK", "SELECT 1;\nROLLBACK;\n", "NSP3063 2:1", "ROLLBACK undoes the file", "SELECT 1;\n"),
	sqlRow("an ABORT", "SELECT 1;\nABORT WORK;\n", "NSP3063 2:1", "ABORT undoes", "SELECT 1;\n"),
	sqlRow("two phases", "PREPARE TRANSACTION 'a';\nCOMMIT PREPARED 'a';\nROLLBACK PREPARED 'a';\n", "NSP3063 1:1; NSP3063 2:1; NSP3063 3:1", "PREPARE TRANSACTION ends", "COMMIT PREPARED 'a';\nROLLBACK PREPARED 'a';\n"),

	// NSP3064: what runs outside of transactions alone.
	sqlRow("a concurrent index", "CREATE INDEX CONCURRENTLY i ON a (n);\n", "NSP3064 1:14", "CREATE INDEX CONCURRENTLY cannot run inside a transaction", "CREATE INDEX i ON a (n);\n"),
	sqlRow("a unique concurrent index", "create unique index\n  concurrently\n  if not exists i ON a (n);\n", "NSP3064 2:3", "", "create unique index\n\n  if not exists i ON a (n);\n"),
	sqlRow("dropping an index concurrently", "DROP INDEX CONCURRENTLY IF EXISTS i;\n", "NSP3064 1:12", "", "DROP INDEX IF EXISTS i;\n"),
	sqlRow("reindexing concurrently", "REINDEX TABLE CONCURRENTLY a;\n", "NSP3064 1:15", "REINDEX CONCURRENTLY", "REINDEX TABLE a;\n"),
	sqlRow("reindexing with an option", "REINDEX (CONCURRENTLY) TABLE a;\n", "NSP3064 1:10", "", "REINDEX TABLE a;\n"),
	sqlRow("reindexing with options", "REINDEX (VERBOSE, CONCURRENTLY TRUE) TABLE a;\n", "NSP3064 1:19", "", "REINDEX (VERBOSE) TABLE a;\n"),
	sqlRow("reindexing a schema", "REINDEX SCHEMA plugin_notice;\nSELECT 1;\n", "NSP3064 1:1", "REINDEX SCHEMA", "SELECT 1;\n"),
	sqlRow("reindexing a database", "REINDEX (VERBOSE) DATABASE netstacks;\n", "NSP3064 1:1", "REINDEX DATABASE", emptied),
	sqlRow("detaching concurrently", "ALTER TABLE a DETACH PARTITION a_1 CONCURRENTLY;\n", "NSP3064 1:36", "DETACH PARTITION", "ALTER TABLE a DETACH PARTITION a_1;\n"),
	sqlRow("VACUUM", "SELECT 1;\nVACUUM (FULL, ANALYZE) a;\nSELECT 2;\n", "NSP3064 2:1", "VACUUM", "SELECT 1;\nSELECT 2;\n"),
	sqlRow("CREATE DATABASE", "CREATE DATABASE a;\n", "NSP3064 1:1", "CREATE DATABASE", emptied),
	sqlRow("DROP DATABASE", "DROP DATABASE IF EXISTS a;\n", "NSP3064 1:1", "DROP DATABASE", emptied),
	sqlRow("ALTER DATABASE", "ALTER DATABASE a SET TABLESPACE b;\n", "NSP3064 1:1", "ALTER DATABASE", emptied),
	sqlRow("CREATE TABLESPACE", "CREATE TABLESPACE a LOCATION '/a';\n", "NSP3064 1:1", "", emptied),
	sqlRow("DROP TABLESPACE", "DROP TABLESPACE a;\n", "NSP3064 1:1", "", emptied),
	sqlRow("ALTER SYSTEM", "ALTER SYSTEM SET fsync = off;\n", "NSP3064 1:1", "ALTER SYSTEM", emptied),
	sqlRow("CLUSTER", "CLUSTER;\n", "NSP3064 1:1", "CLUSTER", emptied),
	sqlRow("DISCARD ALL", "DISCARD ALL;\n", "NSP3064 1:1", "", emptied),
	sqlRow("CREATE SUBSCRIPTION", "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p;\n", "NSP3064 1:1", "", emptied),
	sqlRow("ALTER SUBSCRIPTION", "ALTER SUBSCRIPTION s REFRESH PUBLICATION;\n", "NSP3064 1:1", "", emptied),
	sqlRow("DROP SUBSCRIPTION", "DROP SUBSCRIPTION s;\n", "NSP3064 1:1", "", emptied),

	// NSP3065 and NSP3066: schemas.
	sqlRow("another plugin's table", "INSERT INTO items SELECT * FROM plugin_alerts.items;\n", "NSP3065 1:33", "plugin_alerts is the schema of another plugin, which no migration of this one may touch (1 place in this file)", "INSERT INTO items SELECT * FROM plugin_notice.items;\n"),
	sqlRow("another plugin's table beside its own", "CREATE TABLE plugin_notice.a (n INT);\nALTER TABLE plugin_alerts.items ADD b INT;\nDROP TABLE \"plugin_alerts\".c;\n", "NSP3065 2:13", "(2 places in this file)", ""),
	sqlRow("another plugin's schema", "CREATE TABLE plugin_notice.a (n INT);\nDROP SCHEMA IF EXISTS plugin_alerts CASCADE;\n", "NSP3065 2:23", "", ""),
	sqlRow("rights on another plugin's schema", "CREATE TABLE plugin_notice.a (n INT);\nGRANT USAGE ON SCHEMA plugin_notice, plugin_alerts TO plugin_notice;\n", "NSP3065 2:38", "", ""),
	sqlRow("another plugin's search_path", "CREATE TABLE plugin_notice.a (n INT);\nSET search_path = plugin_notice, 'plugin_alerts';\n", "NSP3065 2:34", "", ""),
	sqlRow("another plugin's schema, set", "CREATE TABLE plugin_notice.a (n INT);\nSET SCHEMA 'plugin_alerts';\n", "NSP3065 2:12", "", ""),
	sqlRow("another plugin's schema, moved to", "CREATE TABLE plugin_notice.a (n INT);\nALTER TABLE plugin_notice.a SET SCHEMA Plugin_Alerts;\n", "NSP3065 2:40", "", ""),
	sqlRow("another plugin in a function", "CREATE FUNCTION plugin_notice.f() RETURNS void LANGUAGE plpgsql AS $f$\nBEGIN\n  -- plugin_a.b\n  UPDATE plugin_alerts.items SET n = 1;\nEND $f$;\n", "NSP3065 4:10", "", ""),
	sqlRow("another plugin in a text that is run", "DO $$ BEGIN EXECUTE $q$ DELETE FROM plugin_notice.a; DELETE FROM plugin_alerts.items $q$; END $$;\n", "NSP3065 1:66", "", ""),
	sqlRow("three parts", "CREATE TABLE plugin_notice.plugin_alerts (n INT);\nSELECT plugin_alerts.items.n FROM plugin_alerts.items;\n", "NSP3065 2:8", "", ""),
	sqlRow("its own schema with hyphens", "CREATE SCHEMA IF NOT EXISTS \"plugin-notice\";\nCREATE TABLE \"plugin-notice\".a (id INT DEFAULT nextval('plugin-notice.s'));\n", "NSP3066 1:29", "hyphens become underscores", "CREATE SCHEMA IF NOT EXISTS plugin_notice;\nCREATE TABLE plugin_notice.a (id INT DEFAULT nextval('plugin_notice.s'));\n"),
	sqlRow("its own schema with bare hyphens", "CREATE TABLE plugin-notice.a (n INT);\nSET search_path = plugin-notice;\n", "NSP3065 1:14", "hyphens become underscores", "CREATE TABLE plugin_notice.a (n INT);\nSET search_path = plugin_notice;\n"),
	sqlRow("its own schema in capitals", "CREATE TABLE \"Plugin_Notice\".a (n INT);\n", "NSP3065 1:14", "", "CREATE TABLE plugin_notice.a (n INT);\n"),
	sqlRow("its own schema, misspelt", "CREATE TABLE plugin_notice.a (n INT);\nCREATE TABLE plugin_notcie.b (n INT);\n", "NSP3065 2:14", "another plugin", "CREATE TABLE plugin_notice.a (n INT);\nCREATE TABLE plugin_notice.b (n INT);\n"),
	sqlRow("the schema of an old name", "CREATE SCHEMA plugin_alerts;\nCREATE TABLE plugin_alerts.a (id INT DEFAULT nextval('plugin_alerts.s'::regclass), plugin_alerts TEXT);\n", "NSP3066 1:15", "this makes the schema plugin_alerts", ""),
	sqlRow("the schema of an old name, plain", "CREATE SCHEMA plugin_alerts;\nCREATE TABLE plugin_alerts.a (id INT DEFAULT nextval('plugin_alerts.s'::regclass), t TEXT DEFAULT 'plugin_alerts');\n", "NSP3066 1:15", "this makes the schema plugin_alerts", "CREATE SCHEMA IF NOT EXISTS plugin_notice;\nCREATE TABLE plugin_notice.a (id INT DEFAULT nextval('plugin_notice.s'::regclass), t TEXT DEFAULT 'plugin_notice');\n"),
	{
		name: "the schema of an old name in two files", files: map[string]string{initialSQL: "CREATE TABLE plugin_old.a (n INT);\n", "migrations/002.sql": "DO $$ BEGIN DELETE FROM plugin_old.a; END $$;\n"},
		want: "NSP3065 " + initialSQL + ":1:14; NSP3065 migrations/002.sql:1:25", message: "another plugin",
		fixed: map[string]string{initialSQL: "CREATE TABLE plugin_notice.a (n INT);\n", "migrations/002.sql": "DO $$ BEGIN DELETE FROM plugin_notice.a; END $$;\n"},
	},
	sqlRow("a schema of another name", "CREATE SCHEMA IF NOT EXISTS app;\nCREATE TABLE app.a (n INT);\nCOMMENT ON TABLE app.a IS 'not happ.a, but app.a';\n", "NSP3066 1:29", "this makes the schema app", "CREATE SCHEMA IF NOT EXISTS plugin_notice;\nCREATE TABLE plugin_notice.a (n INT);\nCOMMENT ON TABLE plugin_notice.a IS 'not happ.a, but plugin_notice.a';\n"),
	sqlRow("a schema that is also an alias", "CREATE SCHEMA app;\nSELECT app.n FROM app.a AS app;\n", "NSP3066 1:15", "", ""),
	sqlRow("a second schema", "CREATE TABLE plugin_notice.a (n INT);\nCREATE SCHEMA app;\n", "NSP3066 2:15", "", "CREATE TABLE plugin_notice.a (n INT);\nCREATE SCHEMA IF NOT EXISTS plugin_notice;\n"),
	sqlRow("a schema named after a role", "CREATE SCHEMA AUTHORIZATION app;\n", "NSP3066 1:29", "", ""),
	sqlRow("its own schema, made again", "CREATE SCHEMA plugin_notice;\n", "NSP3066 1:1", "refuses to make it again; write IF NOT EXISTS", "CREATE SCHEMA IF NOT EXISTS plugin_notice;\n"),
	sqlRow("its own schema, renamed", "ALTER SCHEMA plugin_notice RENAME TO app;\nSELECT 1;\n", "NSP3066 1:38", "renames the plugin's schema", "SELECT 1;\n"),
	sqlRow("a table in public", "CREATE TABLE IF NOT EXISTS public.items (n INT);\nCREATE INDEX i ON public.items (n);\nSELECT public.f(), 'public.items'::regclass, 'public.other';\n", "NSP3065 1:28", "this makes items in public", "CREATE TABLE IF NOT EXISTS plugin_notice.items (n INT);\nCREATE INDEX i ON plugin_notice.items (n);\nSELECT public.f(), 'plugin_notice.items'::regclass, 'public.other';\n"),
	sqlRow("public, dropped", "DROP SCHEMA public CASCADE;\nSELECT 1;\n", "NSP3065 1:13", "drops public", "SELECT 1;\n"),
	{name: "no name, no rules about schemas", old: "  \"name\": \"notice\",\n", files: map[string]string{initialSQL: "CREATE SCHEMA app;"}, want: "NSP2001 1:1", message: "name is missing"},
	{name: "a name to be written in lower case", old: `"name": "notice"`, new: `"name": "No_Tice"`, files: map[string]string{initialSQL: "CREATE TABLE plugin_no_tice.a (n INT);\nSELECT plugin_notice.f();"}, want: "NSP2010 3:11; NSP3065 " + initialSQL + ":2:8", message: "must start", fixed: unasked},
	{name: "a name nobody can mend", old: `"name": "notice"`, new: `"name": "é"`, files: map[string]string{initialSQL: "CREATE SCHEMA app;"}, want: "NSP2010 3:11", message: "must start"},

	// NSP3067: psql.
	sqlRow("a script that is included", "SELECT 1;\n\\i other.sql\nSELECT 2;\n", "NSP3067 2:1", `\i is a command of psql`, "SELECT 1;\nSELECT 2;\n"),
	sqlRow("a script that stops on errors", "\\set ON_ERROR_STOP on\r\n\r\nSELECT 1;\r\n", "NSP3067 1:1", `\set is a command`, "SELECT 1;\r\n"),
	sqlRow("pg_dump's mark", "-- dump\n\n\\restrict aB3\n\nSELECT 1;\n\n\\unrestrict aB3\n\n", "NSP3067 3:1; NSP3067 7:1", `\restrict`, "-- dump\n\nSELECT 1;\n\n\\unrestrict aB3\n\n"),
	sqlRow("a connection", "\\c netstacks\nSELECT 1;", "NSP3067 1:1", "", "SELECT 1;"),
	sqlRow("a result that is run", "SELECT 'SELECT 1'\\gexec\nSELECT 2;\n", "NSP3067 1:18", "", "SELECT 'SELECT 1';\nSELECT 2;\n"),
	sqlRow("a copy of a file", "\\copy t FROM 'a;b.csv' csv\n", "NSP3067 1:1", `\copy`, emptied),
	sqlRow("data behind a COPY", "COPY plugin_notice.t (a, b) FROM stdin;\n1\tit's\n2\t\\N\n3\ta\\tb\\\\\n\\.\n\nSELECT 1;\n", "NSP3067 1:1", "use INSERT statements", "INSERT INTO plugin_notice.t (a, b) VALUES\n    ('1', 'it''s'),\n    ('2', NULL),\n    ('3', E'a\\tb\\\\');\n\nSELECT 1;\n"),
	sqlRow("data behind a COPY with CRLF", "COPY t FROM STDIN;\r\na;'b\r\n\\.\r\nSELECT 1;\r\n", "NSP3067 1:1", "", "INSERT INTO t VALUES\r\n    ('a;''b');\r\nSELECT 1;\r\n"),
	sqlRow("no data behind a COPY", "COPY t (a) FROM stdin;\n\\.\nSELECT 1;\n", "NSP3067 1:1", "", "SELECT 1;\n"),
	sqlRow("data of another format", "COPY t (a) FROM stdin WITH (FORMAT csv);\n1\n\\.\nSELECT 1;\n", "NSP3067 1:1", "", ""),
	sqlRow("data of other columns", "COPY t (a) FROM stdin;\n1\t2\n\\.\nSELECT 1;\n", "NSP3067 1:1", "", ""),
	sqlRow("a COPY without its data", "COPY t (a) FROM stdin", "NSP3067 1:1", "", ""),
	sqlRow("a COPY to nobody", "COPY t TO STDOUT;\nSELECT 1;\n", "NSP3067 1:1", "takes no data", "SELECT 1;\n"),

	// NSP3068: what is never closed.
	sqlRow("a text that is never closed", "INSERT INTO t VALUES ('a), ('b');\nSELECT 1;\n", "NSP3068 1:30", "the text that begins with '", ""),
	sqlRow("a name that is never closed", "SELECT \"a FROM t;\n", "NSP3068 1:8", `write the closing "`, ""),
	sqlRow("a body that is never closed", "SELECT 1;\nDO $do$ BEGIN NULL; END $d$;\nCOMMIT;\n", "NSP3068 2:4", "the text that begins with $do$ never ends", ""),
	sqlRow("a comment that is never closed", "SELECT 1; /* a /* b */\nCOMMIT;\n", "NSP3068 1:11", "they nest", ""),
	sqlRow("a parenthesis without its end", "CREATE TABLE t (\n  a NUMERIC(10,2);\nSELECT 1;\n", "NSP3068 1:16", "a ( without its )", ""),
	sqlRow("a parenthesis without its start", "CREATE TABLE t (\n  a INT));\nSELECT (1);\n", "NSP3068 2:9", "a ) without its (", ""),

	// NSP3069: what is no text.
	sqlRow("a byte order mark", "\ufeffCOMMIT;\nSELECT 1;\n", "NSP3069 1:1; NSP3063 1:1", "byte order mark", "COMMIT;\nSELECT 1;\n"),
	sqlRow("Latin-1", "-- a\nSELECT 'caf\xe9';\n", "NSP3069 2:12", "0xE9 is not UTF-8", ""),
	sqlRow("UTF-16", utf16Text("SELECT 'é';\r\n"), "NSP3069 0:0", "the file is UTF-16", "SELECT 'é';\r\n"),
	sqlRow("UTF-16 without a mark", utf16Text("SELECT 1;\n")[2:], "NSP3069 0:0", "the file is UTF-16", "SELECT 1;\n"),
	sqlRow("U+0000", "SELECT 1;\x00\nSELECT 2;\x00", "NSP3069 1:10", "U+0000", "SELECT 1;\nSELECT 2;"),
	{name: "a directory called .sql", files: map[string]string{"migrations/002.sql/a": ""}, want: "NSP3069 migrations/002.sql:0:0", message: "is a directory"},
}
