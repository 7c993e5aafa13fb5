package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/netstacks/netstacks-plugin/manifest/sqltext"
)

// migration is one SQL file.
type migration struct {
	path string // below the project, with slashes
	sql  string
}

// MigrationError says which migration failed and where. Everything that the
// file had done is rolled back, except after the file ended its transaction
// itself.
type MigrationError struct {
	File     string // below the project, with slashes
	Line     int    // of the statement, or of the place in it; 0 when unknown
	SQLState string // five characters; empty when PostgreSQL did not refuse it
	Message  string
	Detail   string
	Hint     string
}

// Error is "migrations/001.sql:12: message (SQLSTATE 42601)", with detail and
// hint on lines of their own.
func (e *MigrationError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": " + e.Message)
	if e.SQLState != "" {
		b.WriteString(" (SQLSTATE " + e.SQLState + ")")
	}
	if e.Detail != "" {
		b.WriteString("\ndetail: " + e.Detail)
	}
	if e.Hint != "" {
		b.WriteString("\nhint: " + e.Hint)
	}
	return b.String()
}

// readMigrations reads the *.sql files right in dir, a slash-separated path
// below project, sorted by name. Nothing outside of project is read, also not
// through links, and at least one file must be there.
func readMigrations(project, dir string) ([]migration, error) {
	root, err := os.OpenRoot(project)
	if err != nil {
		return nil, fmt.Errorf("opening the project: %w", err)
	}
	defer func() { _ = root.Close() }()
	dir = path.Clean(dir)
	entries, err := fs.ReadDir(root.FS(), dir)
	if leadsOut(root, dir, err) {
		return nil, fmt.Errorf("%s is a link that leads out of the plugin's folder: put the folder itself there", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("reading migrations_dir: %w (create the folder or remove migrations_dir from manifest.json)", err)
	}
	var files []migration
	for _, entry := range entries {
		if path.Ext(entry.Name()) != ".sql" {
			continue
		}
		name := path.Join(dir, entry.Name())
		info, err := root.Stat(name)
		if leadsOut(root, name, err) {
			return nil, fmt.Errorf("%s is a link that leads out of the plugin's folder: put the file itself there", name)
		}
		if err != nil {
			return nil, fmt.Errorf("reading migration: %w", err)
		}
		if !info.Mode().IsRegular() {
			continue
		}
		sql, err := root.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading migration: %w", err)
		}
		files = append(files, migration{path: name, sql: string(sql)})
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("migrations_dir %q holds no .sql file: add one or remove migrations_dir from manifest.json", dir)
	}
	sort.Slice(files, func(i, j int) bool { return files[i].path < files[j].path })
	return files, nil
}

