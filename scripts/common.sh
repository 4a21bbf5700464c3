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
