#!/usr/bin/env bash
# kafka-server-stop.sh [--node-id ID | --process-role ROLE]: SIGTERM to the nodes that this machine runs for this user.
set -euo pipefail
pids=$(pgrep -u "$(id -u)" -f 'io\.milena\.broker\.app\.NodeMain' || true)
if [[ ${1:-} == --node-id=* || ${1:-} == --process-role=* ]]; then set -- "${1%%=*}" "${1#*=}"; fi
if [[ ${1:-} == --node-id || ${1:-} == --process-role ]]; then
  [[ $1 == --node-id ]] && key=node.id || key=process.roles
  chosen=
  for pid in $pids; do
    dir=$(readlink "/proc/$pid/cwd")
    while IFS= read -r -d '' arg; do
      [[ $arg == /* ]] && file=$arg || file=$dir/$arg
      if [[ -f $file && $file != *.jar ]] && grep -qE "^$key=([^#]*,)?$2(,.*)?\s*$" "$file" 2>/dev/null; then chosen+="$pid "; fi
    done <"/proc/$pid/cmdline"
  done
  pids=$chosen
fi
if [[ -z ${pids// /} ]]; then
  echo "No node to stop"
  exit 1
fi
kill -TERM $pids
