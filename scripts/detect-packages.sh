#!/usr/bin/env bash
# Finds which optional packages the configured NuGet feeds can restore, by restoring a small throw-away project for each
# feature, and records it in features.props, which MSBuild reads. Packages in the global package folder count.
#
#   scripts/detect-packages.sh [--force] [--quiet]
#
# Done again only when the SDK, the package folder, the feeds or the pinned versions changed, or with --force.
# SRPO_DETECT_SECONDS: time limit for each feature, 60 by default. To override the record for a build, set the environment
# variables SrpoOrleans, SrpoTorchSharp, SrpoAzure and SrpoDashboard to true or false.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

force=false quiet=false
for argument in "$@"; do
  case $argument in
    --force) force=true ;;
    --quiet) quiet=true ;;
    *) printf 'usage: scripts/detect-packages.sh [--force] [--quiet]\n' >&2; exit 2 ;;
  esac
done

record=$root/features.props
seconds=${SRPO_DETECT_SECONDS:-60}

# Name of the MSBuild property, what it is in plain words, the packages.
features=(
  "SrpoOrleans|Orleans|Microsoft.Orleans.Server Microsoft.Orleans.Client Microsoft.Orleans.Sdk Microsoft.Orleans.Connections.Security|without it grains run on the single-process stand-in"
  "SrpoTorchSharp|TorchSharp|TorchSharp|without it only CPU learners are built"
  "SrpoAzure|Azure storage|Microsoft.Orleans.Persistence.AzureStorage Microsoft.Orleans.Clustering.AzureStorage|without it state is kept in files or PostgreSQL"
  "SrpoDashboard|Orleans dashboard|Microsoft.Orleans.Dashboard|without it Srpo:Dashboard cannot be enabled"
)

fingerprint() {
  {
    printf '%s\n' "$sdk_version" "${NUGET_PACKAGES:-}"
    (cd "$root" && dotnet nuget list source --format short 2>/dev/null) || true
    cat "$root/Directory.Packages.props" "${BASH_SOURCE[0]}"
  } | sha256sum | cut -d' ' -f1
}

# probe PROPERTY PACKAGES DIRECTORY: restores, and writes yes, no or timeout to DIRECTORY/answer.
probe() {
  local packages=$2 directory=$3 package
  mkdir -p "$directory"
  {
    printf '<Project Sdk="Microsoft.NET.Sdk">\n'
    printf '  <Import Project="%s/Directory.Packages.props" />\n' "$root"
    # Warnings are errors: a neighbouring version instead of the pinned one does not count.
    printf '  <PropertyGroup><TargetFramework>net10.0</TargetFramework><TreatWarningsAsErrors>true</TreatWarningsAsErrors><NuGetAudit>false</NuGetAudit></PropertyGroup>\n'
    printf '  <ItemGroup>\n'
    for package in $packages; do
      if [[ $package == Microsoft.Orleans.* ]]; then
        # shellcheck disable=SC2016 # expanded by MSBuild
        printf '    <PackageVersion Remove="%s" /><PackageVersion Include="%s" Version="$(OrleansVersion)" />\n' "$package" "$package"
      fi
      printf '    <PackageReference Include="%s" />\n' "$package"
    done
    printf '  </ItemGroup>\n</Project>\n'
  } >"$directory/probe.csproj"
  # The probe must not inherit anything from directories above it.
  printf '<Project />\n' | tee "$directory/Directory.Build.props" "$directory/Directory.Build.targets" "$directory/Directory.Packages.props" >/dev/null
  [[ ! -f $root/NuGet.Config ]] || cp "$root/NuGet.Config" "$directory/"
  [[ ! -f $root/nuget.config ]] || cp "$root/nuget.config" "$directory/"
  local status=0
  timeout "$seconds" dotnet restore "$directory/probe.csproj" --verbosity quiet >"$directory/log" 2>&1 || status=$?
  case $status in
    0) echo yes ;;
    124) echo timeout ;;
    *) echo no ;;
  esac >"$directory/answer"
}

detect() {
  local print now
  now=$(fingerprint)
  if ! $force && [[ -f $record ]] && grep -qF "fingerprint: $now" "$record"; then
    $quiet || say_record
    return 0
  fi
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  local feature property name packages note
  for feature in "${features[@]}"; do
    IFS='|' read -r property name packages note <<<"$feature"
    probe "$property" "$packages" "$work/$property" &
  done
  wait
  local answer text value
  print="<Project>
  <!-- What the configured feeds can restore; written by scripts/detect-packages.sh, which says when it is redone. -->
  <!-- fingerprint: $now -->
  <PropertyGroup>"
  for feature in "${features[@]}"; do
    IFS='|' read -r property name packages note <<<"$feature"
    answer=$(cat "$work/$property/answer" 2>/dev/null || echo no)
    [[ $answer == yes ]] && value=true || value=false
    print+="
    <$property Condition=\"'\$($property)' == ''\">$value</$property>"
    if [[ $answer == timeout ]]; then
      printf '%s\n' "$name: no answer from the package feed within $seconds s, taken as absent; scripts/detect-packages.sh --force asks again" >&2
    fi
  done
  print+="
  </PropertyGroup>
</Project>"
  text=$record.$$
  printf '%s\n' "$print" >"$text"
  mv -f "$text" "$record"
  $quiet || say_record
}

say_record() {
  local feature property name packages note value
  for feature in "${features[@]}"; do
    IFS='|' read -r property name packages note <<<"$feature"
    if grep -q ">true</$property>" "$record"; then value="found"; else value="not on the feed ($note)"; fi
    if [[ -n ${!property:-} ]]; then value+="; overridden by the environment: ${!property}"; fi
    printf '%s\n' "$name: $value"
  done
}

require_sdk
mkdir -p "$root/artifacts"
with_lock "$root/artifacts/detect.lock" detect
