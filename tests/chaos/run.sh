#!/usr/bin/env bash
# Disturbs a real cluster at random moments and compares what comes out with an undisturbed run, byte by byte.
#
#   tests/chaos/run.sh [--runs N] [--first N] [--seed N] [--teams N] [--iterations N] [--storage postgres|azure|files]
#                      [--kill-coordinator | --kill-database | --tournament | --restart | --restore | --freeze | --freeze-storage |
#                       --pause | --subscribers | --lost-replies | --mixed] [--outage SECONDS] [--keep DIR]
#
# Three silos, and a PostgreSQL server or Azurite of the script's own. In each run two silos are killed (SIGKILL) and one comes back,
# or what the option says is done; moments and victims follow from the seed. A run passes if it finishes, every exported checkpoint
# has the bytes of the undisturbed run on one silo, no checkpoint that was reported is ever taken back, and no command was silent for
# 30 s. Ends with 0 if all passed, 1 if one did not, 5 if something is missing. README.md says more. In the column dead:moving,
# seconds from each disturbance until membership called the silo dead, and until every unfinished team was seen to move; in the column
# command:silent, seconds of the longest command, and of the longest that one took to say what it waits for.
set -euo pipefail
# shellcheck source=tests/chaos/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tests/chaos/watch.sh
. "$here/watch.sh"
# shellcheck source=tests/chaos/disturb.sh
. "$here/disturb.sh"

runs=10 first=1 seed=1 teams=12 iterations=2000 storage=postgres mode=kill outage="" keep=""
while (($# > 0)); do
  case $1 in
    --runs) runs=$2; shift ;;
    --first) first=$2; shift ;;
    --seed) seed=$2; shift ;;
    --teams) teams=$2; shift ;;
    --iterations) iterations=$2; shift ;;
    --storage) storage=$2; shift ;;
    --outage) outage=$2; shift ;;
    --keep) keep=$2; shift ;;
    --kill-coordinator) mode=coordinator ;;
    --kill-database) mode=database ;;
    --tournament) mode=tournament ;;
    --restart) mode=restart ;;
    --restore) mode=restore ;;
    --freeze) mode=freeze ;;
    --freeze-storage) mode=freeze-storage ;;
    --pause) mode=pause ;;
    --subscribers) mode=subscribers ;;
    --lost-replies) mode=lost-replies ;;
    --mixed) mode=mixed ;;
    *) usage ;;
  esac
  shift
done
[[ $storage == postgres || $storage == files || $storage == azure ]] || { printf '%s\n' "--storage $storage: use postgres, azure or files" >&2; exit 2; }
[[ $storage != azure || $mode != restore ]] || { printf '%s\n' "--restore restores a database; use it with --storage postgres" >&2; exit 2; }
[[ $storage != files || $mode != freeze-storage ]] || { printf '%s\n' "--freeze-storage freezes a server; use it with --storage postgres or azure" >&2; exit 2; }

watcher=""
# Before what common.sh does at the end.
finish_run() {
  [[ -z $watcher ]] || kill "$watcher" 2>/dev/null || true
  end_watchers
  signal_storage CONT 2>/dev/null || true
  stop_silos
  if [[ -n $keep ]]; then
    mkdir -p "$keep"
    tar --create --directory "$work" --exclude ./postgres --exclude ./azurite . | tar --extract --directory "$keep"
  fi
  finish
}
trap finish_run EXIT

population=chaos
settings=(--method srpo --seeds "$teams" --set checkpointInterval=50 --set seed=7)
episodes=60000

start_population() {
  ask "$work/start.txt" "$(gateways)" population start "$population" "${settings[@]}" --iterations "$1" ||
    fail "population start: $(tail -n 1 "$work/start.txt.error" | cut -d' ' -f2-)"
}

# await_population SECONDS [LOOK]: waits until the population has ended; it is asked once a second, or LOOK is read, where a watch
# keeps its newest answer. Sets `phase`.
await_population() {
  local deadline=$((SECONDS + $1)) file=${2:-$work/await.json}
  phase=unknown
  while ((SECONDS < deadline)); do
    if [[ -n ${2:-} ]] || ask "$file" "$(gateways)" population status "$population" --json; then
      phase=$(field phase "$file" 2>/dev/null)
      [[ $phase != finished && $phase != failed && $phase != stopped ]] || return 0
    fi
    sleep 1
  done
  phase="not finished after $1 s ($phase)"
}

crossplay() {
  client_seconds=900 client "$1" crossplay "$population" --episodes "$episodes" --id games --out "$2" >"$2.log" 2>&1
}

results() {
  if [[ $mode == tournament ]]; then
    mkdir -p "$1" && cp "$1.games"/crossplay-*.csv "$1/"
  else
    client "$(gateways)" export "$population" "$1" >/dev/null
  fi
}

# Seconds that a disturbed run may take.
patience() { calculate "10 * $undisturbed + 300" | cut -d. -f1; }

# What an undisturbed run gives, on one silo; also how long it takes.
reference() {
  local began
  begin_cluster reference "$storage"
  start_silos 1
  [[ $mode != tournament ]] || train_undisturbed
  began=$(now)
  if [[ $mode == tournament ]]; then
    crossplay "$(gateways)" "$work/reference.games" || { cat "$work/reference.games.log" >&2; fail "the undisturbed tournament failed"; }
  else
    start_population "$iterations"
    await_population 1800
    [[ $phase == finished ]] || fail "the undisturbed run: $phase"
  fi
  undisturbed=$(calculate "$(now) - $began")
  results "$work/reference"
  stop_silos
  say "undisturbed, one silo: $undisturbed s, $(find "$work/reference" -type f | wc -l) files"
}

