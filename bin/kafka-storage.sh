#!/usr/bin/env bash
exec "$(dirname "$(readlink -f "$0")")/lib/node" none io.milena.broker.app.StorageMain "$@"
