# shellcheck shell=bash
# What happens to a cluster while it trains; sourced after common.sh. Each of these functions takes the file of the looks and the
# moment at which it begins, seconds after the start, and sets `events` (what was done), `moments` (lines "time port [later]": from
# when on the teams must move again, if not later, and the silo that membership must call dead, or 0) and, if something was not as it must be, `fault`.
# shellcheck disable=SC2034,SC2154 # variables that the script sets, and those that it reads
silo_port=${silo_port:?} gateway_port=${gateway_port:?} work=${work:?} # set by common.sh
events="" moments=() fault="" last_watcher="" uncut=""
watchers=() # processes that are to be killed

# between LOW HIGH: sets `number`, from the seeded generator; a subshell would not move the generator on.
between() {
  local draw=$((RANDOM % 1000))
  number=$(calculate "$1 + ($2 - $1) * $draw / 1000")
}

# restart_all FILE BEGAN: one silo after the other is asked to end and started again, as for an upgrade.
restart_all() {
  local index
  for index in 0 1 2; do
    end_silo "$index"
    tell_gateways "$1"
    start_silo "$index"
    await_silo "$index"
    tell_gateways "$1"
  done
  moments=("$(now) 0")
  events="each silo in turn ended and started, from $2 on"
}

# restore_backup FILE BEGAN: a dump of the database is taken; later all is lost, and a new database is filled from the dump.
restore_backup() {
  local index
  "$postgres_bin/pg_dump" --host 127.0.0.1 --port "$database_port" --username srpo --format custom --file "$work/backup" "$database" || fail "pg_dump failed"
  sleep 5
  for index in 0 1 2; do kill_silo "$index"; done
  database=${database}_restored
  create_database "$database"
  "$postgres_bin/pg_restore" --host 127.0.0.1 --port "$database_port" --username srpo --no-owner --exit-on-error --dbname "$database" "$work/backup" || fail "pg_restore failed"
  use_database "$database"
  dotnet "$client_program" admin forget-silos --yes --force >"$work/forget.log" 2>&1 || { cat "$work/forget.log" >&2; fail "srpo admin forget-silos failed"; } # none of them runs
  : >"$1" # what was reported after the dump is lost, and known to be
  start_silos 3
  tell_gateways "$1"
  moments=("$(now) 0")
  events="dump at $2, all silos killed 5 s later, database restored"
}

# freeze_silo FILE BEGAN: a silo gets no processor time until the others have declared it dead. When it goes on it must see that, and
# end by itself; then it is started again.
freeze_silo() {
  local victim=$((RANDOM % 3)) code=0 began deadline
  began=$(now)
  moments=("$began $((silo_port + victim))")
  kill -STOP "${silos[$victim]}"
  events="silo $victim frozen at $2"
  await_declared_dead "$victim" || fault="silo $victim was not declared dead within 180 s"
  events+=", until dead after $(calculate "$(now) - $began")"
  between 0 5
  sleep "$number"
  kill -CONT "${silos[$victim]}"
  deadline=$((SECONDS + 60))
  while kill -0 "${silos[$victim]}" 2>/dev/null; do
    if ((SECONDS >= deadline)); then
      fault="silo $victim, declared dead, did not end by itself within 60 s"
      kill -KILL "${silos[$victim]}"
      break
    fi
    sleep 0.2
  done
  wait "${silos[$victim]}" 2>/dev/null || code=$?
  silos[victim]=
  events+=", ended ($code)"
  [[ $code == 5 || -n ${fault:-} ]] || fault="silo $victim, declared dead, ended with $code instead of 5"
  tell_gateways "$1"
  start_silo "$victim"
  await_silo "$victim"
  tell_gateways "$1"
}

# freeze_storage FILE BEGAN: what membership and state are kept in answers nothing for a while.
freeze_storage() {
  signal_storage STOP
  sleep "${outage:=20}"
  signal_storage CONT
  moments=("$(now) 0")
  events="storage frozen at $2 for $outage s"
}

