#!/usr/bin/env bash
exec "$(dirname "$(readlink -f "$0")")/lib/tool" kafka.admin.ConfigCommand "$@"
