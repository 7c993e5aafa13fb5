package manifest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/netstacks/netstacks-plugin/internal/machine"
)

func TestFixesOfMigrationsSayWhatTheyDoAndHowSure(t *testing.T) {
	titles := func(fsys fs.FS) string {
		var list []string
		for _, f := range Check(fsys, Options{}).Findings {
			for _, fix := range f.Fixes {
				safe := "risky"
				if fix.Safe {
					safe = "safe"
				}
				list = append(list, safe+": "+fix.Title)
			}
		}
		return strings.Join(list, "\n")
	}
	for name, tt := range map[string]struct{ sql, want string }{
		"a pair":                {"BEGIN;\nSELECT 1;\nCOMMIT;\n", "safe: remove BEGIN and the COMMIT of line 3\nsafe: remove COMMIT and the BEGIN of line 1"},
		"a pair with a mode":    {"BEGIN READ ONLY;\nCOMMIT;\n", "risky: remove BEGIN and the COMMIT of line 2\nrisky: remove COMMIT and the BEGIN of line 1"},
		"a pair that undoes":    {"BEGIN;\nROLLBACK;\n", "risky: remove BEGIN and the ROLLBACK of line 2\nrisky: remove ROLLBACK and the BEGIN of line 1"},
		"concurrently":          {"DROP INDEX CONCURRENTLY i;\n", "safe: remove CONCURRENTLY"},
		"VACUUM":                {"VACUUM;\n", "risky: remove the statement of VACUUM"},
		"hyphens":               {`DROP TABLE "plugin-notice".a;`, "safe: write plugin_notice in place of plugin-notice (1 in 1 file(s))"},
		"an old name, made":     {"CREATE TABLE plugin_old.a (n INT);", "safe: write plugin_notice in place of plugin_old (1 in 1 file(s))"},
		"an old name, used":     {"SELECT * FROM plugin_old.a;", "risky: write plugin_notice in place of plugin_old (1 in 1 file(s))"},
		"a slip, made":          {"DROP TABLE plugin_notice.a; CREATE TABLE plugin_notic.a (n INT);", "safe: write plugin_notice in place of plugin_notic (1 in 1 file(s))"},
		"a slip, used":          {"DROP TABLE plugin_notice.a; SELECT * FROM plugin_notic.a;", "risky: write plugin_notice in place of plugin_notic (1 in 1 file(s))"},
		"a schema alone":        {"CREATE SCHEMA app; DROP TABLE app.a;", "safe: write plugin_notice in place of app (2 in 1 file(s))"},
		"a second schema":       {"CREATE SCHEMA app; DROP TABLE plugin_notice.a;", "risky: write plugin_notice in place of app (1 in 1 file(s))"},
		"public":                {"CREATE VIEW public.v AS SELECT 1;", "risky: write plugin_notice in place of public (1 in 1 file(s))"},
		"a command":             {"\\i a.sql\n", `risky: remove \i a.sql`},
		"a command about psql":  {"\\set ON_ERROR_STOP on\n", `safe: remove \set ON_ERROR_STOP on`},
		"a command that sends":  {"SELECT 1 \\gexec\n", `risky: write ; in place of \gexec`},
		"data":                  {"COPY t FROM STDIN;\n1\n\\.\n", "safe: write the COPY as an INSERT of 1 row(s)"},
		"a byte order mark":     {"\ufeffSELECT 1;", "safe: remove the byte order mark"},
		"zeros":                 {"SELECT\x00 1;", "risky: remove every U+0000"},
		"what nobody can mend":  {"SELECT 'a;", ""},
		"another plugin's data": {"DROP TABLE plugin_notice.a; SELECT * FROM plugin_alerts.a;", ""},
	} {
		if got := titles(withMigration(t, tt.sql)); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, tt.want)
		}
	}
	fsys := plugin(strings.Replace(complete(t), `"migrations_dir": "migrations"`, `"migrations_dir": "db"`, 1))
	fsys["sql/001.sql"] = &fstest.MapFile{}
	const two = "risky: write \"migrations_dir\": \"migrations\"\nrisky: write \"migrations_dir\": \"sql\""
	if got := titles(fsys); got != two {
		t.Errorf("two directories:\n%s\nwant\n%s", got, two)
	}
	delete(fsys, initialSQL)
	delete(fsys, "sql/001.sql")
	if got, want := titles(fsys), `risky: remove "migrations_dir"`; got != want {
		t.Errorf("no directory:\n%s\nwant\n%s", got, want)
	}
}

// Nobody runs what is not declared, so that nothing of it fails a plugin.
func TestUndeclaredMigrationsOnlyWarn(t *testing.T) {
	fsys := plugin(strings.Replace(complete(t), undeclaredDir, "", 1))
	fsys[initialSQL] = &fstest.MapFile{Data: []byte("COMMIT; VACUUM; SELECT 'a")}
	if r := Check(fsys, Options{}); !r.OK || r.Count(SeverityWarning) != 4 {
		t.Errorf("findings %+v", r.Findings)
	}
}

