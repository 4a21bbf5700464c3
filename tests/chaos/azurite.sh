# shellcheck shell=bash
# Azurite, the emulator of Azure Storage, of the script's own: a temporary directory, ports of this machine only; sourced after
# common.sh.
root=${root:?} work=${work:?} silo_port=${silo_port:?} # set by the script and by common.sh
azurite_port=${SRPO_CHAOS_AZURITE_PORT:-$((silo_port - 10))} # of blobs; the next ones are of queues and tables
azurite_directory=$work/azurite
azurite=""

# What starts it: SRPO_AZURITE, what npm installed below artifacts/, or what is on PATH.
azurite_program() {
  local program
  for program in "${SRPO_AZURITE:-}" "$root/artifacts/azurite/node_modules/.bin/azurite" "$(command -v azurite || true)"; do
    if [[ -x $program ]]; then
      printf '%s' "$program"
      return
    fi
  done
  fail "Azurite was not found; install it (npm install --global azurite), or name its program in SRPO_AZURITE"
}

start_azurite() {
  local program port deadline=$((SECONDS + 120))
  program=$(azurite_program)
  mkdir -p "$azurite_directory"
  # The Azure client libraries may be newer than the emulator; it then need not know their version of the protocol.
  "$program" --silent --skipApiVersionCheck --disableTelemetry --location "$azurite_directory" \
    --blobHost 127.0.0.1 --blobPort "$azurite_port" --queueHost 127.0.0.1 --queuePort $((azurite_port + 1)) \
    --tableHost 127.0.0.1 --tablePort $((azurite_port + 2)) >>"$work/azurite.log" 2>&1 </dev/null &
  azurite=$!
  for port in "$azurite_port" $((azurite_port + 2)); do
    until curl --silent --max-time 5 --output /dev/null "http://127.0.0.1:$port/"; do
      kill -0 "$azurite" 2>/dev/null || { tail -n 20 "$work/azurite.log" >&2; fail "Azurite ended"; }
      ((SECONDS < deadline)) || fail "Azurite did not answer within 120 s"
      sleep 0.3
    done
  done
}

# SIGTERM: what it has acknowledged is kept; a crash would lose the last seconds, which the real storage never does.
stop_azurite() {
  [[ -n $azurite ]] || return 0
  kill -TERM "$azurite" 2>/dev/null || true
  kill -CONT "$azurite" 2>/dev/null || true
  wait "$azurite" 2>/dev/null || true
  azurite=""
}

# How the programs reach it. The account and its key are the emulator's published ones; they protect nothing.
azurite_connection() {
  local key='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
  printf 'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=%s;' "$key"
  printf '%sEndpoint=http://127.0.0.1:%s/devstoreaccount1;' Blob "$azurite_port" Queue $((azurite_port + 1)) Table $((azurite_port + 2))
}
