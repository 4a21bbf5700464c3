#!/usr/bin/env bash
# Builds everything and runs all tests. Ends with the line `N passed, N failed, N skipped`; the exit code is 0 only when
# something ran and nothing failed.
#
#   ./test.sh [FILTER]      FILTER: only test projects whose name contains it, for example Client
#
# SRPO_TEST_SECONDS: time limit of one test project, 1800 by default.
#
# What tests need besides the SDK is used where it is: PostgreSQL's programs, Gambit, node, chromium. Azurite, the emulator of Azure Storage, and what
# tokenizers and chat templates are held against, are installed below artifacts/ where node and npm are. Tests without what they need are skipped and say why; .ci/run installs it all.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"
filter=${1:-}
limit=${SRPO_TEST_SECONDS:-1800}
passed=0 failed=0 skipped=0

finish() {
  printf '%s\n' "$passed passed, $failed failed, $skipped skipped"
  if ((failed > 0 || passed == 0)); then exit 1; fi
  exit 0
}

# install_packages NAME WHAT: npm packages that tests use, below artifacts/NAME. The versions are those of tests/NAME/package-lock.json; once
# they are there, nothing is asked of the network.
install_packages() {
  local name=$1 what=$2 wanted=$root/tests/$1 have=$root/artifacts/$1 part=$root/artifacts/$1.part
  command -v node >/dev/null && command -v npm >/dev/null || return 0
  ! cmp -s "$wanted/package-lock.json" "$have/package-lock.json" || return 0
  rm -rf "$part"
  mkdir -p "$part"
  cp "$wanted/package.json" "$wanted/package-lock.json" "$part"
  if timeout 240 npm ci --prefix "$part" --ignore-scripts --omit=dev --no-audit --no-fund >"$results/$name.log" 2>&1 </dev/null; then
    rm -rf "$have"
    mv "$part" "$have"
  else
    printf '%s could not be installed, tests that need it are skipped: %s\n' "$what" "$(grep -m 1 'npm' "$results/$name.log" || echo 'npm took longer than 240 s')"
  fi
}

require_sdk
cd "$root"
results=$root/artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

# shellcheck disable=SC2317 # called through with_lock
build() {
  dotnet build Srpo.sln -c Release --nologo -v quiet -clp:NoSummary -warnaserror >"$results/build.log" 2>&1
}

printf 'building...\n'
installs=()
if [[ Srpo.Grains.Tests == *"$filter"* || Srpo.Client.Tests == *"$filter"* ]]; then
  install_packages azurite Azurite &
  installs+=($!)
fi
if [[ Srpo.Language.Tests == *"$filter"* ]]; then
  install_packages language "what tokenizers are held against" &
  installs+=($!)
fi
mkdir -p "$root/artifacts/launch"
# The launcher builds into the same place, under the same lock.
if ! with_lock "$root/artifacts/launch/lock" build; then
  cat "$results/build.log"
  printf 'the build failed\n'
  failed=1
  finish
fi

for install in "${installs[@]}"; do wait "$install" || true; done

# counter FILE NAME: a number from the line <Counters .../> of a result file.
counter() {
  sed -n "s/.*<Counters [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1
}

# reasons FILE: why tests of a result file were skipped, each reason once, with the number of tests.
reasons() {
  awk '/outcome="NotExecuted"/ { open = 1 } open && /<Message>/ { sub(/.*<Message>/, ""); sub(/<\/Message>.*/, ""); count[$0]++; open = 0 }
    END { for (reason in count) printf "    skipped %d: %s\n", count[reason], reason }' "$1"
}

