#!/usr/bin/env bash
# Makes a release of the commit that is checked out, from a clone of it, and checks it by using it where no source is. Publishes nothing.
#
#   scripts/release.sh [FOLDER]      FOLDER: where it goes, artifacts/release by default; must not be there yet, or be empty
#
#   packages/     the command line as a .NET tool (Srpo), the libraries with their documentation and symbols, the templates (Srpo.Templates)
#   archives/     srpo and its silo with everything that they need, for linux-x64 and linux-arm64; no .NET is asked for
#   sbom.json     what is in it (CycloneDX)
#   SHA256SUMS
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"
out=${1:-$root/artifacts/release}
platforms=(linux-x64 linux-arm64)
libraries=(Core Games Environments Learning Grains.Interfaces Conformance)

fail() {
  printf 'release: %s\n' "$*" >&2
  exit "${code:-1}"
}
say() { printf '%4d s  %s\n' $SECONDS "$*"; }

require_sdk
changed=$(git -C "$root" status --porcelain) || code=5 fail "$root is no git repository; a release is made from a commit"
[[ -z $changed ]] || code=2 fail "there are changes that are in no commit; commit them, or put them aside:"$'\n'"$changed"
mkdir -p "$out"
[[ -z $(ls -A "$out") ]] || code=2 fail "$out is not empty; remove it, or name another folder"
out=$(cd "$out" && pwd -P)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=$work/source
git clone --quiet --local "$root" "$source"
cd "$source"
commit=$(git rev-parse HEAD)
version=$(dotnet msbuild -getProperty:Version src/Core/Srpo.Core.csproj)
say "Srpo $version of commit $commit"

# quiet NAME COMMAND...: its output is shown where it fails only.
quiet() {
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 || {
    tail -n 60 "$work/$name.log" >&2
    fail "$name failed"
  }
}
restored() { dotnet restore Srpo.sln --locked-mode --nologo -v quiet -p:SrpoRelease=true -warnaserror; }
dotnet_release() { dotnet "$1" "${@:2}" -c Release --nologo -v quiet -p:SrpoRelease=true -p:SRPO_COMMIT="$commit" -warnaserror; }

quiet restoring restored
for library in "${libraries[@]}"; do quiet "packing-$library" dotnet_release pack "src/$library/Srpo.$library.csproj" -o "$out/packages"; done
say 'libraries packed'
quiet packing-templates dotnet_release pack templates/Srpo.Templates.csproj -o "$out/packages"
quiet packing-tool dotnet_release pack src/Client/Srpo.Client.csproj -p:PublishReadyToRun=true -p:SelfContained=false -o "$out/packages"
say 'tool and templates packed'

for platform in "${platforms[@]}"; do
  name=srpo-$version-$platform
  folder=$work/archives/$name
  for project in Client Silo; do
    quiet "publishing-$project-$platform" dotnet_release publish "src/$project/Srpo.$project.csproj" -r "$platform" --self-contained true -p:UseAppHost=true -p:PublishReadyToRun=true -p:DebugType=none -o "$folder/lib"
  done
  install -m 755 scripts/release/srpo "$folder/srpo"
  cp LICENSE CHANGELOG.md "$folder"
  cp scripts/release/README.md "$folder/README.md"
  mkdir -p "$out/archives"
  # The same bytes from the same files.
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" -C "$work/archives" -cf - "$name" | gzip -n >"$out/archives/$name.tar.gz"
  say "$name.tar.gz, $(($(stat -c %s "$out/archives/$name.tar.gz") >> 20)) MiB"
done

quiet tools dotnet tool restore
for project in Client Silo; do
  quiet "sbom-$project" dotnet CycloneDX "src/$project/Srpo.$project.csproj" --output "$work" --filename "$project.json" --output-format Json --set-name Srpo --set-version "$version" --exclude-dev --disable-package-restore
done
# What is taken file by file, as the projects name it.
taken=$(for project in Client Reporting; do dotnet msbuild "src/$project/Srpo.$project.csproj" -getItem:PackageDownload -p:SrpoRelease=true -p:RuntimeIdentifier=linux-x64; done | grep -oE '"(Identity|Version)": "[^"]*"' | sed -E 's/.*: "\[?([^]"]*)\]?"/\1/' | paste -d= - - | sort -u | paste -sd,)
archive=$work/archives/srpo-$version-linux-x64/lib
quiet sbom dotnet run scripts/release/Sbom.cs -- "$out/sbom.json" "$version" "$taken" "$work/Client.json" "$work/Silo.json" "$archive/srpo.deps.json" "$archive/Srpo.Silo.deps.json"
for part in TorchSharp Microsoft.ML.OnnxRuntime SkiaSharp HarfBuzzSharp Svg.Skia Serilog OpenTelemetry Microsoft.NETCore.App.Runtime.linux-x64; do
  grep -q "\"name\": \"$part\"" "$out/sbom.json" || fail "sbom.json does not name $part"
