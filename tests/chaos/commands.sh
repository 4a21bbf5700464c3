# shellcheck shell=bash
# Commands that are timed, as an operator would time them; sourced after common.sh. Each appends a line "began seconds silent
# code arguments" to the file `commands`: silent is the time until the first line that said what is waited for, or the end. What those
# said that took longer than `longest_silence` is in the file with the ending .slow.
commands=${work:?}/commands # the script may choose another

# A command may take longer than this, but not without saying what it waits for.
longest_silence=30

# ask OUT GATEWAYS ARGUMENTS...: the command line on the cluster; its answer goes to OUT, what it says besides to OUT.error,
# each line with its time.
ask() {
  local out=$1 to=$2 began ended code=0
  shift 2
  began=$(now)
  {
    client_seconds=${client_seconds:-600} client "$to" "$@" 2>&1 >&3 | stamp >"$out.error" || code=${PIPESTATUS[0]}
  } 3>"$out"
  ended=$(now)
  awk -v began="$began" -v ended="$ended" -v code="$code" -v command="$*" '
    !silent && ($2 == "srpo:" || $2 == "training") { silent = $1 - began }
    END { printf "%s %.1f %.1f %d %s\n", began, ended - began, silent ? silent : ended - began, code, command }' "$out.error" >>"$commands"
  ((${ended%.*} - ${began%.*} <= longest_silence)) || { printf '%s %s\n' "$began" "$*" && cat "$out.error"; } >>"$commands.slow"
  return "$code"
}

# Each line with the time at which it came.
stamp() {
  local line
  while IFS= read -r line; do printf '%s %s\n' "$EPOCHREALTIME" "$line"; done
}

# longest_command: "seconds:silent" of the longest command and the longest silence. A watch lasts as long as what it watches.
longest_command() {
  awk '$2 > seconds && !/ population watch / { seconds = $2 } $3 > silent { silent = $3 } END { printf "%.0f:%.0f", seconds, silent }' "$commands"
}

# bad_commands: those that were silent for too long, did not end, or ended as by a fault of the program.
bad_commands() { awk -v longest="$longest_silence" '$3 > longest || $4 == 70 || $4 == 124 || $4 > 130' "$commands"; }
