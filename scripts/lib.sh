# shellcheck shell=bash
# What the scripts share: messages, and quiet builds of presets. Each script
# sources this file first, then calls `bootstrap` and `build PRESET`.
#
# Messages and progress go to standard error, so that `--json` stays readable.

set -euo pipefail

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

# The commands' exit statuses, as everywhere in Mortsafe.
# shellcheck disable=SC2034
readonly BAD_USAGE=2 HARNESS_ERROR=3

# say WORDS...: one line for people.
say() { printf '%s\n' "$*" >&2; }

# fail STATUS WORDS...: says why and ends the script.
fail() {
  local status=$1
  shift
  say "${0##*/}: $*"
  exit "$status"
}

# Prints the comment at the top of the running script: its manual.
usage() { sed -n '2,/^$/ { s/^# \{0,1\}//; p }' "$0"; }

# Installs what is missing, and ends the script when that fails. Once is enough
# for a script and those that it calls.
bootstrap() {
  if [[ ${MORTSAFE_BOOTSTRAPPED-} ]]; then return; fi
  "$ROOT/scripts/bootstrap" || exit "$HARNESS_ERROR"
  export MORTSAFE_BOOTSTRAPPED=1
}

# How many compilers may run at once: one per core, but no more than there is
# memory for, as the largest sources need 2 GiB under a sanitizer.
compile_jobs() {
  local cores by_memory
  cores=$(nproc)
  by_memory=$(awk '/^MemAvailable:/ { print int($2 / (2 * 1024 * 1024)) }' \
    /proc/meminfo)
  if ((by_memory < 1)); then by_memory=1; fi
  echo $((cores < by_memory ? cores : by_memory))
}

# has_preset NAME: whether CMakePresets.json has it.
has_preset() {
  cmake -S "$ROOT" --list-presets | grep -qF "  \"$1\""
}

# quietly LOG COMMAND...: keeps the command's output in LOG and shows it only
# when the command fails.
quietly() {
  local log=$1 status=0
  shift
  "$@" >"$log" 2>&1 || status=$?
  # Less what Ninja says of the steps that went well.
  if ((status)); then grep -vE '^\[[0-9]+/[0-9]+\] ' "$log" >&2 || true; fi
  return "$status"
}

# configure PRESET [CMAKE OPTION...]: does nothing when nothing can have
# changed. Ninja re-runs CMake for a changed CMakeLists.txt, but knows no
# presets.
configure() {
  local preset=$1 folder=$ROOT/build/$1
  shift
  if (($# == 0)) && [[ $folder/build.ninja -nt $ROOT/CMakePresets.json ]]; then
    return
  fi
  mkdir -p "$folder"
  # Not the build's lock: Ninja holds that one while it re-runs CMake.
  quietly "$folder/configure.log" flock "$folder/configure.lock" \
    cmake -S "$ROOT" --preset "$preset" "$@"
}

# build PRESET [TARGET...]: configures and builds. One line when all is well,
# the compiler's words when not; on a terminal Ninja shows its progress. Two
# scripts never build one preset at once.
build() {
  local preset=$1 folder=$ROOT/build/$1 start=$SECONDS target
  local command=(cmake --build "$folder" --parallel "$(compile_jobs)")
  shift
  for target in "$@"; do command+=(--target "$target"); done
  configure "$preset" || return
  if [[ -t 2 ]]; then
    flock "$folder/build.lock" "${command[@]}" >&2 || return
  else
    say "building $preset ..."
    quietly "$folder/build.log" flock "$folder/build.lock" "${command[@]}" ||
      return
  fi
  if ((SECONDS > start)); then say "built $preset in $((SECONDS - start)) s"; fi
}
