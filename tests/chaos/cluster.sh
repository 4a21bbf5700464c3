# shellcheck shell=bash
# What the clusters of run.sh have in common; sourced after common.sh and postgres.sh.
work=${work:?} silo_port=${silo_port:?} # set by the script and by common.sh

# begin_cluster NAME STORAGE: an empty database for membership and, unless STORAGE is files, for grain state. The silos
# started from now on belong to it.
begin_cluster() {
  local name=$1 storage=$2
  database=chaos_$name
  export client_data=$work/client-$name
  mkdir -p "$client_data"
  create_database "$database"
  use_database "$database"
  dotnet "${client_program:?}" admin init-db >"$work/init-db.log" 2>&1 || { cat "$work/init-db.log" >&2; fail "srpo admin init-db failed"; }
  silo_options=(--Srpo:Cluster:Kind=postgres --Srpo:Storage:Kind="$storage"
    --Srpo:DataDirectory="$work/data-$name")
  [[ $storage != files ]] || silo_options+=(--Srpo:ShareDataDirectory=true)
}

# use_database NAME: silos and commands started from now on use it.
use_database() {
  SRPO_CLUSTER_CONNECTION=$(connection "$1")
  Srpo__Cluster__ConnectionString=$SRPO_CLUSTER_CONNECTION
  export SRPO_CLUSTER_ID=srpo Srpo__ClusterId=srpo SRPO_CLUSTER_CONNECTION Srpo__Cluster__ConnectionString
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
  local port
  port=$(client "$(gateways)" cluster status --json | awk '
    /"silo":/ { split($0, part, ":"); port = part[3] + 0 }
    /"kind": "coordinator"/ { coordinator = 1 }
    coordinator && /"count": [1-9]/ { print port; exit }
    /"count":/ { coordinator = 0 }')
  [[ $port =~ ^[0-9]+$ ]] || fail "srpo cluster status does not show where the coordinator is"
  printf '%s' $((port - silo_port))
}
