#!/usr/bin/env bash
# Starts a PostgreSQL server of your own for development, on this machine only, with an empty database `srpo`.
#
#   deploy/dev/postgres.sh DIRECTORY [PORT]
#
# DIRECTORY keeps its data and log (postgres.log) and is made if it is missing; what is there is used again. PORT: 54321 by
# default. Uses PostgreSQL's programs on PATH, else the newest in /usr/lib/postgresql; as root it runs as the user postgres.
# Waits until the server answers, prints the connection string for Srpo:Cluster:ConnectionString, and stays until Ctrl-C or
# SIGTERM, which end the server too.
set -euo pipefail

usage() { sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

case ${1:-} in
  -h | --help) usage; exit 0 ;;
  "" | -*) usage >&2; exit 2 ;;
esac
if (($# > 2)); then usage >&2; exit 2; fi

port=${2:-54321}

fail() {
  printf 'postgres.sh: %s\n' "$1" >&2
  exit "${2:-5}"
}

if ! [[ $port =~ ^[0-9]{1,5}$ ]] || ((10#$port < 1 || 10#$port > 65535)); then fail "$port is no port; use a number from 1 to 65535" 2; fi
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then fail "port $port is in use; choose another: postgres.sh DIRECTORY PORT"; fi

mkdir -p "$1" || fail "the directory $1 cannot be made"
directory=$(cd "$1" && pwd -P)

# programs: the folder of initdb, postgres and psql.
for programs in "$(dirname "$(command -v initdb 2>/dev/null || true)")" $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V -r); do
  [[ ! -x $programs/initdb || ! -x $programs/postgres || ! -x $programs/psql ]] || break
done
[[ -x $programs/initdb && -x $programs/postgres && -x $programs/psql ]] || fail "PostgreSQL was not found; install it (Debian and Ubuntu: the package postgresql)"

# The server refuses to run as root.
as_owner=()
if ((EUID == 0)); then
  as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  chown postgres "$directory"
  "${as_owner[@]}" test -w "$directory" || fail "the user postgres cannot enter $directory; choose one below /var/tmp, or open the folders above it (chmod a+x)"
fi

# Whoever has an account on this machine can reach the port: without a password nobody is let in.
password=$directory/password
if [[ ! -s $directory/data/PG_VERSION ]]; then
  (umask 077 && od -An -N 24 -tx1 /dev/urandom | tr -d ' \n' >"$password")
  ((EUID != 0)) || chown postgres "$password"
  "${as_owner[@]}" "$programs/initdb" -D "$directory/data" -U srpo --auth=scram-sha-256 --pwfile="$password" --encoding=UTF8 --locale=C >"$directory/initdb.log" 2>&1 ||
    { cat "$directory/initdb.log" >&2; fail "initdb failed"; }
fi

"${as_owner[@]}" "$programs/postgres" -D "$directory/data" -p "$port" -k "$directory" -c listen_addresses=127.0.0.1 >"$directory/postgres.log" 2>&1 &
process=$!
# shellcheck disable=SC2317 # called by the trap
end() {
  trap - INT TERM EXIT
  kill -INT "$process" 2>/dev/null || true # without waiting for clients to leave
  wait "$process" 2>/dev/null || true
}
trap end EXIT
trap 'end; exit 0' INT TERM

sql() { PGPASSWORD=$(<"$password") "$programs/psql" --host 127.0.0.1 --port "$port" --username srpo --dbname postgres --no-psqlrc --quiet --tuples-only --no-align --command "$1"; }
deadline=$((SECONDS + 60))
until sql 'SELECT 1' >/dev/null 2>&1; do
  if ! kill -0 "$process" 2>/dev/null; then
    tail -n 20 "$directory/postgres.log" >&2
    fail "PostgreSQL ended; its log is $directory/postgres.log"
  fi
  if ((SECONDS >= deadline)); then fail "PostgreSQL did not answer within 60 s; its log is $directory/postgres.log"; fi
  sleep 0.2
done
[[ -n $(sql "SELECT 1 FROM pg_database WHERE datname = 'srpo'") ]] || sql 'CREATE DATABASE srpo'

printf 'Host=127.0.0.1;Port=%s;Database=srpo;Username=srpo;Password=%s\n' "$port" "$(<"$password")"
wait "$process"
