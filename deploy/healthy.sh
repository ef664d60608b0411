#!/bin/bash
# Health check of a container without curl: is GET http://127.0.0.1:PORT PATH answered with 200?
set -e
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&3
read -r -t 4 _ code _ <&3
[[ $code == 200 ]]
