# shellcheck shell=bash
# Watches a population or tournament while silos die; sourced after common.sh. Every look is a command of its own, as an
# operator's would be, to the silos that run at that moment.

# watch KIND NAME FILE: appends a line "time team round checkpoint" for each team (a tournament: "time 0 pairs 0") to FILE,
# about one look a second, until it is ended. Looks that failed go to FILE.missed, warnings and errors to FILE.words, and
# the ports of silos that membership calls dead to FILE.dead. FILE.look is the newest answer.
watch() {
  local kind=$1 name=$2 file=$3 look=$3.look asked=$3.asked at to words before=""
  : >"$look"
  while true; do
    to=$(cat "$file.gateways")
    at=$(now)
    if [[ $kind == population ]]; then
      ask "$asked" "$to" population status "$name" --json && mv "$asked" "$look" && teams "$look" | sed "s/^/$at /" >>"$file"
    else
      ask "$asked" "$to" query tournament "$name" --json && mv "$asked" "$look" && printf '%s 0 %s 0\n' "$at" "$(field pairsDone "$look")" >>"$file"
    fi || printf '%s %s\n' "$at" "$(head -n 1 "$asked.error")" >>"$file.missed"
    words="$(field warning "$look") $(field error "$look")"
    [[ $words == "$before" ]] || printf '%s %s\n' "$at" "$words" >>"$file.words"
    before=$words
    dead_ports | sed "s/^/$at /" >>"$file.dead"
    sleep 0.5
  done
}

# tell_gateways FILE: where a watch asks from now on.
tell_gateways() { gateways >"$1.gateways.new" && mv "$1.gateways.new" "$1.gateways"; }

# lost_checkpoints FILE: lines "time team before after" where a team's checkpoint went back.
lost_checkpoints() { awk '($4 < newest[$2]) { print $1, $2, newest[$2], $4 } ($4 > newest[$2]) { newest[$2] = $4 }' "$1"; }

# recovery FILE MOMENT END: seconds from MOMENT until every team that is not at END has been seen moving; "-" if it never was.
recovery() {
  awk -v moment="$2" -v end="$3" '
    { teams[$2] = 1 }
    $1 <= moment { if ($3 == end) moved[$2] = moment; next }
    !($2 in moved) && ($2 in last) && ($3 > last[$2] || $3 == end) { moved[$2] = $1 }
    { last[$2] = $3 }
    END {
      slowest = moment
      for (team in teams) {
        if (!(team in moved)) { print "-"; exit }
        if (moved[team] > slowest) slowest = moved[team]
      }
      printf "%.1f\n", slowest - moment
    }' "$1"
}

# noticed FILE MOMENT PORT: seconds from MOMENT until membership called the silo at PORT dead.
noticed() {
  awk -v moment="$2" -v port="$3" '$1 >= moment && $2 == port { printf "%.1f", $1 - moment; found = 1; exit } END { if (!found) printf "-" }' "$1.dead"
}