// leadsOut reports whether err, of following name, came of name being a link
// to what is not below root. The os package does not export that error.
func leadsOut(root *os.Root, name string, err error) bool {
	if err == nil || !strings.Contains(err.Error(), "path escapes") {
		return false
	}
	info, err := root.Lstat(name)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// guardSchemas makes PostgreSQL refuse, in the statement itself, a schema that
// the role making it is not named after: a plugin keeps to its own
// (plugin-sdk.txt, "Database Schema Isolation"). Only a superuser can make an
// event trigger or get rid of it. The function pins its
// search_path, since it would run with the migration's.
const guardSchemas = `
CREATE FUNCTION public.netstacks_guard_schemas() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $guard$
DECLARE
	made text;
BEGIN
	FOR made IN
		SELECT object_identity FROM pg_event_trigger_ddl_commands()
		WHERE object_type = 'schema' AND object_identity <> quote_ident(session_user)
	LOOP
		RAISE EXCEPTION USING
			ERRCODE = 'insufficient_privilege',
			MESSAGE = format('schema %s is not the plugin''s', made),
			HINT = format('a plugin keeps to its own schema, %I: create tables there (SDK documentation, "Database Schema Isolation")', session_user);
	END LOOP;
END $guard$;
CREATE EVENT TRIGGER netstacks_guard_schemas ON ddl_command_end
	WHEN TAG IN ('CREATE SCHEMA', 'ALTER SCHEMA') EXECUTE FUNCTION public.netstacks_guard_schemas();
`

// unguardSchemas undoes guardSchemas.
const unguardSchemas = `
DROP EVENT TRIGGER netstacks_guard_schemas;
DROP FUNCTION public.netstacks_guard_schemas();
`

// migrate runs the migrations in order as the plugin's role. While they run,
// the role may create objects in the database: the first line of a generated
// migration is CREATE SCHEMA IF NOT EXISTS, which PostgreSQL refuses without
// that right even when the schema is there. Schemas other than the plugin's
// are refused all the same.
func (s *session) migrate(ctx context.Context, files []migration) error {
	db := s.database
	admin, err := s.connect(ctx, adminUser, db.adminPassword)
	if err != nil {
		return fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	defer closeQuietly(ctx, admin)
	right := "CREATE ON DATABASE " + databaseDB
	if _, err := admin.Exec(ctx, guardSchemas+"GRANT "+right+" TO "+quote(db.schema)); err != nil {
		return fmt.Errorf("preparing for migrations: %w", err)
	}
	conn, err := s.connect(ctx, db.schema, db.password)
	if err != nil {
		return fmt.Errorf("connecting to PostgreSQL as the plugin: %w", err)
	}
	defer closeQuietly(ctx, conn)
	for _, file := range files {
		start := time.Now()
		if err := file.apply(ctx, conn); err != nil {
			return err
		}
		s.events.send(Event{Kind: EventMigration, Migration: file.path, Took: time.Since(start)})
	}
	if _, err := admin.Exec(ctx, "REVOKE "+right+" FROM "+quote(db.schema)+";"+unguardSchemas); err != nil {
		return fmt.Errorf("finishing migrations: %w", err)
	}
	return nil
}

// apply runs one file in one transaction.
func (m migration) apply(ctx context.Context, conn *pgx.Conn) error {
	// It only serves to tell people where something went wrong; PostgreSQL gets
	// the whole file.
	statements := sqltext.Split(m.sql).Statements
	for _, st := range statements {
		if st.ReadsStdin(m.sql) {
			return &MigrationError{
				File: m.path, Line: st.Line, Message: "COPY ... FROM STDIN needs psql and does not work in a migration",
				Hint: "use INSERT statements instead",
			}
		}
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("%s: beginning a transaction: %w", m.path, err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	var before, after string
	const transaction = "SELECT pg_current_xact_id()::text"
	if err := conn.QueryRow(ctx, transaction).Scan(&before); err != nil {
		return fmt.Errorf("%s: beginning a transaction: %w", m.path, err)
	}
	results, err := conn.PgConn().Exec(ctx, m.sql).ReadAll()
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return m.failure(err, statements, completed(results))
	}
	if conn.PgConn().TxStatus() == 'T' {
		if err := conn.QueryRow(ctx, transaction).Scan(&after); err != nil {
			return m.failure(err, nil, 0)
		}
	}
	if before != after {
		return &MigrationError{
			File: m.path, Message: "the file ends the transaction that it runs in",
			Hint: "remove BEGIN, COMMIT and ROLLBACK: every migration runs in one transaction",
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return m.failure(err, nil, 0)
	}
	return nil
}

// completed counts the statements that were carried out.
func completed(results []*pgconn.Result) int {
	n := 0
	for _, r := range results {
		if r.Err == nil {
			n++
		}
	}
	return n
}

// failure explains PostgreSQL's refusal of the file. Syntax errors come with a
// position in the text; for others, done tells which statement it was.
func (m migration) failure(err error, statements []sqltext.Statement, done int) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return fmt.Errorf("%s: %w", m.path, err)
	}
	e := &MigrationError{File: m.path, SQLState: pg.Code, Message: pg.Message, Detail: pg.Detail, Hint: pg.Hint}
	switch {
	case pg.Position > 0:
		e.Line = lineOfCharacter(m.sql, int(pg.Position))
	case done < len(statements):
		e.Line = statements[done].Line
	}
	const activeTransaction = "25001"
	if e.Hint == "" && pg.Code == activeTransaction {
		e.Hint = "every migration runs in one transaction; leave out CONCURRENTLY and other statements that cannot"
	}
	return e
}

// lineOfCharacter returns the line, counted from 1, of the n-th character of
// text, also counted from 1.
func lineOfCharacter(text string, n int) int {
	line := 1
	for _, r := range text {
		if n--; n == 0 {
			break
		}
		if r == '\n' {
			line++
		}
	}
	return line
}
