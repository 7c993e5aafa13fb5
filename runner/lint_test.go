package runner

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/netstacks/netstacks-plugin/manifest"
)

// linted is a migration, what validate finds in it, and whether PostgreSQL
// refuses it. OWN is the plugin's schema.
type linted struct {
	sql     string
	rule    string // "" for nothing
	refused bool
}

var lintedMigrations = []linted{
	{"CREATE SCHEMA IF NOT EXISTS OWN;\nCREATE TABLE OWN.first (n INT);", "", false},
	{"CREATE SCHEMA OWN;", "NSP3066", true},
	{"CREATE SCHEMA app;", "NSP3066", true},
	{"CREATE SCHEMA AUTHORIZATION app;", "NSP3066", true},
	{"CREATE SCHEMA IF NOT EXISTS public;", "", false},
	{"ALTER SCHEMA OWN RENAME TO app;", "NSP3066", true},
	{"DROP SCHEMA OWN CASCADE;\nCREATE SCHEMA OWN;\nCREATE TABLE part (n INT) PARTITION BY LIST (n);\nCREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);\nCREATE TABLE t (n INT);\nCREATE INDEX i ON t (n);", "", false},

	{"BEGIN;\nSELECT 1;", "NSP3063", false}, // PostgreSQL warns
	{"START TRANSACTION ISOLATION LEVEL READ COMMITTED;", "NSP3063", false},
	{"SELECT 1;\nCOMMIT;", "NSP3063", true},
	{"BEGIN;\nSELECT 1;\nEND;", "NSP3063", true},
	{"ROLLBACK;", "NSP3063", true},
	{"ABORT;", "NSP3063", true},
	{"COMMIT AND CHAIN;", "NSP3063", true},
	{"PREPARE TRANSACTION 'a';", "NSP3063", true},
	{"COMMIT PREPARED 'a';", "NSP3063", true},
	{"ROLLBACK PREPARED 'a';", "NSP3063", true},
	{"SAVEPOINT a;\nINSERT INTO t VALUES (1);\nROLLBACK TO a;\nRELEASE a;", "", false},
	{"CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;", "", false},
	{"DO $$ BEGIN PERFORM 1; END $$;", "", false},
	{"DO $$ BEGIN COMMIT; END; $$;", "NSP3063", true},
	{"DO 'BEGIN ROLLBACK AND NO CHAIN; END' LANGUAGE plpgsql;", "NSP3063", true},
	{"DO $$ BEGIN FOR i IN 1..2 LOOP COMMIT; END LOOP; END $$;", "NSP3063", true},
	{"DO $$ BEGIN IF false THEN COMMIT; END IF; END $$;", "NSP3063", false}, // never reached: a warning
	{"DO $$ DECLARE commit INT; BEGIN commit := CASE WHEN true THEN 1 ELSE commit END; END $$;", "", false},

	{"CREATE INDEX CONCURRENTLY ON t (n);", "NSP3064", true},
	{"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON t (n);", "NSP3064", true},
	{"DROP INDEX CONCURRENTLY i;", "NSP3064", true},
	{"DROP INDEX CONCURRENTLY IF EXISTS missing;", "NSP3064", true},
	{"REINDEX TABLE CONCURRENTLY t;", "NSP3064", true},
	{"REINDEX (CONCURRENTLY) INDEX i;", "NSP3064", true},
	{"REINDEX (VERBOSE, CONCURRENTLY TRUE) TABLE t;", "NSP3064", true},
	{"REINDEX (CONCURRENTLY FALSE) TABLE t;", "", false},
	{"REINDEX TABLE t;\nREINDEX INDEX i;", "", false},
	{"REINDEX SCHEMA OWN;", "NSP3064", true},
	{"REINDEX DATABASE netstacks;", "NSP3064", true},
	{"REINDEX SYSTEM netstacks;", "NSP3064", true},
	{"ALTER TABLE part DETACH PARTITION part_1 CONCURRENTLY;", "NSP3064", true},
	{"ALTER TABLE part DETACH PARTITION part_1;", "", false},
	{"VACUUM t;", "NSP3064", true},
	{"VACUUM (ANALYZE) t;", "NSP3064", true},
	{"ANALYZE t;", "", false},
	{"CLUSTER;", "NSP3064", true},
	{"CLUSTER VERBOSE;", "NSP3064", true},
	{"CLUSTER t USING i;", "", false},
	{"CREATE DATABASE a;", "NSP3064", true},
	{"DROP DATABASE IF EXISTS a;", "NSP3064", true},
	{"ALTER DATABASE netstacks SET TABLESPACE pg_default;", "NSP3064", true},
	{"CREATE TABLESPACE a LOCATION '/a';", "NSP3064", true},
	{"DROP TABLESPACE IF EXISTS a;", "NSP3064", true},
	{"ALTER SYSTEM SET fsync = off;", "NSP3064", true},
	{"DISCARD ALL;", "NSP3064", true},
	{"DISCARD PLANS;", "", false},
	{"CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p;", "NSP3064", true},
	{"ALTER SUBSCRIPTION s REFRESH PUBLICATION;", "NSP3064", true},
	{"DROP SUBSCRIPTION s;", "NSP3064", true},
	{"DROP SUBSCRIPTION IF EXISTS s;", "", false},
	{"CREATE MATERIALIZED VIEW v AS SELECT 1 AS n;\nCREATE UNIQUE INDEX ON v (n);\nREFRESH MATERIALIZED VIEW CONCURRENTLY v;", "", false},
	{"CREATE TYPE mood AS ENUM ('a');\nALTER TYPE mood ADD VALUE 'b';", "", false},

	{"ALTER TYPE mood ADD VALUE 'c';\nSELECT 'c'::mood;", "NSP3064", true},
	{"CREATE TABLE moods (m mood);\nALTER TYPE OWN.mood ADD VALUE IF NOT EXISTS 'd' BEFORE 'a';\nINSERT INTO moods VALUES ('d');", "NSP3064", true},
	{"CREATE TABLE moods (m mood);\nALTER TYPE mood ADD VALUE 'e';\nALTER TABLE moods ALTER m SET DEFAULT 'e';", "NSP3064", true},
	{"ALTER TYPE mood ADD VALUE 'f';\nALTER TYPE mood ADD VALUE 'g' AFTER 'f';\nCREATE TABLE words (word TEXT DEFAULT 'f');", "", false},

	{"CREATE TABLE plugin_other.mine (n INT);", "NSP3065", true},
	{"SELECT * FROM plugin_other.secrets;", "NSP3065", true},
	{"DROP SCHEMA plugin_other;", "NSP3065", true},
	{"ALTER SCHEMA \"plugin_other\" OWNER TO CURRENT_USER;", "NSP3065", true},
	{"GRANT USAGE ON SCHEMA plugin_other TO OWN;", "NSP3065", true},
	{"SET search_path = plugin_other;\nCREATE TABLE mine (n INT);", "NSP3065", true},
	{"SET SCHEMA 'plugin_other';\nCREATE TABLE mine (n INT);", "NSP3065", true},
	{"CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM plugin_other.secrets $$;", "NSP3065", true},
	{"DO $$ BEGIN DELETE FROM Plugin_Other.secrets; END $$;", "NSP3065", true},
	{"CREATE TABLE \"HYPHENED\".a (n INT);", "NSP3065", true},
	{"CREATE TABLE HYPHENED.a (n INT);", "NSP3065", true},
	{"CREATE TABLE public.mine (n INT);", "NSP3065", true},
	{"DROP SCHEMA public;", "NSP3065", true},
	{"ALTER TABLE t SET SCHEMA public;", "NSP3065", true},
	{"ALTER TABLE OWN.t SET SCHEMA plugin_other;", "NSP3065", true},
	{"SELECT set_config('search_path', 'plugin_other', false);\nCREATE TABLE mine (n INT);", "NSP3065", true},
	{"DO $$ BEGIN EXECUTE 'DROP TABLE plugin_other.secrets'; END $$;", "NSP3065", true},
	{"DO $$ BEGIN EXECUTE format('DELETE FROM plugin_other.%I', 'secrets'); END $$;", "NSP3065", true},
	{"SAVEPOINT a;\nDROP SCHEMA OWN CASCADE;\nROLLBACK TO a;", "NSP3066", false},
	{"DROP SCHEMA OWN CASCADE;\nCREATE TABLE t (n INT);", "NSP3066", true},
	{"ALTER SEQUENCE IF EXISTS missing SET SCHEMA OWN;\nSELECT set_config('search_path', 'OWN, public', true);", "", false},
	{"COMMENT ON TABLE t IS 'as plugin_other.secrets'; -- plugin_other.secrets", "", false},
	{"CREATE TABLE plugin_state (n INT);\nSELECT plugin_state.n FROM plugin_state;", "", false},
	{"SET plugin_other.tenant = 'a';\nSELECT current_setting('plugin_other.tenant');", "", false},

	{"SELECT 1;\n\\i other.sql\n", "NSP3067", true},
	{"\\set ON_ERROR_STOP on\nSELECT 1;", "NSP3067", true},
	{"SELECT 1 \\gset\n", "NSP3067", true},
	{"COPY t FROM STDIN;\n1\n\\.\n", "NSP3067", true},
	{"COPY t (n) FROM stdin WITH (FORMAT csv);\n1\n\\.\n", "NSP3067", true},
	{"COPY t TO STDOUT;", "NSP3067", false},

	{"SELECT :'x';", "NSP3067", true},
	{"SELECT * FROM :\"x\";", "NSP3067", true},
	{"SELECT :x;", "NSP3067", true},
	{"CREATE TABLE {{schema}}.a (n INT);", "NSP3067", true},
	{"CREATE TABLE ${schema}.a (n INT);", "NSP3067", true},
	{"SELECT (ARRAY[1, 2])[1:n], (ARRAY[1, 2])[:n], '{}'::\"text\", '{{x}} :y' FROM (SELECT 1 AS n) AS s;", "", false},

	{"SELECT 'a;", "NSP3068", true},
	{"SELECT \"a;", "NSP3068", true},
	{"SELECT 1; /* a /* b */", "NSP3068", true},
	{"DO $a$ BEGIN NULL; END $b$;", "NSP3068", true},
	{"SELECT (1;\nSELECT 2;", "NSP3068", true},
	{"SELECT 1);", "NSP3068", true},
	{"CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);", "", false},
	{"CREATE FUNCTION g(a INT) RETURNS INT LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END; SELECT 3; END;\nSELECT g(1);", "", false},
	{"SELECT E'a'\n'\\'b';", "", false},
	{"SELECT 1 AS a$b$c, 2 AS d$b$e;", "", false},

	{"\ufeffSELECT 1;", "NSP3069", true},
	{"SELECT 'caf\xe9';", "NSP3069", true},
	{"SELECT 1;\x00SELECT 2;", "NSP3069", true},
	{"S\x00E\x00L\x00E\x00C\x00T\x00 \x001\x00;\x00", "NSP3069", true},
}

