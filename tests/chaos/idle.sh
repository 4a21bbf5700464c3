#!/usr/bin/env bash
# What resting grains cost: registers populations with many agents on three silos with PostgreSQL, restarts the silos, wakes
# every agent, and measures memory, activation time, and how long the commands of an operator take meanwhile.
#
#   tests/chaos/idle.sh [--populations N] [--teams N] [--hidden N] [--silos N]
#
# 1000 populations with 50 teams of two agents by default: 100,000 agents. --hidden is the width of their networks.
set -euo pipefail
# shellcheck source=tests/chaos/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tests/chaos/metrics.sh
. "$here/metrics.sh"

populations=1000 teams=50 hidden=1 count=3
while (($# > 0)); do
  case $1 in
    --populations) populations=$2; shift ;;
    --teams) teams=$2; shift ;;
    --hidden) hidden=$2; shift ;;
    --silos) count=$2; shift ;;
    *) usage ;;
  esac
  shift
done

# Live bytes on the heap and resident bytes, summed over the silos.
memory() {
  local pid index heap=0 resident=0
  for index in "${!silos[@]}"; do
    pid=${silos[$index]}
    scrape "$index" "$work/metrics-$index"
    heap=$((heap + $(metric dotnet_gc_last_collection_heap_size_bytes "$work/metrics-$index" | cut -d. -f1)))
    resident=$((resident + $(awk '/VmRSS/ { print $2 * 1024 }' "/proc/$pid/status")))
  done
  printf '%s %s\n' "$heap" "$resident"
}

# duration COMMAND...: seconds that a command of the command line takes, its start included; best and worst of five.
duration() {
  local turn began times=()
  for turn in 1 2 3 4 5; do
    began=$(now)
    client "$(gateways)" "$@" >/dev/null
    times+=("$(calculate "$(now) - $began")")
  done
  mapfile -t times < <(printf '%s\n' "${times[@]}" | sort -n)
  printf '%-40s %s to %s s\n' "srpo $*" "${times[0]}" "${times[4]}"
  : "$turn"
}

prepare postgres
begin_cluster idle postgres
workers=0
start_silos "$count"
await_members "$count"
client_seconds=3000 client "$(gateways)" bench idle --populations "$populations" --teams "$teams" --hidden "$hidden"
stop_silos
start_silos "$count"
await_members "$count"
client "$(gateways)" query agent idle-0000/0/0 >/dev/null # what every silo needs once is there now
read -r heap_before resident_before < <(memory)
client_seconds=3000 client "$(gateways)" bench idle --populations "$populations" --teams "$teams" --hidden "$hidden" --wake
sleep 15 # a collection of garbage comes by itself soon after
client "$(gateways)" cluster status
read -r heap_after resident_after < <(memory)
agents=$((populations * teams * 2))
printf 'heap of all silos after their last collections: %s, then %s bytes: %s bytes per agent\n' "$heap_before" "$heap_after" $(((heap_after - heap_before) / agents))
printf 'resident memory of all silos: %s, then %s bytes: %s bytes per agent\n' "$resident_before" "$resident_after" $(((resident_after - resident_before) / agents))
duration population list
duration population status idle-0000
duration cluster status
duration query agent idle-0000/0/0
