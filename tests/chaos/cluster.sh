# shellcheck shell=bash
# What the clusters of run.sh have in common; sourced after common.sh and postgres.sh.
work=${work:?} silo_port=${silo_port:?} # set by the script and by common.sh

# begin_cluster NAME STORAGE: an empty database, or an empty part of Azurite's account, for membership and, unless STORAGE is
# files, for grain state. The silos started from now on belong to it.
begin_cluster() {
  local name=$1 storage=$2 kind=postgres
  export client_data=$work/client-$name
  mkdir -p "$client_data"
  if [[ $storage == azure ]]; then
    kind=azure
    use_cluster "chaos-$name" "$(azurite_connection)"
  else
    database=chaos_$name
    create_database "$database"
    use_database "$database"
    dotnet "${client_program:?}" admin init-db >"$work/init-db.log" 2>&1 || { cat "$work/init-db.log" >&2; fail "srpo admin init-db failed"; }
  fi
  silo_options=(--Srpo:Cluster:Kind="$kind" --Srpo:Storage:Kind="$storage"
    --Srpo:DataDirectory="$work/data-$name")
  [[ $storage != azure ]] || silo_options+=(--Srpo:Storage:Container="chaos-$name")
  [[ $storage != files ]] || silo_options+=(--Srpo:ShareDataDirectory=true)
}

# use_database NAME: silos and commands started from now on use it.
use_database() { use_cluster srpo "$(connection "$1")"; }

# use_cluster ID CONNECTION
use_cluster() {
  SRPO_CLUSTER_ID=$1 SRPO_CLUSTER_CONNECTION=$2
  Srpo__ClusterId=$1 Srpo__Cluster__ConnectionString=$2
  export SRPO_CLUSTER_ID Srpo__ClusterId SRPO_CLUSTER_CONNECTION Srpo__Cluster__ConnectionString
}

# signal_storage SIGNAL: to all processes of the storage. Frozen (STOP), it keeps its connections and answers nothing.
signal_storage() {
  local pids=()
  if [[ -n $azurite ]]; then
    pids=("$azurite")
  else
    pids=("$(head -n 1 "${database_directory:?}/data/postmaster.pid")")
    kill "-$1" "${pids[0]}" # first, so that no others come
    mapfile -t -O 1 pids < <(pgrep -P "${pids[0]}")
  fi
  kill "-$1" "${pids[@]}"
}

# stop_storage, start_storage: PostgreSQL as in a crash; Azurite in good order.
stop_storage() { if [[ -n $azurite ]]; then stop_azurite; else stop_database immediate; fi; }
start_storage() { if [[ -n ${postgres_bin:-} ]]; then start_database; else start_azurite; fi; }

# dead_ports: the silo ports that membership calls dead; nothing where Azurite has it, or no answer comes.
dead_ports() {
  [[ -z ${postgres_bin:-} ]] || PGCONNECT_TIMEOUT=3 timeout 5 "$postgres_bin/psql" --host 127.0.0.1 --port "${database_port:?}" --username srpo --dbname "$database" \
    --no-psqlrc --quiet --tuples-only --no-align --command "select distinct port from srpo_silo where status = 6" 2>/dev/null || true
}

# await_members COUNT: waits until the silos see each other.
await_members() {
  local deadline=$((SECONDS + 60))
  until [[ $(client "$(gateways)" cluster status --json 2>/dev/null | grep -c '"status": "active"') == "$1" ]]; do
    ((SECONDS < deadline)) || fail "the silos did not find each other within 60 s"
    sleep 0.5
  done
}

# The index of the silo that hosts the coordinator of the population.
coordinator_silo() {
  local port status=$work/coordinator.json
  ask "$status" "$(gateways)" cluster status --json || fail "srpo cluster status: $(head -n 1 "$status.error")"
  port=$(awk '
    /"silo":/ { split($0, part, ":"); port = part[3] + 0 }
    /"kind": "coordinator"/ { coordinator = 1 }
    coordinator && /"count": [1-9]/ { print port; exit }
    /"count":/ { coordinator = 0 }' "$status")
  [[ $port =~ ^[0-9]+$ ]] || fail "srpo cluster status does not show where the coordinator is"
  printf '%s' $((port - silo_port))
}

# await_declared_dead INDEX: waits until another silo's list of the cluster is without it.
await_declared_dead() {
  local deadline=$((SECONDS + 180)) status=$work/members.json
  until ask "$status" "$(other_gateways "$1")" cluster status --json && ! grep -q "\"silo\": \"[^\"]*:$((silo_port + $1))[^0-9]" "$status"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.5
  done
}