# crash_storage FILE BEGAN: the same, gone.
crash_storage() {
  stop_storage
  sleep "${outage:=60}"
  start_storage
  moments=("$(now) 0") # from here on it can go on
  events="storage down at $2 for $outage s"
}

# pause_frozen FILE BEGAN: the coordinator's silo is frozen for 8 s and then killed; meanwhile the population is paused through each of
# the two other gateways. Both must be told that it is paused, and paused it must stay, until it is resumed.
pause_frozen() {
  local victim index pids=() others=() look=$work/paused.json code deadline
  victim=$(coordinator_silo) || fail "the coordinator was not found"
  kill -STOP "${silos[$victim]}"
  for index in 0 1 2; do
    ((index != victim)) || continue
    others+=("$index")
    ask "$work/pause-$index.json" "127.0.0.1:$((gateway_port + index))" population pause "$population" --json &
    pids[index]=$!
  done
  sleep 8
  moments=("$(now) $((silo_port + victim))")
  kill_silo "$victim"
  tell_gateways "$1"
  for index in "${others[@]}"; do
    code=0
    wait "${pids[$index]}" || code=$?
    if ((code > 0)); then
      fault="pause through silo $index ended with $code: $(tail -n 1 "$work/pause-$index.json.error" | cut -d' ' -f2-)"
    elif [[ $(field phase "$work/pause-$index.json") != paused ]]; then
      fault="pause through silo $index: $(field phase "$work/pause-$index.json")"
    fi
  done
  deadline=$((SECONDS + 5))
  while ((SECONDS < deadline)); do
    ask "$look" "$(gateways)" population status "$population" --json && [[ $(field phase "$look") == paused ]] || fault=${fault:-"did not stay paused: $(field phase "$look")"}
    sleep 0.5
  done
  ask "$look" "$(gateways)" population resume "$population" --json || fault="${fault:+$fault; }resume failed: $(tail -n 1 "$look.error" | cut -d' ' -f2-)"
  start_silo "$victim"
  await_silo "$victim"
  tell_gateways "$1"
  moments=("${moments[0]} $(now)") # nothing moves while it is paused
  events="silo $victim (coordinator) frozen at $2, 2 pauses, killed"
}

# kill_subscribers FILE BEGAN: twice, five clients watch the population and are killed. After that one more must see it to its end;
# last_watcher is its process.
kill_subscribers() {
  local round index waited=() seen=0 deadline
  rm -f "$work"/watcher-*.log
  for round in 1 2; do
    deadline=$((SECONDS + 90))
    for ((index = 0; index < 5; index++)); do
      nice -n 5 dotnet "$client_program" --data "$client_data" --cluster "$(gateways)" population watch "$population" >/dev/null 2>"$work/watcher-$round-$index.log" &
      watchers+=("$!")
      # Programs that start at once need more than a small machine has, and others would wait for them.
      sleep 0.3
      until ((index - $(watching "$round") < 4 || SECONDS >= deadline)); do sleep 0.3; done
    done
    until (($(watching "$round") > 0 || SECONDS >= deadline)); do sleep 0.5; done
    between 0 10
    sleep "$number"
    waited+=("$number")
    end_watchers
    seen=$((seen + $(watching "$round")))
  done
  ((seen > 0)) || fault="no watch that was killed had shown progress (was the population too small?)"
  moments=("$(now) 0")
  client_seconds=$(patience) ask "$work/watched.json" "$(gateways)" population watch "$population" --json &
  last_watcher=$!
  events="2 x 5 watches from $2 on, killed in progress, after ${waited[0]} and ${waited[1]}"
}

# watching ROUND: how many have shown progress.
watching() { { grep -l "^training" "$work/watcher-$1-"*.log || true; } | wc -l; }

# SIGKILL for all watchers.
end_watchers() {
  local pid
  for pid in "${watchers[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  for pid in "${watchers[@]}"; do wait "$pid" 2>/dev/null || true; done
  watchers=()
}