func TestARepairMendsWhatAuthorsBringAlong(t *testing.T) {
	fsys := plugin(strings.Replace(complete(t), undeclaredDir, "", 1))
	fsys[initialSQL] = &fstest.MapFile{Data: []byte("\ufeff\\set ON_ERROR_STOP on\r\nBEGIN;\r\n\r\nCREATE SCHEMA \"plugin-notice\";\r\nCREATE TABLE \"plugin-notice\".a (n INT);\r\n" +
		"CREATE INDEX CONCURRENTLY i ON \"plugin-notice\".a (n);\r\nCOPY \"plugin-notice\".a FROM stdin;\r\n1\r\n\\.\r\n\r\nEND;\r\n")}
	r := Repair(fsys, Options{}, false)
	const want = "CREATE SCHEMA IF NOT EXISTS plugin_notice;\r\nCREATE TABLE plugin_notice.a (n INT);\r\nCREATE INDEX i ON plugin_notice.a (n);\r\n" +
		"INSERT INTO plugin_notice.a VALUES\r\n    ('1');\r\n"
	if len(r.Report.Findings) > 0 || len(r.Changes) != 2 || string(r.Changes[1].After) != want || !strings.Contains(string(r.Changes[0].After), undeclaredDir) {
		t.Errorf("found %s\n%q\nwant\n%q", places(r.Report.Findings), r.Changes[len(r.Changes)-1].After, want)
	}
}

func TestWhatIsReadOfMigrationsIsBounded(t *testing.T) {
	fsys := withMigration(t, "--"+strings.Repeat("a", maxMigration))
	r := Check(fsys, Options{})
	if !r.OK || places(r.Findings) != "NSP3069 "+initialSQL+":0:0" || !strings.Contains(r.Findings[0].Message, "was not looked at") {
		t.Errorf("a large file: %s", places(r.Findings))
	}
	fsys = withMigration(t, "SELECT 1;")
	for n := range maxMigrationFiles {
		fsys[fmt.Sprintf("migrations/%04d.sql", n+2)] = &fstest.MapFile{Data: []byte("COMMIT;")}
	}
	if r := Check(fsys, Options{}); len(r.Findings) > maxFindings+1 {
		t.Errorf("many files: %d findings", len(r.Findings))
	}
}

// Every file, and each of the links to one, is asked for what it is before it
// is read; nothing outside of the plugin is.
func TestMigrationsThatAreNoFiles(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "plugin")
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("outside/005.sql", "COMMIT;")
	write("plugin/migrations/001.sql", "SELECT 1;")
	write("plugin/other/004.sql", "SELECT 1;")
	write("plugin/migrations/002.sql/a", "")
	for link, target := range map[string]string{
		"migrations/003.sql": "nowhere.sql", "migrations/004.sql": "../other/004.sql", "migrations/005.sql": "../../outside/005.sql",
		"migrations/006.sql": "006.sql", "migrations/007.sql": filepath.Join(dir, "other", "004.sql"), "far": "../outside", "near": "other",
	} {
		if err := os.Symlink(filepath.FromSlash(target), filepath.Join(dir, filepath.FromSlash(link))); err != nil {
			machine.Missing(t, "this machine has no links: %v", err)
		}
	}
	if runtime.GOOS == "windows" {
		t.Skip("links are told apart differently there")
	}
	check := func(migrations string) string {
		write("plugin/manifest.json", strings.Replace(complete(t), `"migrations_dir": "migrations"`, `"migrations_dir": "`+migrations+`"`, 1))
		var list []string
		for _, f := range Check(os.DirFS(dir), Options{}).Findings {
			if strings.HasPrefix(f.Rule, "NSP306") {
				list = append(list, f.Rule+" "+f.Message)
			}
		}
		return strings.Join(list, "\n")
	}
	for migrations, want := range map[string]string{
		"migrations": `NSP3069 "002.sql" is a directory, which the Controller passes over; rename it
NSP3069 "003.sql" is a symbolic link that leads nowhere; put the file itself there
NSP3069 "005.sql" is a link that leads out of the plugin's directory; put the file itself there
NSP3069 "006.sql" cannot be read: too many levels of symbolic links
NSP3069 "007.sql" is a link that leads out of the plugin's directory; put the file itself there`,
		"near": "",
		"far":  `NSP3060 migrations_dir is "far", a link that leads out of the plugin's directory; put the directory itself there`,
	} {
		if got := check(migrations); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", migrations, got, want)
		}
	}
}

func TestNumbersOfMigrations(t *testing.T) {
	for name, want := range map[string]string{
		"001_a.sql": "1", "V1.2__a.sql": "1.2", "v10__a.sql": "10", "2024_01_05_120000_a.sql": "2024.1.5.120000", "20240105T1200_a.sql": "20240105.t1200",
		"migration-7.sql": "7", "001-2fa.sql": "1", "001b_x.sql": "1.b", "1.sql": "1", "000_a.sql": "", "add_2fa.sql": "none", "oauth2.sql": "none", ".sql": "none",
		"R__views.sql": "none", "step 3 a.sql": "3",
	} {
		got := "none"
		if number := numberOf(name); number != nil {
			got = strings.Join(number, ".")
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
