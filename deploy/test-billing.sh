#!/usr/bin/env bash
# What `./billing postgres` promises, tried for real in a directory of its own: one to two minutes. Run it as root and as a
# plain user. `test-billing.sh refusals` tries only what needs a cluster that cannot be used yet: ten seconds; the tests do.
set -uo pipefail
billing=$(readlink -f "$(dirname "$0")/../billing")
BILLING_HOME=$(mktemp -d)
export BILLING_HOME
passed=0 failed=0

expect() { # SENTENCE COMMAND...
  local sentence=$1
  shift
  if "$@" >"$BILLING_HOME/output" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $sentence" && sed 's/^/  | /' "$BILLING_HOME/output"
  fi
}

start() { "$billing" postgres start "${1:-db}" --for $$; }
value() { sed -E "s/.*$1=([^;]*).*/\1/" <<<"$url"; } # KEY of the connection string
sql() { PGPASSWORD=$(value Password) psql -X -q -t -A -h 127.0.0.1 -p "$(value Port)" -U billing -d postgres -c "$1"; }
answers() { url=$("$billing" postgres url "${1:-db}") && [[ $(sql 'select 1') == 1 ]]; }
refused() { ! sql 'select 1'; }
directory() { dirname "$(sql 'show data_directory')"; }
postmaster() { head -n 1 "$(directory)/data/postmaster.pid"; }
eventually() { local i; for ((i = 0; i < 40; i++)); do "$@" >/dev/null 2>&1 && return; sleep 0.5; done; return 1; }
gone() { [[ ! -e $1 ]]; }
as_owner() { if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

unreadable() {
  chmod 000 "$at/data"
  expect "refuses a directory that cannot be read" bash -c "! '$billing' postgres start db --for $$ 2>'$at/said' && grep -E 'cannot be read|ermission' '$at/said'"
  chmod 700 "$at/data"
}

recovering() { # COMMAND that waits for it, and may end the recovery by $BILLING_HOME/go
  local process
  as_owner touch "$at/data/recovery.signal"
  as_owner tee -a "$at/data/postgresql.auto.conf" <<<"restore_command = 'while [ ! -e $BILLING_HOME/go ]; do sleep 0.1; done; false'" >/dev/null
  expect "refuses one that recovers for too long" bash -c "! BILLING_RECOVERY_SECONDS=2 '$billing' postgres start db --for $$ 2>'$at/said' && grep 'still recovering' '$at/said'"
  process=$(head -n 1 "$at/data/postmaster.pid")
  expect "leaves it to recover" kill -0 "$process"
  "$@"
  expect "has not begun again" test "$process" = "$(postmaster)"
  expect "has what was written" sql 'select * from kept'
}

waits_with_progress() {
  (sleep 12 && touch "$BILLING_HOME/go") &
  expect "waits for it the next time, and shows that it does" bash -c "'$billing' postgres start db --for $$ 2>&1 | grep 'is still recovering'"
}

waits() {
  (sleep 0.5 && touch "$BILLING_HOME/go") &
  expect "waits for it the next time" start
}

finish() {
  expect "stops in the end" "$billing" postgres stop db
  rm -rf "$BILLING_HOME" "$at"
  echo "$passed passed, $failed failed"
  ((failed == 0))
  exit
}

expect "starts" start
expect "answers with its password" answers

if [[ ${1:-} == refusals ]]; then
  at=$(directory)
  sql 'create table kept (a int)'
  "$billing" postgres stop db
  unreadable
  recovering waits
  finish
fi

expect "refuses another password" bash -c "! PGPASSWORD=wrong psql -X -h 127.0.0.1 -p $(value Port) -U billing -d postgres -c 'select 1'"
expect "is UTF-8, synchronous and ends idle transactions" test "$(sql "select string_agg(setting, ' ' order by name) from pg_settings where name in ('server_encoding', 'fsync', 'idle_in_transaction_session_timeout', 'max_connections')")" = "on 60000 1000 UTF8"
sql 'create table kept (a int)'

first=$(postmaster)
expect "is taken over while it runs" start
expect "is not started twice" test "$first" = "$(postmaster)"

sleep 300 &
other=$!
at=$(directory)
kill -9 "$first" && eventually refused
expect "starts again after kill -9" start
expect "still has what was written" sql 'select * from kept'

kill -9 "$(postmaster)" && eventually refused
sed -i "1s/.*/$other/" "$at/data/postmaster.pid"
expect "starts although a stale pid file names a living process" start
expect "answers then" answers
kill "$other"

expect "stops" "$billing" postgres stop db
expect "is gone then" refused
exec {taken}< <(exec python3 -u -c "import socket,time; s=socket.create_server(('127.0.0.1', $(value Port))); print('up'); time.sleep(600)" 2>/dev/null)
blocker=$!
read -r _ <&"$taken"
expect "starts although its port was taken meanwhile" start
expect "answers on another port" answers
kill "$blocker"

"$billing" postgres stop db
contents() { (cd "$at/data" && find . -type f ! -name billing.conf -exec sha256sum {} + | sort -k 2); } # one line is rewritten at each start
refuses() { # CAUSE: names directory and cause, and leaves every file as it was
  local said before
  before=$(contents)
  said=$("$billing" postgres start db --for $$ 2>&1) && echo "It started: $said" && return 1
  echo "$said"
  [[ $said == *"$at"* && $said == *"$1"* && $(contents) == "$before" && ! -e $at/clients/$$ ]] && ! compgen -G "$at.broken-*"
}

mv "$at/data/PG_VERSION" "$at/version"
echo 14 >"$at/data/PG_VERSION"
expect "refuses a cluster of another major version" refuses "made by PostgreSQL 14"
rm "$at/data/PG_VERSION"
expect "refuses a directory without a version" refuses "no PG_VERSION"
mv "$at/version" "$at/data/PG_VERSION"

mv "$at/data" "$at/elsewhere"
expect "refuses when the data is missing" bash -c "! '$billing' postgres start db --for $$ 2>'$at/said' && grep 'data is missing' '$at/said' && [[ ! -e $at/data ]]"
mv "$at/elsewhere" "$at/data"

unreadable

as_owner cp "$at/data/global/pg_control" "$at/data/pg_control.whole"
as_owner dd if=/dev/zero of="$at/data/global/pg_control" bs=8 seek=5 count=1 conv=notrunc status=none
expect "refuses a corrupted control file" refuses "checksum"
as_owner rm "$at/data/global/pg_control"
expect "refuses a missing control file" refuses "pg_control"
as_owner mv "$at/data/pg_control.whole" "$at/data/global/pg_control"

expect "does not use it as a throw-away one" bash -c "! '$billing' postgres start db --throwaway --for $$ 2>'$at/said' && grep 'to be kept' '$at/said'"
expect "starts again once the cause is gone" start
expect "answers then, too" answers
expect "still has what was written before" sql 'select * from kept'

"$billing" postgres stop db
recovering waits_with_progress

long=$(printf 'a-long-directory-name/%.0s' {1..7})db
expect "starts in a directory too long for a socket" start "$long"
expect "answers there" answers "$long"
expect "and stops" "$billing" postgres stop "$long"

bash -c "'$billing' postgres start thrown --throwaway --for \$\$ >/dev/null; sleep 2"
thrown=$(answers thrown && directory)
expect "a throw-away cluster outlives the command that started it" test -n "$thrown"
expect "a throw-away cluster is removed when its user is gone" eventually gone "$thrown"

answers db
finish
