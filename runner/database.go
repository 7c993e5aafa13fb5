package runner

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	adminUser   = "netstacks"
	databaseDB  = "netstacks"
	defaultData = "/var/lib/postgresql/data" // where images without a declared volume keep the cluster
)

// How PostgreSQL is waited for: its official image answers after a second, a
// loaded machine may need much longer.
const (
	databaseTimeout  = 90 * time.Second
	firstRetry       = 25 * time.Millisecond
	longestRetry     = 250 * time.Millisecond
	databaseLogLines = 10
)

// database is the PostgreSQL server of a session. Its data lives in memory and
// goes with it.
type database struct {
	id            string
	ip            string
	adminPassword string
	schema        string // also the name of the plugin's role
	password      string // of the plugin's role
}

// url is the plugin's DATABASE_URL.
func (d *database) url() string {
	u := url.URL{
		Scheme: "postgres",
		User:   url.UserPassword(d.schema, d.password),
		Host:   databaseAlias + ":" + strconv.Itoa(databasePort),
		Path:   "/" + databaseDB,
	}
	return u.String()
}

// pullDatabase fetches the PostgreSQL image from its registry.
func (s *session) pullDatabase(ctx context.Context) error {
	progress, err := s.api.ImagePull(ctx, s.o.PostgresImage, image.PullOptions{})
	if err == nil {
		err = streamError(progress)
		_ = progress.Close()
	}
	if err != nil {
		return &PullError{Image: s.o.PostgresImage, Err: err}
	}
	return nil
}

// PullError says that the image of the plugin's database is neither on the engine nor to be had
// from its registry.
type PullError struct {
	Image string
	Err   error // of the engine
}

// Error names the image, what the engine said, and what to do.
func (e *PullError) Error() string {
	return fmt.Sprintf("image %q, which runs the plugin's database, is not on the engine and cannot be pulled: %v "+
		"(load it with \"docker load\", or name another PostgreSQL image that the engine has)", e.Image, e.Err)
}

// Unwrap returns what the engine said.
func (e *PullError) Unwrap() error { return e.Err }

// startDatabase starts PostgreSQL without waiting for it. Everything that
// guards data against a crash is off: the data is thrown away with the run.
func (s *session) startDatabase(ctx context.Context) error {
	info, err := s.api.ImageInspect(ctx, s.o.PostgresImage)
	if err != nil {
		return fmt.Errorf("looking for image %s: %w", s.o.PostgresImage, err)
	}
	tmpfs := map[string]string{defaultData: ""}
	if info.Config != nil && len(info.Config.Volumes) > 0 {
		clear(tmpfs)
		for path := range info.Config.Volumes {
			tmpfs[path] = ""
		}
	}
	db := &database{adminPassword: rand.Text(), password: cmp.Or(s.o.DatabasePassword, rand.Text()), schema: s.o.Manifest.SchemaName()}
	config := &container.Config{
		Image:  s.o.PostgresImage,
		Labels: s.labels(roleDatabase),
		Env: []string{
			"POSTGRES_USER=" + adminUser,
			"POSTGRES_PASSWORD=" + db.adminPassword,
			"POSTGRES_DB=" + databaseDB,
		},
		Cmd: []string{"postgres", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"},
	}
	host := &container.HostConfig{
		Tmpfs:       tmpfs,
		SecurityOpt: []string{"no-new-privileges"},
		Resources:   container.Resources{Ulimits: ulimits(s.o.Engine)},
	}
	db.id, err = s.startContainer(ctx, databaseName(s.o.Manifest.Name), config, host, databaseAlias)
	if err != nil {
		return err
	}
	s.database = db
	return nil
}

// awaitDatabase waits until PostgreSQL accepts a connection, and makes the
// plugin's role and schema.
func (s *session) awaitDatabase(ctx context.Context) error {
	db := s.database
	var err error
	if db.ip, err = s.address(ctx, db.id); err != nil {
		return fmt.Errorf("PostgreSQL did not start: %w%s", err, s.databaseLog(ctx))
	}
	waiting, cancel := context.WithTimeout(ctx, databaseTimeout)
	defer cancel()
	for pause := firstRetry; ; pause = min(2*pause, longestRetry) {
		conn, err := s.connect(waiting, adminUser, db.adminPassword)
		if err == nil {
			err = db.prepare(waiting, conn)
			closeQuietly(ctx, conn)
			var refused *pgconn.PgError
			if err == nil || errors.As(err, &refused) {
				return err
			}
			// The server went away: images may restart it after its first set-up.
		}
		info, inspectErr := s.api.ContainerInspect(ctx, db.id)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case inspectErr != nil:
			return fmt.Errorf("waiting for PostgreSQL: %w", inspectErr)
		case !info.State.Running:
			return fmt.Errorf("PostgreSQL ended with exit code %d%s", info.State.ExitCode, s.databaseLog(ctx))
		}
		select {
		case <-waiting.Done():
			return fmt.Errorf("PostgreSQL accepted no connection within %s: %w%s", databaseTimeout, err, s.databaseLog(ctx))
		case <-time.After(pause):
		}
	}
}

// connect opens a connection to the session's database through the relay.
func (s *session) connect(ctx context.Context, user, password string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig("sslmode=disable")
	if err != nil {
		return nil, err
	}
	config.Host, config.Port = s.database.ip, databasePort
	config.User, config.Password, config.Database = user, password, databaseDB
	// Nothing of the user's own PG* environment may reach this connection.
	config.Fallbacks, config.ValidateConnect = nil, nil
	config.ConnectTimeout = 10 * time.Second
	config.RuntimeParams = map[string]string{"application_name": "netstacks-plugin"}
	config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	config.DialFunc = func(ctx context.Context, _, address string) (net.Conn, error) { return s.relay.Dial(ctx, address) }
	return pgx.ConnectConfig(ctx, config)
}

func closeQuietly(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}

// prepare makes the plugin's role, which can do nothing outside of its schema,
// and that schema. The rights to connect and to make temporary tables, which
// PostgreSQL gives to everybody, become its own.
func (d *database) prepare(ctx context.Context, conn *pgx.Conn) error {
	role, schema := quote(d.schema), quote(d.schema)
	tx, err := conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("making the plugin's schema: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	for _, sql := range []string{
		"REVOKE ALL ON DATABASE " + databaseDB + " FROM PUBLIC",
		"REVOKE CREATE ON SCHEMA public FROM PUBLIC",
		"CREATE ROLE " + role + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS" +
			" CONNECTION LIMIT 50 PASSWORD '" + strings.ReplaceAll(d.password, "'", "''") + "'",
		"GRANT CONNECT, TEMPORARY ON DATABASE " + databaseDB + " TO " + role,
		"CREATE SCHEMA " + schema + " AUTHORIZATION " + role,
		"ALTER ROLE " + role + " SET search_path = " + schema + ", public",
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("making the plugin's schema: %w", err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("making the plugin's schema: %w", err)
	}
	return nil
}

func quote(identifier string) string { return pgx.Identifier{identifier}.Sanitize() }

// databaseLog is what PostgreSQL's container last wrote, as the tail of an
// error message.
func (s *session) databaseLog(ctx context.Context) string {
	lines, err := lastLines(ctx, s.api, s.database.id, databaseLogLines)
	if err != nil || len(lines) == 0 {
		return ""
	}
	return "\n" + strings.Join(lines, "\n")
}
