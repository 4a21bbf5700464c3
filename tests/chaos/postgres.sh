# shellcheck shell=bash
# A PostgreSQL server of the script's own, in a temporary directory, on a port of this machine only; sourced after common.sh.
work=${work:?} # set by the script
database_port=${SRPO_CHAOS_DATABASE_PORT:-25432}
database_directory=$work/postgres

# The folder of initdb, pg_ctl and psql: where Debian's package puts them, or on PATH.
postgres_programs() {
  local folder folders=()
  mapfile -t folders < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V -r)
  IFS=: read -r -a folders <<<"$(IFS=:; printf '%s' "${folders[*]}"):$PATH"
  for folder in "${folders[@]}"; do
    if [[ -x $folder/initdb && -x $folder/pg_ctl && -x $folder/psql ]]; then
      printf '%s' "$folder"
      return
    fi
  done
  fail "PostgreSQL was not found; install it (Debian and Ubuntu: the package postgresql)"
}

# The server refuses to run as root.
as_database_owner() {
  if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

create_database_server() {
  postgres_bin=$(postgres_programs)
  mkdir -p "$database_directory"
  if ((EUID == 0)); then
    chmod 711 "$work"
    chown postgres "$database_directory"
  fi
  as_database_owner "$postgres_bin/initdb" --pgdata "$database_directory/data" --username srpo --auth trust --encoding UTF8 --no-instructions >"$work/initdb.log" 2>&1 ||
    { cat "$work/initdb.log" >&2; fail "initdb failed"; }
}

start_database() {
  as_database_owner "$postgres_bin/pg_ctl" start --wait --silent --pgdata "$database_directory/data" --log "$database_directory/log" \
    --options "-p $database_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$database_directory -c max_connections=300" ||
    { tail -n 20 "$database_directory/log" >&2; fail "PostgreSQL did not start"; }
}

# stop_database MODE: 'fast', or 'immediate' as a crash.
stop_database() { as_database_owner "$postgres_bin/pg_ctl" stop --wait --silent --pgdata "$database_directory/data" --mode "$1"; }

# connection NAME: how the programs reach a database.
connection() { printf 'Host=127.0.0.1;Port=%s;Database=%s;Username=srpo' "$database_port" "$1"; }

# query DATABASE SQL: rows with fields separated by '|'.
query() { "$postgres_bin/psql" --host 127.0.0.1 --port "$database_port" --username srpo --dbname "$1" --no-psqlrc --quiet --tuples-only --no-align --command "$2"; }

create_database() { query postgres "create database $1" >/dev/null; }
