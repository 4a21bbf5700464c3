#!/usr/bin/env bash
# Reads a million inputs as no user should write them: mutated experiments, games, maps, recordings, safetensors files, tokenizers, chat templates, keys and command lines.
#
#   bench/fuzz.sh [COUNT] [SEED]      COUNT: 1000000 by default; SEED: one of its own each time, which is printed
#   bench/fuzz.sh --repeat FILE       reads one saved input again
#
# It is the fuzz test of ./test.sh with more inputs. An input that fails is saved below artifacts/fuzz/SEED as small as it could be made (*.failed), or as
# it was when the process crashed (*.input), and the command that reads it again is printed. Ends with 0 if nothing failed, 1 if something did, 2 if
# the command line is wrong.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2
  exit 2
}

repeat="" count=1000000 seed=$((SRANDOM % 1000000000))
if [[ ${1:-} == --repeat ]]; then
  (($# == 2)) || usage
  [[ -f $2 ]] || { printf 'there is no file %s\n' "$2" >&2; exit 2; }
  repeat=$(realpath "$2")
else
  [[ $# -le 2 && ${1:-1} =~ ^[1-9][0-9]{0,8}$ && ${2:-1} =~ ^[0-9]{1,9}$ ]] || usage
  count=${1:-$count} seed=${2:-$seed}
fi

require_sdk
cd "$root"
log=$root/artifacts/fuzz-build.log
mkdir -p "$root/artifacts/launch"
if ! with_lock "$root/artifacts/launch/lock" dotnet build tests/Client.Tests -c Release --nologo -v quiet -clp:NoSummary >"$log" 2>&1; then
  cat "$log"
  exit 1
fi

save=$root/artifacts/fuzz/$seed
if [[ -n $repeat ]]; then
  printf 'reading %s again\n' "$repeat"
  export SRPO_FUZZ_REPEAT=$repeat
else
  rm -rf "$save"
  printf '%s inputs, seed %s\n' "$count" "$seed"
  export SRPO_FUZZ_COUNT=$count SRPO_FUZZ_SEED=$seed SRPO_FUZZ_SAVE=$save
fi

status=0
dotnet test artifacts/bin/Srpo.Client.Tests/release/Srpo.Client.Tests.dll --filter 'FullyQualifiedName~InputFuzzTests' \
  --logger 'console;verbosity=detailed' </dev/null || status=$?
if [[ -z $repeat && -d $save ]]; then
  for file in "$save"/*.failed "$save"/*.input; do
    # The present input of a test that failed is one of the many that were tried after the first.
    [[ -f $file && ! ($file == *.input && -f $file.failed) ]] || continue
    printf 'saved: %s\nread again with: bench/fuzz.sh --repeat %s\n' "$file" "${file#"$root/"}"
  done
  ((status != 0)) || printf 'nothing failed; the same again: bench/fuzz.sh %s %s\n' "$count" "$seed"
fi
((status == 0)) || exit 1