// What validate says of a migration without an engine is what PostgreSQL does
// with it, here in its own words.
func TestMigrationsAreRefusedAsValidateSays(t *testing.T) {
	t.Parallel()
	r := withDatabase(t)
	i := r.start()
	ctx := context.Background()
	admin := i.s.mustAdmin(t)
	if _, err := admin.Exec(ctx, "CREATE SCHEMA plugin_other; CREATE TABLE plugin_other.secrets (s TEXT); CREATE ROLE app"); err != nil {
		t.Fatal(err)
	}
	schema := i.Schema()
	names := strings.NewReplacer("OWN", schema, "HYPHENED", strings.ReplaceAll(schema, "_", "-"))
	for _, m := range lintedMigrations {
		sql := names.Replace(m.sql)
		err := i.s.migrate(ctx, []migration{{path: "m.sql", sql: sql}})
		if err != nil {
			// A real run removes the whole database when a migration fails.
			if _, err := admin.Exec(ctx, "DROP EVENT TRIGGER IF EXISTS netstacks_guard_schemas; DROP FUNCTION IF EXISTS public.netstacks_guard_schemas()"); err != nil {
				t.Fatal(err)
			}
		}
		if (err != nil) != m.refused {
			t.Errorf("%s\n  refused %t, want %t: %v", sql, err != nil, m.refused, err)
		}
		if got := rulesOf(r.o.Manifest.Name, sql); got != m.rule {
			t.Errorf("%s\n  validate finds %q, want %q", sql, got, m.rule)
		}
	}
}

// rulesOf names the rules of migrations, of NSP3060 and up, that a migration
// of a plugin breaks.
func rulesOf(name, sql string) string {
	report := manifest.Check(fstest.MapFS{
		"manifest.json":      {Data: fmt.Appendf(nil, `{"name": %q, "migrations_dir": "migrations"}`, name)},
		"migrations/001.sql": {Data: []byte(sql)},
	}, manifest.Options{})
	var rules []string
	for _, f := range report.Findings {
		if strings.HasPrefix(f.Rule, "NSP306") && (len(rules) == 0 || rules[len(rules)-1] != f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	return strings.Join(rules, " ")
}