done
say "sbom.json, $(tail -n 1 "$work/sbom.log")"
(cd "$out" && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs -d '\n' sha256sum >SHA256SUMS)

# From here on as somebody who has nothing but what was made: an empty home, no source, and no other feed than the folder where none is needed.
export HOME=$work/home DOTNET_CLI_HOME=$work/home
packages=${NUGET_PACKAGES:-}
mkdir -p "$HOME" "$work/empty"
cd "$work/empty"
(cd "$out" && sha256sum --quiet -c SHA256SUMS)
printf '<configuration><packageSources><clear /><add key="release" value="%s" /></packageSources></configuration>\n' "$out/packages" >"$work/only-release.config"
NUGET_PACKAGES=$HOME/packages quiet installing-tool dotnet tool install --global Srpo --version "$version" --configfile "$work/only-release.config"
quiet tool-runs "$HOME/.dotnet/tools/srpo" run overcooked-quick --data "$work/data-tool"
[[ -s $work/data-tool/overcooked-quick-1/report.html && -n $(ls "$work/data-tool/overcooked-quick-1/figures/"*.pdf) ]] || fail 'the tool wrote no report, or no figure'
say 'the tool, installed into an empty home, ran overcooked-quick'

case $(uname -m) in x86_64) here=linux-x64 ;; aarch64) here=linux-arm64 ;; *) here= ;; esac
mkdir "$work/unpacked"
for platform in "${platforms[@]}"; do
  tar -C "$work/unpacked" -xzf "$out/archives/srpo-$version-$platform.tar.gz"
  folder=$work/unpacked/srpo-$version-$platform
  # The machine that a program is for stands at bytes 18 and 19 of an ELF file.
  machine=$(od -An -tx1 -j18 -N2 "$folder/lib/srpo" | tr -d ' ')
  [[ $machine == "$([[ $platform == linux-x64 ]] && echo 3e00 || echo b700)" ]] || fail "the program of $platform is for another machine ($machine)"
  [[ -s $folder/lib/libSkiaSharp.so && $(od -An -tx1 -j18 -N2 "$folder/lib/libSkiaSharp.so" | tr -d ' ') == "$machine" ]] || fail "what draws figures is missing from $platform, or for another machine"
  [[ -s $folder/lib/libonnxruntime.so && $(od -An -tx1 -j18 -N2 "$folder/lib/libonnxruntime.so" | tr -d ' ') == "$machine" ]] || fail "what plays imported graphs is missing from $platform, or for another machine"
done
if [[ -n $here ]]; then
  folder=$work/unpacked/srpo-$version-$here
  quiet archive-runs env -i PATH=/usr/bin:/bin HOME="$HOME" "$folder/srpo" run overcooked-quick --data "$work/data-archive"
  cmp -s "$work/data-tool/overcooked-quick-1/cells.csv" "$work/data-archive/overcooked-quick-1/cells.csv" || fail 'tool and archive play other games'
  quiet silo-runs env -i PATH=/usr/bin:/bin HOME="$HOME" "$folder/srpo" silo --help
  say 'the archive ran overcooked-quick without .NET, to the same bits'
fi

# A plug-in from the templates, against the packages; what they stand on comes from where packages come from.
[[ -z $packages ]] || export NUGET_PACKAGES=$packages
quiet templates dotnet new install "$out/packages/Srpo.Templates.$version.nupkg"
quiet new-environment dotnet new srpo-environment -n Meeting
quiet new-method dotnet new srpo-method -n Levelled
for name in Meeting Levelled; do
  quiet "building-$name" dotnet build "$name" -c Release --nologo -v quiet -warnaserror "-p:RestoreAdditionalProjectSources=$out/packages" "-p:RestorePackagesPath=$work/plugin-packages"
  quiet "checking-$name" "$HOME/.dotnet/tools/srpo" check plugin "$name/bin/Release/net10.0/$name.dll"
done
say 'plug-ins from the templates, built against the packages, have no fault'
say "done: $out"
