#!/usr/bin/env bash
# Runs a command so that libtorch, for the device `torch`, can be loaded by `dotnet` in it. It needs GCC 13's libstdc++ (GLIBCXX_3.4.32).
# Where the system's own has that (Debian 13, Ubuntu 24.04, Fedora 39 and newer), the command simply runs.
# On Debian 12 and Ubuntu 22.04 the C library and libstdc++ of Debian 13 are unpacked beside the system's, never installed, and a copy of the
# `dotnet` launcher (79 KB) is pointed at them (ELF interpreter and RPATH). It stands first in PATH and is DOTNET_ROOT: every dotnet process that is
# started by it or by that name uses the newer libraries; bash, git and the rest do not. No root, no mounts, no chroot.
#
#   scripts/with-torch.sh [--cache DIR] [--check | --fetch] [COMMAND...]
#
# --check: says whether it works and how, runs nothing. --fetch: gets libtorch for the processor as a NuGet package (600 MB unpacked, in the folder of
# NuGet packages), where srpo finds it; then runs the command if there is one. Exit code 77 with a line `SKIP: reason`: not possible here.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${SRPO_TORCH_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/srpo/torch-runtime}
check=false fetch=false
while [[ ${1:-} == --* ]]; do
  case $1 in
  --cache) cache=${2:?--cache needs a directory} && shift 2 ;;
  --check) check=true && shift ;;
  --fetch) fetch=true && shift ;;
  *) printf 'usage: %s [--cache DIR] [--check | --fetch] [COMMAND...]\n' "${0##*/}" >&2 && exit 2 ;;
  esac
done
if ! $check && ! $fetch && (($# == 0)); then printf 'usage: %s [--cache DIR] [--check | --fetch] [COMMAND...]\n' "${0##*/}" >&2 && exit 2; fi
skip() { printf 'SKIP: libtorch cannot be loaded here: %s\n' "$1" >&2; exit 77; }

# The version is that of the bindings; a package that is there already is not asked for again.
if $fetch; then
  command -v dotnet >/dev/null 2>&1 || skip "no dotnet in PATH to fetch packages with"
  if ! log=$(DOTNET_CLI_TELEMETRY_OPTOUT=1 dotnet restore "$root/scripts/libtorch/LibTorch.proj" --nologo --verbosity quiet 2>&1 </dev/null); then
    skip "its package could not be fetched: $(grep -m 1 -oE 'error .*' <<<"$log" || printf 'dotnet restore failed')"
  fi
fi
run() {
  if (($# == 0)); then exit 0; fi
  # As ./srpo does.
  export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE} GLIBC_TUNABLES=${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}
  exec "$@"
}

has_symbol() { grep -q GLIBCXX_3.4.32 "$1" 2>/dev/null; }
system_library() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | sed -n 's/^\s*libstdc++\.so\.6 (libc6,x86-64).*=> //p' | head -n 1; }

if [[ $(uname -sm) != "Linux x86_64" ]]; then
  if $check; then printf 'not Linux on x86-64: libtorch as it is\n' && exit 0; fi
  run "$@"
fi
library=$(system_library)
if [[ -n $library ]] && has_symbol "$library"; then
  if $check; then printf 'the system has GLIBCXX_3.4.32: libtorch as it is\n' && exit 0; fi
  run "$@"
fi

make_runtime() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    skip "libstdc++ is older than that of GCC 13, and there is no apt-get to fetch a newer one: use Debian 13, Ubuntu 24.04 or newer"
  [[ -r /usr/share/keyrings/debian-archive-keyring.gpg ]] || skip "Debian's keys are not here: install debian-archive-keyring"
  local launcher mirror work packages deb item
  launcher=$(readlink -f "$(command -v dotnet)") || skip "no dotnet in PATH"
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    sed -nE 's#^(URIs: *|deb( \[[^]]*\])? +)(https?://[^ ]*/debian)/?( .*)?$#\3#p' | head -n 1) || true
  mirror=${mirror:-http://deb.debian.org/debian}
  work=$cache.new.$$
  rm -rf "$work" && mkdir -p "$work"/{lists/partial,archives/partial,debs,root}
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' "$mirror" >"$work/sources.list"
  local apt=(apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$work/lists"
    -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none)
  packages=(libc6 libstdc++6 libgcc-s1 libgomp1 zlib1g patchelf)
  { "${apt[@]}" update && (cd "$work/debs" && "${apt[@]}" download "${packages[@]}"); } >"$work/log" 2>&1 || {
    local last
    last=$(tail -n 1 "$work/log")
    rm -rf "$work"
    skip "Debian 13's libstdc++ could not be fetched: $last"
  }
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
  mkdir "$work/lib" "$work/dotnet"
  cp -a "$work"/root/usr/lib/x86_64-linux-gnu/*.so* "$work/lib/"
  cp -a "$launcher" "$work/dotnet/dotnet"
  # patchelf itself is Debian 13's: run by its own loader.
  "$work/lib/ld-linux-x86-64.so.2" --library-path "$work/lib" "$work/root/usr/bin/patchelf" \
    --set-interpreter "$cache/lib/ld-linux-x86-64.so.2" --force-rpath --set-rpath "$cache/lib" "$work/dotnet/dotnet"
  for item in "$(dirname "$launcher")"/*; do [[ ${item##*/} =~ ^(dotnet|sdk)$ ]] || ln -s "$item" "$work/dotnet/"; done
  # `dotnet test` starts test hosts with the launcher that stands beside the folder of sdk/VERSION/dotnet.dll, links resolved: a copy of it.
  for item in "$(dirname "$launcher")"/sdk/*/; do
    mkdir -p "$work/dotnet/sdk/$(basename "$item")"
    ln -s "$item"* "$work/dotnet/sdk/$(basename "$item")/"
    [[ ! -f $item/dotnet.dll ]] || cp --remove-destination "$item/dotnet.dll" "$work/dotnet/sdk/$(basename "$item")/"
  done
  rm -rf "$work"/{lists,archives,debs,root,log,sources.list} "$work"/*.bin
  sha256sum "$launcher" >"$work/launcher.sha256"
  rm -rf "$cache" && mv "$work" "$cache"
}

mkdir -p "$(dirname "$cache")" 2>/dev/null || skip "$(dirname "$cache") cannot be written; name another directory with --cache"
cache=$(cd "$(dirname "$cache")" && pwd -P)/$(basename "$cache")
exec 9>"$cache.lock"
flock 9
# Made anew when the SDK's launcher has changed.
sha256sum --check --status "$cache/launcher.sha256" 2>/dev/null || make_runtime
exec 9>&-
if $check; then printf 'the libraries of Debian 13 from %s\n' "$cache" && exit 0; fi
export PATH="$cache/dotnet:$PATH" DOTNET_ROOT="$cache/dotnet"
run "$@"