# Whether the kernel cuts connections on demand: one to the storage is cut, and must be. Sets `uncut`, the reason why not.
can_cut() {
  local port=${database_port:?} connection code=0
  uncut=""
  [[ -z ${azurite:-} ]] || port=${azurite_port:?}
  if ((EUID > 0)); then uncut="it needs root"; return 1; fi
  if ! command -v ss >/dev/null; then uncut="it needs ss, of iproute2"; return 1; fi
  exec {connection}<>"/dev/tcp/127.0.0.1/$port"
  ss -H -t -K "dport = :$port" >/dev/null 2>&1 || true
  read -r -t 2 -u "$connection" 2>/dev/null || code=$? # over 128: nothing came within the time, so the connection lives
  exec {connection}>&-
  if ((code == 0 || code > 128)); then uncut="the kernel cuts no connections (CONFIG_INET_DIAG_DESTROY)"; return 1; fi
}

# cut_connections FILE BEGAN: twenty times, at random moments, all connections to a silo from the others are cut, and with them the
# requests and replies that are under way.
cut_connections() {
  local cut port number count=0
  for ((cut = 0; cut < 20; cut++)); do
    port=$((silo_port + RANDOM % 3))
    count=$((count + $({ ss -H -t -K state established "( sport = :$port or dport = :$port )" 2>/dev/null || true; } | wc -l)))
    between 0.05 "$(calculate "0.05 * $undisturbed")"
    sleep "$number"
  done
  ((count > 0)) || fault="no connection was cut"
  moments=("$(now) 0")
  events="connections of silos cut 20 times from $2 on, $count sockets"
}

# kill_two FILE BEGAN AGAIN BACK VICTIM OTHER: two silos are killed, at BEGAN and AGAIN; BACK seconds later the first is started again.
kill_two() {
  local file=$1 victim=$5 other=$6
  moments=("$(now) $((silo_port + victim))")
  kill_silo "$victim"
  tell_gateways "$file"
  sleep "$(calculate "$3 - $2")"
  moments+=("$(now) $((silo_port + other))")
  kill_silo "$other"
  tell_gateways "$file"
  sleep "$4"
  start_silo "$victim"
  await_silo "$victim"
  tell_gateways "$file"
  events="silo $victim at $2, silo $other at $3, silo $victim back after $4"
}

# disturb FILE MODE: waits for its moment, a share of the time that the undisturbed run took, and does what the mode says.
disturb() {
  local file=$1 first second victim other back number
  events="" moments=() fault="" last_watcher=""
  between "$(calculate "0.1 * $undisturbed")" "$(calculate "0.6 * $undisturbed")"
  first=$number
  between "$(calculate "0.1 * $undisturbed")" "$(calculate "0.6 * $undisturbed")"
  second=$number
  between 2 10
  back=$number
  if awk "BEGIN { exit !($second < $first) }"; then
    victim=$first first=$second second=$victim
  fi
  victim=$((RANDOM % 3)) other=$(((victim + 1 + RANDOM % 2) % 3))
  sleep "$first"
  case $2 in
    database) crash_storage "$file" "$first" ;;
    restart) restart_all "$file" "$first" ;;
    restore) restore_backup "$file" "$first" ;;
    freeze) freeze_silo "$file" "$first" ;;
    freeze-storage) freeze_storage "$file" "$first" ;;
    pause) pause_frozen "$file" "$first" ;;
    subscribers) kill_subscribers "$file" "$first" ;;
    lost-replies) cut_connections "$file" "$first" ;;
    *)
      if [[ $2 == coordinator ]]; then
        victim=$(coordinator_silo) || fail "the coordinator was not found"
        other=$(((victim + 1 + RANDOM % 2) % 3))
      fi
      kill_two "$file" "$first" "$second" "$back" "$victim" "$other"
      ;;
  esac
}
