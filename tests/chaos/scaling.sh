#!/usr/bin/env bash
# How training grows with silo processes: env-steps per second with 1, 2 and 4 silos on fixed cores, the share of processor
# time outside of rollouts and updates, and the messages between silos. PostgreSQL and the client run on the same cores.
#
#   tests/chaos/scaling.sh [--cores N] [--teams N] [--iterations N]
#
# --cores: cores to use, 2 to 64; as many as there are by default.
set -euo pipefail
# shellcheck source=tests/chaos/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tests/chaos/metrics.sh
. "$here/metrics.sh"

available=$(nproc) teams=16 iterations=1000
while (($# > 0)); do
  case $1 in
    --cores) available=$2; shift ;;
    --teams) teams=$2; shift ;;
    --iterations) iterations=$2; shift ;;
    *) usage ;;
  esac
  shift
done

# Seconds of processor time of all silos.
processor_seconds() {
  local pid total=0
  for pid in "${silos[@]}"; do
    total=$((total + $(awk '{ print $14 + $15 }' "/proc/$pid/stat")))
  done
  calculate "$total / $(getconf CLK_TCK)"
}

# sample NAME: the metrics of all silos, as files NAME-INDEX.
sample() {
  local index
  for index in "${!silos[@]}"; do scrape "$index" "$work/$1-$index"; done
}

# grown METRIC: how much it grew between the samples "before" and "after".
grown() { calculate "$(metric "$1" "$work"/after-*) - $(metric "$1" "$work"/before-*)"; }

# measure COUNT CORES: a row of the table, with COUNT silos on the first CORES cores.
measure() {
  local count=$1 used=$2 index name=c$1x$2 file=$work/status.json seconds before busy steps sent bytes cpu
  workers=$((used / count > 0 ? used / count : 1))
  cores=()
  for ((index = 0; index < count; index++)); do
    if ((used >= count)); then cores[index]=$((index * workers))-$(((index + 1) * workers - 1)); else cores[index]=$((index % used)); fi
  done
  begin_cluster "$name" postgres
  start_silos "$count"
  await_members "$count"
  # Once for the compiler.
  client "$(gateways)" population start warm --method srpo --seeds "$teams" --iterations 100 >/dev/null
  await warm
  rm -f "$work"/before-* "$work"/after-*
  sample before
  before=$(processor_seconds)
  client "$(gateways)" population start measured --method srpo --seeds "$teams" --iterations "$iterations" >/dev/null
  await measured
  seconds=$(field trainingSeconds "$file") # to its end, not to the look that found it ended
  cpu=$(calculate "$(processor_seconds) - $before")
  sample after
  steps=$(grown srpo_training_env_steps_total)
  busy=$(grown srpo_compute_busy_time_seconds_total)
  sent=$(grown orleans_messaging_sent_messages_size_bytes_count)
  bytes=$(grown orleans_messaging_sent_messages_size_bytes_sum)
  # With more silos than cores, a worker's time contains waiting for the core, and says nothing of the kernels.
  printf '%5s %5s %10.0f %9.2f %12s %10s %9.1f %9.0f %9.1f\n' "$count" "$used" "$(calculate "$steps / $seconds")" "$(calculate "$cpu / $seconds")" \
    "$( ((count > used)) && printf '-' || printf '%.1f' "$(calculate "100 * (1 - $busy / ($used * $seconds))")")" \
    "$(overhead)" \
    "$(calculate "$sent / $seconds")" "$(calculate "$sent > 0 ? $bytes / $sent : 0")" "$(calculate "$bytes / $seconds / 1000")"
  costs+=("$(printf '%5s %5s %10.3f %11.1f %12.3f %11.3f %11.0f %11.2f' "$count" "$used" "$(per_round orleans_messaging_sent_messages_size_bytes_count)" \
    "$(per_round orleans_messaging_sent_messages_size_bytes_sum)" "$(per_round orleans_messaging_sent_local_total)" \
    "$(per_round srpo_storage_operation_duration_seconds_count)" "$(per_round srpo_checkpoint_io_bytes_total)" \
    "$(calculate "1000 * $(grown srpo_storage_operation_duration_seconds_sum) / $(grown srpo_storage_operation_duration_seconds_count)")")")
  stop_silos
}

# Share of the silos' processor time outside of rollouts and updates; "?" where other programs took the cores from them.
overhead() {
  if ((count > used)); then printf '-'
  elif awk "BEGIN { exit !($busy > $cpu) }"; then printf '?'
  else printf '%.1f' "$(calculate "100 * ($cpu - $busy) / $cpu")"; fi
}

# per_round METRIC
per_round() { calculate "$(grown "$1") / $(grown srpo_training_rounds_total)"; }

# await POPULATION
await() {
  local phase=""
  until [[ $phase == finished ]]; do
    sleep 2 # looks take processor time from the same cores
    client "$(gateways)" population status "$1" --json >"$work/status.json"
    phase=$(field phase "$work/status.json")
    [[ $phase != failed ]] || fail "$1 failed: $(field error "$work/status.json")"
  done
}

prepare postgres
costs=()
printf '%5s %5s %10s %9s %12s %10s %9s %9s %9s\n' silos cores env-steps/s cpu-used outside,% overhead,% msgs/s bytes/msg kB/s
measure 1 1
measure 1 "$available"
measure 2 "$available"
measure 4 "$available"
printf '%s\n' "outside: share of the cores' time outside of rollouts and updates, waiting included; overhead: that share of the processor time" \
  "used by the silos, ? where other programs took the cores. Messages are those between processes, pings and client included. $teams teams, $iterations rounds each." ""
printf '%5s %5s %10s %11s %12s %11s %11s %11s\n' silos cores msgs/round bytes/round local/round store/round ckpt-B/round ms/store
printf '%s\n' "${costs[@]}" "for each round of a team: messages between processes and their bytes, messages within silos, reads and writes of storage," \
  "bytes of checkpoints; and the mean time of a read or write."
