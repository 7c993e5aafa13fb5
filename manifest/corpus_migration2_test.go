package manifest

// moreMigrationDeviations are what fails in the Controller's transaction, or
// leaves the plugin's schema, on a way that is less plain.
var moreMigrationDeviations = []treeDeviation{
	// NSP3063: the ends of transactions in DO blocks.
	sqlRow("a COMMIT in a DO block", "DO $$ BEGIN COMMIT; END; $$;\n", "NSP3063 1:13", "COMMIT in a DO block ends a transaction", "DO $$ BEGIN END; $$;\n"),
	sqlRow("a ROLLBACK in a DO block", "DO $x$\nBEGIN\n  DELETE FROM a;\n  rollback and no chain;\nEND $x$ LANGUAGE plpgsql;\n", "NSP3063 4:3", "ROLLBACK in a DO block", "DO $x$\nBEGIN\n  DELETE FROM a;\nEND $x$ LANGUAGE plpgsql;\n"),
	sqlRow("a COMMIT in a loop", "DO $$ BEGIN FOR i IN 1..3 LOOP\n  COMMIT;\nEND LOOP; END $$;\n", "NSP3063 2:3", "invalid transaction termination", "DO $$ BEGIN FOR i IN 1..3 LOOP\nEND LOOP; END $$;\n"),
	sqlRow("a COMMIT in a text that DO runs", "DO 'BEGIN COMMIT; END';\n", "NSP3063 1:11", "in a DO block", "DO 'BEGIN END';\n"),

	// NSP3065 and NSP3066: ways out of the plugin's schema.
	sqlRow("a table moved to public", "ALTER TABLE plugin_notice.a SET SCHEMA public;\nSELECT 1;\n", "NSP3065 1:40", "out of the plugin's schema into public", "SELECT 1;\n"),
	sqlRow("a type moved to another schema", "ALTER TYPE mood SET SCHEMA \"App\";\n", "NSP3065 1:28", "into App", emptied),
	sqlRow("a search_path by set_config", "CREATE TABLE plugin_notice.a (n INT);\nSELECT pg_catalog.set_config('search_path', 'plugin_notice, \"plugin_alerts\",public', false);\n", "NSP3065 2:62", "plugin_alerts is the schema of another plugin", ""),
	sqlRow("a search_path by set_config, misspelt", "SELECT set_config('search_path','plugin-notice',false);\n", "NSP3065 1:34", "hyphens become underscores", "SELECT set_config('search_path','plugin_notice',false);\n"),
	sqlRow("a text that is run", "DO $$ BEGIN EXECUTE 'DROP TABLE plugin_alerts.alerts'; END $$;\n", "NSP3065 1:33", "another plugin", "DO $$ BEGIN EXECUTE 'DROP TABLE plugin_notice.alerts'; END $$;\n"),
	sqlRow("a text that is put together", "CREATE TABLE plugin_notice.a (n INT);\nDO $$ BEGIN EXECUTE format('DELETE FROM plugin_alerts.%I WHERE a = ''b''', 'c'); END $$;\n", "NSP3065 2:41", "another plugin", ""),
	sqlRow("rights in a text that is run", "CREATE TABLE plugin_notice.a (n INT);\nDO $$ BEGIN EXECUTE 'DROP ' || 'SCHEMA plugin_alerts CASCADE'; END $$;\n", "NSP3065 2:40", "another plugin", ""),
	sqlRow("its own schema, dropped", "DROP SCHEMA IF EXISTS plugin_notice CASCADE;\nSELECT 1;\n", "NSP3066 1:1", "drops the plugin's schema", "SELECT 1;\n"),

	// NSP3064: new values of enums.
	sqlRow("a new value, cast", "ALTER TYPE plugin_notice.mood ADD VALUE IF NOT EXISTS 'zz' AFTER 'a';\nSELECT 'zz'::plugin_notice.mood;\n", "NSP3064 2:8", "line 1 adds 'zz' to mood", ""),
	sqlRow("a new value, written", "ALTER TYPE mood ADD VALUE 'zz';\nCOMMENT ON TYPE mood IS 'zz';\nINSERT INTO t VALUES (1, 'zz');\nUPDATE t SET m = 'zz';\n", "NSP3064 3:26", "in a migration of its own", ""),
	sqlRow("a new value by default", "ALTER TYPE mood ADD VALUE 'zz';\nALTER TABLE t ALTER m SET DEFAULT 'zz', ALTER n SET DEFAULT CAST('zz' AS mood);\n", "NSP3064 2:35", "", ""),

	// NSP3067: what a program was to fill in.
	sqlRow("psql's variables", "SELECT :'x';\nSELECT * FROM :\"t\" WHERE a = :n;\n", "NSP3067 1:8; NSP3067 2:15; NSP3067 2:30", "is a variable of psql", ""),
	sqlRow("a template", "CREATE TABLE {{ schema }}.a (n INT);\nCREATE TABLE ${schema}.b (n INT);\n{% if x %}\n", "NSP3067 1:14; NSP3067 2:14; NSP3067 3:1", "{{ schema }} looks like a part of a template", ""),
}
