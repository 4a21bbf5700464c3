# shellcheck shell=bash
# Silos, clients and clocks for the scripts of this folder; sourced first. Sets `root`, the repository's root, and `work`, a
# directory of the script's own that is removed at its end, and sources the other files of this folder that scripts share.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
work=$(mktemp -d -t "srpo-chaos-$(basename "$0" .sh)-XXXXXX")
trap 'finish' EXIT
trap 'exit 130' INT TERM
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

silos=()          # process ids, by index; empty where a silo is down
workers=1         # worker threads of a silo
silo_port=${SRPO_CHAOS_PORT:-21500}
gateway_port=$((silo_port + 100))
health_port=$((silo_port + 200))
cores=()          # cores that a silo is bound to, by index; empty for any
silo_options=()   # further settings of every silo

# shellcheck source=tests/chaos/postgres.sh
. "$here/postgres.sh"
# shellcheck source=tests/chaos/azurite.sh
. "$here/azurite.sh"
# shellcheck source=tests/chaos/commands.sh
. "$here/commands.sh"
# shellcheck source=tests/chaos/cluster.sh
. "$here/cluster.sh"

# Prints the comment at the beginning of the script, and ends.
usage() {
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
  exit 2
}

# prepare postgres|files|azure: the programs, and a PostgreSQL server or Azurite: what every script needs before it measures.
prepare() {
  require_programs
  if [[ $1 == azure ]]; then
    start_azurite
  else
    create_database_server
    start_database
  fi
}

# What is left to do at the end, whatever it was.
finish() {
  signal_storage CONT 2>/dev/null || true
  stop_silos
  [[ -z ${postgres_bin:-} ]] || stop_database immediate 2>/dev/null || true
  stop_azurite
  rm -rf "$work"
}

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$(basename "$0"): $*"
  exit 1
}

# Seconds since the epoch, with milliseconds.
now() { printf '%.3f' "$EPOCHREALTIME"; }

# calculate EXPRESSION: a number with three places.
calculate() { awk "BEGIN { printf \"%.3f\", ($1) }"; }

# Builds client and silo unless SRPO_ARTIFACTS names a folder with both.
require_programs() {
  require_sdk
  artifacts=${SRPO_ARTIFACTS:-}
  if [[ -z $artifacts ]]; then
    artifacts=$root/artifacts
    say "building..."
    local project
    for project in src/Silo/Srpo.Silo.csproj src/Client/Srpo.Client.csproj; do
      (cd "$root" && with_lock "$artifacts/launch.lock" dotnet build "$project" -c Release --nologo -v quiet -clp:NoSummary) >&2 || fail "$project could not be built"
    done
  fi
  client_program=$artifacts/bin/Srpo.Client/release/srpo.dll
  silo_program=$artifacts/bin/Srpo.Silo/release/Srpo.Silo.dll
  [[ -f $client_program && -f $silo_program ]] || fail "no srpo.dll and Srpo.Silo.dll in $artifacts/bin"
}

# start_silo INDEX: starts a silo and returns at once. cluster_settings and storage_settings come from the script.
start_silo() {
  local index=$1 bind=()
  [[ -z ${cores[$index]:-} ]] || bind=(taskset -c "${cores[$index]}")
  "${bind[@]}" dotnet "$silo_program" \
    --Srpo:SiloPort=$((silo_port + index)) --Srpo:GatewayPort=$((gateway_port + index)) \
    --Srpo:HealthUrl="http://127.0.0.1:$((health_port + index))" --Srpo:Workers="$workers" \
    "${silo_options[@]}" >>"$work/silo-$index.log" 2>&1 </dev/null &
  silos[index]=$!
}

# await_silo INDEX: waits until it answers that it is ready.
await_silo() {
  local index=$1 deadline=$((SECONDS + 240))
  until curl --silent --fail --max-time 5 "http://127.0.0.1:$((health_port + index))/health/ready" >/dev/null; do
    kill -0 "${silos[$index]}" 2>/dev/null || { tail -n 40 "$work/silo-$index.log" >&2; fail "silo $index ended"; }
    ((SECONDS < deadline)) || { tail -n 40 "$work/silo-$index.log" >&2; fail "silo $index was not ready within 240 s"; }
    sleep 0.3
  done
}

# start_silos COUNT: starts silos 0 to COUNT - 1 and waits for all of them.
start_silos() {
  local index
  silos=()
  for ((index = 0; index < $1; index++)); do
    start_silo "$index"
    # The first one prepares the membership; the others find it.
    ((index > 0)) || await_silo 0
  done
  for ((index = 1; index < $1; index++)); do await_silo "$index"; done
}

# kill_silo INDEX: SIGKILL.
kill_silo() {
  kill -KILL "${silos[$1]}"
  wait "${silos[$1]}" 2>/dev/null || true
  silos[$1]=
}

# end_silo INDEX: SIGTERM, and waits until it has stored what is under way.
end_silo() {
  kill -TERM "${silos[$1]}"
  wait "${silos[$1]}" || fail "silo $1 ended with code $? when asked to end"
  silos[$1]=
}

# Asks all silos to end, and ends those that do not within a minute.
stop_silos() {
  local pid deadline=$((SECONDS + 60))
  for pid in "${silos[@]}"; do [[ -z $pid ]] || kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${silos[@]}"; do [[ -z $pid ]] || kill -CONT "$pid" 2>/dev/null || true; done
  for pid in "${silos[@]}"; do
    [[ -n $pid ]] || continue
    while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.2; done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  silos=()
}

# The gateways of the silos that run, as for --cluster.
gateways() {
  local index list=()
  for index in "${!silos[@]}"; do
    [[ -z ${silos[$index]} ]] || list+=("127.0.0.1:$((gateway_port + index))")
  done
  (IFS=,; printf '%s' "${list[*]}")
}

# other_gateways INDEX: those of the other silos.
other_gateways() { gateways | tr , '\n' | grep -v ":$((gateway_port + $1))\$" | paste -sd,; }

# client GATEWAYS ARGUMENTS...: the command line on the cluster.
client() {
  local to=$1
  shift
  timeout --kill-after=5 "${client_seconds:-120}" dotnet "$client_program" --data "${client_data:-$work/client}" --cluster "$to" "$@"
}

# teams FILE: lines "team round checkpoint" of a population's status in JSON.
teams() {
  awk -F'[:,]' '/"team":/ { team = $2 } /"round":/ { round = $2 } /"checkpointRound":/ { print team + 0, round + 0, $2 + 0 }' "$1"
}

# field NAME FILE: a top-level text or number of a status in JSON.
field() { sed -n "s/^  \"$1\": //p" "$2" | head -n 1 | sed 's/,$//; s/^"//; s/"$//'; }
