# shellcheck shell=bash
# Reads what silos measure of themselves, from their /metrics; sourced after common.sh.
health_port=${health_port:?}

# scrape INDEX FILE
scrape() { curl --silent --fail --max-time 30 "http://127.0.0.1:$((health_port + $1))/metrics" >"$2"; }

# metric NAME FILE...: the sum over all series of a metric in the files.
metric() {
  local name=$1
  shift
  awk -v name="$name" '{ split($1, part, "{"); if (part[1] == name) sum += $NF } END { printf "%.6f", sum }' "$@"
}
