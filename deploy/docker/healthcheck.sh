#!/usr/bin/env bash
# healthcheck live|ready [PORT]: asks the silo in this container. The image has no curl; bash can open a connection itself.
set -euo pipefail
question=${1:-live} port=${2:-8090}
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /health/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$question" >&3
IFS= read -r -t 4 status <&3
[[ $status == "HTTP/1.1 200 "* ]]