# run PROJECT: runs its tests, says what came of them, and leaves the counts in a file.
run() {
  local project=$1 name started=$SECONDS status=0 total=0 good=0 bad=0 ran=0 note="" left log trx
  name=$(basename "$project" .csproj)
  log=$results/$name.log trx=$results/$name.trx
  # Those of libtorch get the libraries that it needs; where they cannot be had, the tests are skipped and say why.
  local with=()
  if [[ $name == *.Torch.Tests ]] && "$root/scripts/with-torch.sh" --check >/dev/null 2>&1; then with=("$root/scripts/with-torch.sh"); fi
  # What was built is named, and not the project, which would be read and evaluated once more.
  timeout --kill-after=10 "$limit" "${with[@]}" dotnet test "$root/artifacts/bin/$name/release/$name.dll" --nologo --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --blame-hang-timeout "${limit}s" --blame-hang-dump-type none >"$log" 2>&1 </dev/null &
  printf '%s\n' $! >"$results/$name.pid"
  wait $! || status=$?
  rm "$results/$name.pid"
  if [[ -s $trx ]]; then
    total=$(counter "$trx" total) good=$(counter "$trx" passed) bad=$(counter "$trx" failed) ran=$(counter "$trx" executed)
  fi
  total=${total:-0} good=${good:-0} bad=${bad:-0} ran=${ran:-0}
  left=$((total - ran))
  # A test host that crashed or hung leaves fewer results than tests, or none: that is a failure, never a smaller number.
  if ((status != 0 && bad == 0)); then
    bad=1 note=" (the test host ended with code $status: crashed, hung or could not start)"
  elif ((total == 0)); then
    bad=1 note=" (no tests ran)"
  elif grep -qE 'Test Run Aborted|Test host process crashed|active test run was aborted' "$log"; then
    bad=$((bad + 1)) note=" (the test host crashed)"
  fi
  printf '%s %s %s\n' "$good" "$bad" "$left" >"$results/$name.counts"
  printf '%-28s %5d passed %4d failed %4d skipped %5d s%s\n' "$name" "$good" "$bad" "$left" $((SECONDS - started)) "$note"
  if ((bad > 0)); then
    grep -vE '^\s*$|^Results File|^Attachments' "$log" | tail -n 60 | sed 's/^/    /' || true
  fi
  if ((left > 0)); then reasons "$trx"; fi
}

# How programs are compiled while they run: quickly at first, loops too, and again where they run often, but not first with counters in them; the memory
# for it is mapped once. Tests and the processes that they start run nothing for long enough to be paid for more, and attack nobody.
export DOTNET_TieredPGO=0 DOTNET_TC_QuickJitForLoops=1 DOTNET_EnableWriteXorExecute=0

# As many at a time as there are cores, and two at least, for many tests wait for processes, browsers and servers half of the time; those that take longest
# begin first, so that none of them is left alone at the end.
projects=()
for name in Client Dashboard Grains Plugins Reporting Games; do projects+=("tests/$name.Tests/Srpo.$name.Tests.csproj"); done
for project in tests/*/*.csproj; do
  [[ " ${projects[*]} " == *" $project "* ]] || projects+=("$project")
done
chosen=()
for project in "${projects[@]}"; do
  [[ $(basename "$project" .csproj) != *"$filter"* ]] || chosen+=("$project")
done
projects=("${chosen[@]}")
lanes=$(nproc)
((lanes > 1)) || lanes=2

# What runs beside this script does not hear Ctrl-C; `timeout` ends all that it has started.
stop() {
  cat "$results"/*.pid 2>/dev/null | xargs -r kill
  exit 130
}
trap stop INT TERM
for project in "${projects[@]}"; do
  while (($(jobs -pr | wc -l) >= lanes)); do wait -n || true; done
  # What is said of one is said at once, and not between the lines of another.
  (said=$(run "$project") && printf '%s\n' "$said") &
done
wait
for project in "${projects[@]}"; do
  good=0 bad=1 left=0
  # A test run that left no counts did not come to its end.
  [[ ! -s $results/$(basename "$project" .csproj).counts ]] || read -r good bad left <"$results/$(basename "$project" .csproj).counts"
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
done
finish
