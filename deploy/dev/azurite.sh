#!/usr/bin/env bash
# Starts Azurite, the emulator of Azure Storage from npm, for development: blobs and tables on this machine only.
#
#   deploy/dev/azurite.sh DIRECTORY [BLOB_PORT [QUEUE_PORT [TABLE_PORT]]]
#
# DIRECTORY keeps its data and log (azurite.log) and is made if it is missing. Ports: 10000, 10001 and 10002 by default.
# Uses what ./test.sh has installed below artifacts/, else `azurite` from PATH, else npx with the version in AZURITE_VERSION.
# Waits until blobs and tables answer, prints the connection string for Srpo:Cluster:ConnectionString, and stays until Ctrl-C or
# SIGTERM, which end Azurite too.
# AZURITE_SECONDS: how long it may take to answer, 120 by default (npx may have to fetch it first).
set -euo pipefail

usage() { sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

case ${1:-} in
  -h | --help) usage; exit 0 ;;
  "" | -*) usage >&2; exit 2 ;;
esac
if (($# > 4)); then usage >&2; exit 2; fi

directory=$1
blob=${2:-10000} queue=${3:-10001} table=${4:-10002}
seconds=${AZURITE_SECONDS:-120}
version=${AZURITE_VERSION:-3.35.0}

fail() {
  printf 'azurite.sh: %s\n' "$1" >&2
  exit "${2:-5}"
}

for port in "$blob" "$queue" "$table"; do
  if ! [[ $port =~ ^[0-9]{1,5}$ ]] || ((10#$port < 1 || 10#$port > 65535)); then fail "$port is no port; use numbers from 1 to 65535" 2; fi
done
if [[ $blob == "$queue" || $blob == "$table" || $queue == "$table" ]]; then fail "the three ports must differ" 2; fi
[[ $seconds =~ ^[0-9]{1,5}$ ]] || fail "AZURITE_SECONDS is '$seconds'; use a whole number" 2

# Whether somebody listens on a port of this machine.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

for port in "$blob" "$queue" "$table"; do
  if listens "$port"; then fail "port $port is in use; choose others: azurite.sh DIRECTORY BLOB QUEUE TABLE"; fi
done

mkdir -p "$directory" || fail "the directory $directory cannot be made"
[[ -w $directory ]] || fail "the directory $directory cannot be written"

installed=$(dirname "${BASH_SOURCE[0]}")/../../artifacts/azurite/node_modules/azurite/dist/src/azurite.js
if [[ -f $installed ]] && command -v node >/dev/null 2>&1; then
  start=(node "$installed")
elif command -v azurite >/dev/null 2>&1; then
  start=(azurite)
elif command -v npx >/dev/null 2>&1; then
  start=(npx --yes "azurite@$version")
else
  fail "neither azurite nor npx was found on PATH; install Node.js, then: npm install --global azurite@$version"
fi

# The Azure client libraries may be newer than the emulator; it then need not know their version of the protocol.
"${start[@]}" --silent --skipApiVersionCheck --disableTelemetry --location "$directory" \
  --blobHost 127.0.0.1 --blobPort "$blob" --queueHost 127.0.0.1 --queuePort "$queue" --tableHost 127.0.0.1 --tablePort "$table" \
  >"$directory/azurite.log" 2>&1 &
process=$!
# shellcheck disable=SC2317 # called by the trap
end() {
  trap - INT TERM EXIT
  kill "$process" 2>/dev/null || true
  wait "$process" 2>/dev/null || true
}
trap end EXIT
trap 'end; exit 0' INT TERM

deadline=$((SECONDS + 10#$seconds))
until listens "$blob" && listens "$table"; do
  if ! kill -0 "$process" 2>/dev/null; then
    tail -n 20 "$directory/azurite.log" >&2
    fail "Azurite ended; its log is $directory/azurite.log"
  fi
  if ((SECONDS >= deadline)); then fail "Azurite did not answer within $seconds s; its log is $directory/azurite.log"; fi
  sleep 0.2
done

# The account and its key are the emulator's published ones, the same everywhere; they protect nothing.
key='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
printf '%s\n' "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=$key;BlobEndpoint=http://127.0.0.1:$blob/devstoreaccount1;QueueEndpoint=http://127.0.0.1:$queue/devstoreaccount1;TableEndpoint=http://127.0.0.1:$table/devstoreaccount1;"
wait "$process"
