#!/usr/bin/env bash
# Upgrades a cluster silo by silo while it trains, from an older build to the present one, and compares what comes out.
#
#   bench/upgrade.sh COMMIT [--teams N] [--iterations N] [--storage postgres|azure|files] [--keep DIR]
#
# COMMIT, a commit of this repository, is built below artifacts/upgrade. Three silos of it begin a population; one after the other is then
# asked to end (SIGTERM) and started again from the present build, while clients of both builds ask for the population's status. When one silo of
# each build is there, the present build's client starts a second population. It passes if both end and every exported checkpoint has the bytes of
# the present build's undisturbed run on one silo. Ends with 0 if it passed, 1 if not, 5 if something is missing.
set -euo pipefail
# shellcheck source=tests/chaos/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tests/chaos/common.sh"

(($# > 0)) && [[ $1 != -* ]] || usage
commit=$1 teams=8 iterations=2000 storage=postgres keep=""
shift
while (($# > 0)); do
  case $1 in
    --teams) teams=$2; shift ;;
    --iterations) iterations=$2; shift ;;
    --storage) storage=$2; shift ;;
    --keep) keep=$2; shift ;;
    *) usage ;;
  esac
  shift
done
[[ $storage == postgres || $storage == files || $storage == azure ]] || { printf '%s\n' "--storage $storage: use postgres, azure or files" >&2; exit 2; }
hash=$(git -C "$root" rev-parse --verify --quiet "$commit^{commit}") || { printf '%s\n' "$commit is no commit of this repository" >&2; exit 2; }

finish_upgrade() {
  signal_storage CONT 2>/dev/null || true
  stop_silos
  [[ -z $keep ]] || { mkdir -p "$keep" && tar --create --directory "$work" --exclude ./postgres --exclude ./azurite . | tar --extract --directory "$keep"; }
  finish
}
trap finish_upgrade EXIT

# The older build: built once, in a folder of its commit.
older=$root/artifacts/upgrade/$hash
build_older() {
  [[ ! -f $older/built ]] || return 0
  say "building $commit ($(git -C "$root" log -1 --format=%cs "$hash"))..."
  rm -rf "$older" && mkdir -p "$older"
  git -C "$root" archive "$hash" | tar --extract --directory "$older"
  local project
  for project in src/Silo/Srpo.Silo.csproj src/Client/Srpo.Client.csproj; do
    (cd "$older" && dotnet build "$project" -c Release --nologo -v quiet -clp:NoSummary) >&2 || fail "$project of $commit could not be built"
  done
  touch "$older/built"
}

# use older|present: silos and commands started from now on are of that build.
use() {
  local bin=$artifacts/bin
  [[ $1 == present ]] || bin=$older/artifacts/bin
  client_program=$bin/Srpo.Client/release/srpo.dll
  silo_program=$bin/Srpo.Silo/release/Srpo.Silo.dll
}

# start NAME: begins a population.
start() {
  ask "$work/$1.start" "$(gateways)" population start "$1" --method srpo --seeds "$teams" --iterations "$iterations" --set checkpointInterval=50 --set seed=7 ||
    fail "population start $1: $(tail -n 1 "$work/$1.start.error" | cut -d' ' -f2-)"
}

# status NAME FIELD: of the population, as the build in use sees it.
status() {
  ask "$work/$1.status" "$(gateways)" population status "$1" --json || fail "population status $1: $(tail -n 1 "$work/$1.status.error" | cut -d' ' -f2-)"
  field "$2" "$work/$1.status"
}

# finished NAME SECONDS: waits for its end.
finished() {
  local deadline=$((SECONDS + $2)) phase
  until phase=$(status "$1" phase) && [[ $phase == finished ]]; do
    [[ $phase != failed && $phase != stopped ]] || fail "$1: $phase: $(field error "$work/$1.status")"
    ((SECONDS < deadline)) || fail "$1 is $phase after $2 s"
    sleep 1
  done
}

# round NAME: rounds that all its teams have behind them.
round() { status "$1" round >/dev/null && teams "$work/$1.status" | awk 'NR == 1 || $2 < least { least = $2 } END { print least + 0 }'; }

# reached NAME ROUND
reached() { until (($(round "$1") >= $2)) || [[ $(field phase "$work/$1.status") == finished ]]; do sleep 0.5; done; }

build_older
prepare "$storage"

use present
began=$(now)
begin_cluster reference "$storage"
start_silos 1
start upgraded
finished upgraded 3600
start begun-between
finished begun-between 3600
undisturbed=$(calculate "$(now) - $began")
for name in upgraded begun-between; do client "$(gateways)" export "$name" "$work/reference/$name" >/dev/null; done
stop_silos
say "undisturbed, one silo: $undisturbed s"

began=$(now)
use older
begin_cluster upgrade "$storage"
start_silos 3
await_members 3
start upgraded
for index in 0 1 2; do
  reached upgraded $(((index + 1) * iterations / 5))
  at=$(field phase "$work/upgraded.status") round=$(round upgraded)
  end_silo "$index"
  use present
  if ((index == 0)) && [[ $storage == postgres ]]; then client "$(gateways)" admin init-db >/dev/null || fail "the present srpo admin init-db failed"; fi
  start_silo "$index"
  await_silo "$index"
  await_members 3
  say "silo $index is of the present build at round $round of $iterations ($at), seen by both clients: $(status upgraded phase), $(use older && status upgraded phase)"
  use present
  ((index != 0)) || start begun-between
  ((index == 2)) || use older
done
use present
for name in upgraded begun-between; do
  finished "$name" "$(calculate "10 * $undisturbed + 300" | cut -d. -f1)"
  client "$(gateways)" export "$name" "$work/upgrade/$name" >/dev/null
done
say "upgraded while it trained: $(calculate "$(now) - $began") s"
if ! diff -rq "$work/reference" "$work/upgrade" >"$work/diff"; then fail "other bytes than undisturbed: $(wc -l <"$work/diff") files, the first: $(head -n 1 "$work/diff")"; fi
if [[ -n $(bad_commands) ]]; then fail "commands that were silent or faulty: $(bad_commands | head -n 1)"; fi
printf 'passed: %s files with the bytes of the undisturbed run\n' "$(find "$work/upgrade" -type f | wc -l)"