# A small population for tournaments.
train_undisturbed() {
  start_population 100
  await_population 600
  [[ $phase == finished ]] || fail "training for the tournament: $phase"
}

# Plays the tournament from a client that is started again where it fails, as an operator would.
play_tournament() {
  local attempt
  for attempt in 1 2 3 4 5 6; do
    ! crossplay "$(cat "$1.gateways")" "$2" || return 0
    say "crossplay ended early (attempt $attempt): $(tail -n 1 "$2.log")"
    sleep 5
  done
  return 1
}

# problem TEXT: one more reason why a run did not pass; none if TEXT is empty.
problem() { [[ -z $1 ]] || verdict="${verdict:+$verdict; }$1"; }

# Waits for the watch that began after others had been killed.
await_last_watcher() {
  local code=0 answer=$work/watched.json
  wait "$last_watcher" || code=$?
  if ((code > 0)); then
    problem "the last watch ended with $code: $(tail -n 1 "$answer.error" | cut -d' ' -f2-)"
  elif [[ $(field phase "$answer") != finished ]]; then
    problem "the last watch ended with the phase $(field phase "$answer")"
  elif ! grep -q " training " "$answer.error"; then
    problem "the last watch got no progress (was the population too small?)"
  fi
}

# Errors do not end this function by themselves, since its result is asked for; what must not fail says so.
# one_run NUMBER: prints a row of the table; returns 1 if the run did not pass.
one_run() {
  local name=run$1 file=$work/run$1.looks verdict="" began seconds recovered=() moment at port later end=$iterations player="" doing=$mode
  [[ $mode != mixed ]] || doing=${mixture[$((($1 - 1) % ${#mixture[@]}))]}
  RANDOM=$((seed + $1 - 1))
  commands=$work/$name.commands
  : >"$commands"
  begin_cluster "$name" "$storage"
  start_silos 3
  await_members 3
  : >"$file"
  : >"$file.dead"
  : >"$file.words"
  tell_gateways "$file"
  if [[ $mode == tournament ]]; then
    train_undisturbed
    end=$((teams * teams))
    play_tournament "$file" "$work/$name.games" &
    player=$!
    watch tournament games.training "$file" &
  else
    start_population "$iterations"
    watch population "$population" "$file" &
  fi
  watcher=$!
  began=$(now)
  disturb "$file" "$doing"
  problem "$fault"
  if [[ $mode == tournament ]]; then
    wait "$player" || problem "the tournament failed"
  else
    await_population "$(patience)" "$file.look"
    [[ $phase == finished ]] || problem "$phase"
  fi
  [[ -z $last_watcher ]] || await_last_watcher
  seconds=$(calculate "$(now) - $began")
  sleep 2 # one look at the end
  kill "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
  watcher=""
  if [[ ${phase:-finished} == finished ]]; then
    results "$work/$name" || problem "no results"
    diff -rq "$work/reference" "$work/$name" >"$work/$name.diff" || problem "other bytes than undisturbed: $(wc -l <"$work/$name.diff") files"
  fi
  if [[ $mode != tournament && -n $(lost_checkpoints "$file") ]]; then
    problem "lost checkpoints: $(lost_checkpoints "$file" | wc -l)"
  fi
  if [[ $doing == database || $doing == freeze-storage ]] && ! grep -q storage "$file.words"; then problem "status did not say what it waited for"; fi
  if [[ -n $(bad_commands) ]]; then problem "commands that were silent or faulty: $(bad_commands | wc -l), the first: $(bad_commands | head -n 1)"; fi
  for moment in "${moments[@]}"; do
    read -r at port later <<<"$moment"
    recovered+=("$(noticed "$file" "$at" "$port"):$(recovery "$file" "${later:-$at}" "$end")")
  done
  printf '%4s %5s  %-62s %8.1f  %-16s %-14s %s\n' "$1" $((seed + $1 - 1)) "$events" "$seconds" "${recovered[*]}" "$(longest_command)" "${verdict:-passed}"
  [[ -z $keep || ! -s $file.words ]] || cp "$file.words" "$work/$name.words"
  stop_silos
  [[ -z $verdict ]]
}

prepare "$storage"
cutting=(lost-replies)
if [[ $mode == mixed || $mode == lost-replies ]] && ! can_cut; then
  cutting=()
  say "connections are not cut: $uncut; FollowingTests holds lost replies to the same bits"
  [[ $mode != lost-replies ]] || exit 5
fi
mixture=(kill coordinator freeze pause subscribers freeze-storage "${cutting[@]}")
[[ $storage != files ]] || mixture=(kill coordinator freeze pause subscribers "${cutting[@]}")
reference
printf '%4s %5s  %-62s %8s  %-16s %-14s %s\n' run seed "disturbance, seconds after the start" seconds "dead:moving" "command:silent" result
good=0
for ((run = first; run < first + runs; run++)); do
  ! one_run "$run" || good=$((good + 1))
done
printf '%s of %s runs passed\n' "$good" "$runs"
((good == runs))
