#!/usr/bin/env bash
# Brings what a machine with only the .NET SDK lacks, restores the locked packages and builds everything.
# Idempotent, and quiet when nothing is missing. Sourced by nobody: run.sh and test.sh call it.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Runs a command without its output, unless it fails.
quietly() {
  if ! "$@" >"$log" 2>&1; then
    say "'$*' failed:"
    cat "$log" >&2
    exit 1
  fi
}

# libLibTorchSharp.so of TorchSharp 0.107 is built with GCC 13; older systems fail to load it with a misleading message.
needed_symbols=GLIBCXX_3.4.32

has_needed_libstdcxx() {
  local library
  library=$(ldconfig -p 2>/dev/null | awk '/libstdc\+\+\.so\.6 .*x86-64/ { print $NF; exit }')
  [ -n "$library" ] && grep -q "$needed_symbols" "$library"
}

install_newer_libstdcxx() {
  local root=() mirror key lists
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { say "needs root to install libstdc++6; run this script as root once"; exit 1; }
    root=(sudo)
  fi
  # The machine's own Debian mirror also holds the next release.
  mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -n 1 | tr -d ' ' || true)
  [ -n "$mirror" ] || { say "found no Debian mirror in /etc/apt; install libstdc++6 of GCC 13 or newer by hand (see environment.md)"; exit 1; }
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  "${root[@]}" tee /etc/apt/sources.list.d/wsss-trixie.sources >/dev/null <<SOURCE
Types: deb
URIs: $mirror
Suites: trixie
Components: main
Signed-By: $key
SOURCE
  # Priority 100: nothing but what is asked for by name comes from the newer release.
  printf 'Package: *\nPin: release n=trixie\nPin-Priority: 100\n' \
    | "${root[@]}" tee /etc/apt/preferences.d/wsss-trixie >/dev/null
  lists=(-o Dir::Etc::sourcelist=sources.list.d/wsss-trixie.sources -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0)
  quietly "${root[@]}" apt-get update -qq "${lists[@]}"
  quietly "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -t trixie libstdc++6
}

command -v dotnet >/dev/null || { say "the .NET SDK 10 is missing: see https://dot.net, then run this again"; exit 1; }

if [ "$(uname -sm)" = "Linux x86_64" ] && ! has_needed_libstdcxx; then
  if grep -q '^VERSION_CODENAME=bookworm' /etc/os-release 2>/dev/null; then
    say "libstdc++ lacks $needed_symbols, which TorchSharp needs: installing Debian 13's libstdc++6 (and the libc6 it depends on) beside Debian 12's packages"
    install_newer_libstdcxx
    has_needed_libstdcxx || { say "libstdc++6 was installed, but $needed_symbols is still missing"; exit 1; }
  else
    say "libstdc++ lacks $needed_symbols, which TorchSharp needs. Install the libstdc++6 of GCC 13 or newer"
    say "(Ubuntu 22.04: ppa:ubuntu-toolchain-r/test; Debian 13 and Ubuntu 24.04 have it), then run this again."
    exit 1
  fi
fi

quietly dotnet restore Notebooks.sln --locked-mode -nologo -v quiet
# Only the tests' watchdog uses it, and does without where it is not to be had.
dotnet tool restore >"$log" 2>&1 || say "'dotnet tool restore' failed: a test that hangs will end without the stacks of its threads"
quietly dotnet build Notebooks.sln --no-restore --configuration Release -nologo -v quiet
