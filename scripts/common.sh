# shellcheck shell=bash
# Shared by the scripts; sourced. Expects `root`, the repository's root.
root=${root:?}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true
export MSBUILDDISABLENODEREUSE=1

# Ends with advice unless a .NET 10 SDK answers. Sets sdk_version.
require_sdk() {
  local advice="srpo needs the .NET 10 SDK. Get it from https://dotnet.microsoft.com/download/dotnet/10.0
(Debian and Ubuntu: the package dotnet-sdk-10.0; elsewhere: dotnet-install.sh --channel 10.0), and put dotnet on PATH."
  if ! command -v dotnet >/dev/null 2>&1; then
    printf '%s\n' "dotnet was not found on PATH. $advice" >&2
    exit 5
  fi
  if ! sdk_version=$(cd "$root" && dotnet --version 2>/dev/null) || [[ $sdk_version != 10.* ]]; then
    printf '%s\n' "dotnet was found at $(command -v dotnet), but without a .NET 10 SDK (installed: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' - || true))." "$advice" >&2
    exit 5
  fi
}

# with_lock FILE COMMAND...: one process at a time, where flock exists.
with_lock() {
  local file=$1
  shift
  if command -v flock >/dev/null 2>&1; then
    (
      flock 9
      "$@" 9>&-
    ) 9>"$file"
  else
    "$@"
  fi
}

# What a build depends on besides files: the package folder.
build_environment() {
  printf '%s\n' "NUGET_PACKAGES=${NUGET_PACKAGES:-}"
}

# memory_limit MEMBERSHIP GROUPS: what bounds the memory of this process, as `BYTES LEAST NAME`, where that is less than the runtime starts
# with, LEAST; nothing elsewhere. The runtime itself would end with a segmentation fault or be killed. The arguments are /proc/self/cgroup and
# /sys/fs/cgroup. What a command needs beyond the least, the program says.
memory_limit() {
  local membership=$1 groups=$2 name value bytes file folder controllers path least_heap=$((16 << 20)) least_process=$((32 << 20)) least_space=$((2000000 << 10))
  for name in DOTNET_GCHeapHardLimit COMPlus_GCHeapHardLimit; do # hexadecimal, with or without 0x
    value=${!name:-}
    [[ $value =~ ^(0[xX])?([0-9a-fA-F]{1,15})$ ]] || continue
    bytes=$((16#${BASH_REMATCH[2]}))
    ((bytes == 0 || bytes >= least_heap)) || printf '%s %s %s\n' "$bytes" "$least_heap" "$name=$value"
  done
  value=${DOTNET_GCHeapHardLimitPercent:-}
  if [[ $value =~ ^(0[xX])?([0-9a-fA-F]{1,2})$ && -r /proc/meminfo ]]; then
    read -r _ bytes _ </proc/meminfo # MemTotal: N kB
    bytes=$((bytes * 1024 * 16#${BASH_REMATCH[2]} / 100))
    ((bytes == 0 || bytes >= least_heap)) || printf '%s %s %s\n' "$bytes" "$least_heap" "DOTNET_GCHeapHardLimitPercent=$value"
  fi
  value=$(ulimit -v)
  [[ $value == unlimited ]] || ((value << 10 >= least_space)) || printf '%s %s %s\n' $((value << 10)) "$least_space" "ulimit -v $value"
  [[ -r $membership ]] || return 0
  while IFS=: read -r _ controllers path; do
    if [[ -z $controllers ]]; then
      folder=$groups name=memory.max
    elif [[ ,$controllers, == *,memory,* ]]; then
      folder=$groups/memory name=memory.limit_in_bytes
    else
      continue
    fi
    for (( ; ; )); do # a group is bound by those above it, too
      file=${folder}${path%/}/$name
      if [[ -r $file ]] && read -r bytes <"$file" && [[ $bytes =~ ^[0-9]{1,15}$ ]] && ((bytes < least_process)); then
        printf '%s %s %s\n' "$bytes" "$least_process" "$file"
        return 0
      fi
      [[ ${path%/} == */* ]] || break
      path=${path%/*}
    done
  done <"$membership"
}

# Ends with exit code 5 where the runtime would not even start.
require_memory() {
  local bytes least name
  read -r bytes least name < <(memory_limit /proc/self/cgroup /sys/fs/cgroup) || return 0
  printf 'srpo: the .NET runtime needs at least %d MiB of memory, and %s allows %s; raise the limit\n' $((least >> 20)) "$name" "$((bytes >> 20)) MiB" >&2
  exit 5
}
