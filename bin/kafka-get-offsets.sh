#!/usr/bin/env bash
exec "$(dirname "$(readlink -f "$0")")/lib/tool" org.apache.kafka.tools.GetOffsetShell "$@"
