#!/usr/bin/env bash
# kafka-server-start.sh [-daemon] [--bare] server.properties [--override property=value]*
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
daemon=
variant=hosted
args=()
for arg in "$@"; do
  case $arg in
    -daemon) daemon=1 ;;
    --bare) variant=bare args+=("$arg") ;;
    *) args+=("$arg") ;;
  esac
done
if [[ ${#args[@]} -eq 0 ]]; then
  echo "usage: $0 [-daemon] [--bare] server.properties [--override property=value]*" >&2
  exit 1
fi
if [[ $daemon ]]; then
  mkdir -p "$here/../target"
  nohup "$here/lib/node" "$variant" io.milena.broker.app.NodeMain "${args[@]}" >"$here/../target/server.out" 2>&1 </dev/null &
  echo "Started; the log is $(realpath "$here/../target/server.out")"
else
  exec "$here/lib/node" "$variant" io.milena.broker.app.NodeMain "${args[@]}"
fi
