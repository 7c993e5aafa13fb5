#!/bin/bash
# Makes the cluster at the first start, then becomes the server. Follows the
# official image where callers can see it: POSTGRES_USER is the superuser,
# POSTGRES_DB defaults to it, hosts authenticate by password, and while the
# database is being made a server answers on the Unix socket alone.
set -euo pipefail

if [[ $# -eq 0 || $1 == -* ]]; then
    set -- postgres "$@"
fi
if [[ $1 != postgres ]]; then
    exec "$@"
fi

if [[ $(id -u) == 0 ]]; then
    install -d -o postgres -g postgres -m 0700 "$PGDATA"
    install -d -o postgres -g postgres -m 3777 /var/run/postgresql
    chown -R postgres:postgres "$PGDATA"
    exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi

if [[ ! -s $PGDATA/PG_VERSION ]]; then
    user=${POSTGRES_USER:-postgres}
    database=${POSTGRES_DB:-$user}
    method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    if [[ -z ${POSTGRES_PASSWORD:-} && $method != trust ]]; then
        echo 'Error: Database is uninitialized and superuser password is not specified.' >&2
        echo '       Set POSTGRES_PASSWORD to a non-empty value.' >&2
        exit 1
    fi
    # shellcheck disable=SC2086 # the variable holds several arguments
    initdb --no-sync --username "$user" \
        ${POSTGRES_PASSWORD:+--pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD")} ${POSTGRES_INITDB_ARGS:-}
    printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"

    pg_ctl --wait start -o "-c listen_addresses='' -c fsync=off"
    if [[ $database != postgres ]]; then
        createdb --username "$user" --maintenance-db postgres "$database"
    fi
    pg_ctl --wait --mode fast stop
    printf '\nPostgreSQL init process complete; ready for start up.\n\n'
fi

unset POSTGRES_PASSWORD
exec "$@"
