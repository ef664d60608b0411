# The life of one cluster: does it answer, start, make it anew, configure, stop. postgres.sh says when, and holds the lock.

# Fails when no postmaster of ours runs. One that runs and is still recovering is waited for; one that never answers is ended.
cluster_answers() { # DIR
  local dir=$1 i
  cluster_runs "$dir" || return 1
  find_postgres "$(<"$dir/data/PG_VERSION")" || find_postgres
  for ((i = 0; i < 120; i++)); do
    as_postgres "$pg_bin/pg_isready" -q -h 127.0.0.1 -p "$(<"$dir/port")" && return
    cluster_runs "$dir" || return 1
    sleep 0.5
  done
  as_postgres "$pg_bin/pg_ctl" stop -s -D "$dir/data" -m immediate || true
  return 1
}

# A pid file may outlive its process, and its pid may be anybody's by then: the working directory tells. A stale pid is replaced by an
# impossible one instead of being removed, because the rest of the file keeps a second server away while the first one's backends still write.
cluster_runs() { # DIR
  local file=$1/data/postmaster.pid pid cwd=nowhere
  pid=$(head -n 1 "$file" 2>/dev/null) && [[ -n $pid ]] || return 1
  if token_of "$pid" >/dev/null; then
    cwd=$(as_postgres readlink "/proc/$pid/cwd" 2>/dev/null) || return 1 # cannot be seen: PostgreSQL shall judge
  fi
  [[ $cwd != "$(readlink -f "$1/data")" ]] || return 0
  as_postgres sed -i '1s/.*/2147483646/' "$file"
  return 1
}

cluster_start() { # DIR
  local dir=$1 kept version
  if [[ -s $dir/data/PG_VERSION ]]; then
    version=$(<"$dir/data/PG_VERSION")
    if ! find_postgres "$version"; then
      echo "no PostgreSQL $version, which made it, is installed any more" >"$dir/log"
    elif cluster_try_start "$dir"; then
      return
    fi
    kept=$dir.broken-$(date +%Y%m%d-%H%M%S)
    mv "$dir/data" "$kept"
    say "The PostgreSQL cluster in $dir could not be started ($(cluster_complaint "$dir")). It is kept as $kept, and a new, empty one takes its place."
  fi
  find_postgres
  cluster_init "$dir"
  cluster_try_start "$dir" || die "PostgreSQL does not start: $(cluster_complaint "$dir"). More in $dir/log"
}

cluster_complaint() { grep -aE 'FATAL|PANIC|could not|no PostgreSQL' "$1/log" 2>/dev/null | tail -n 1 | sed -E 's/^.*(FATAL|PANIC|LOG): *//' || true; } # DIR

cluster_init() { # DIR
  local dir=$1
  [[ $dir == "$home"/* ]] || say "PostgreSQL's files go to $dir."
  # Under another name until it is whole: what a killed initdb leaves is never taken for a cluster.
  rm -rf "$dir/data" "$dir/new"
  mkdir -m 700 "$dir/new"
  (umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' '-_' >"$dir/password" && cp "$dir/password" "$dir/new.password")
  ((EUID != 0)) || chown postgres "$dir/new" "$dir/new.password"
  as_postgres "$pg_bin/initdb" -D "$dir/new" --username=billing --pwfile="$dir/new.password" --encoding=UTF8 --no-locale \
    --auth-local=trust --auth-host=scram-sha-256 --no-sync >"$dir/log" 2>&1 </dev/null || die "PostgreSQL's initdb failed: $(tail -n 1 "$dir/log"). More in $dir/log"
  rm -f "$dir/new.password"
  echo "include 'billing.conf'" >>"$dir/new/postgresql.conf"
  mv "$dir/new" "$dir/data"
}

cluster_try_start() { # DIR
  local dir=$1 socket i
  socket=$(cluster_socket "$dir")
  rm -rf "$socket"
  mkdir -m 700 "$socket"
  if ((EUID == 0)); then chown -R postgres "$socket" "$dir/data"; fi

  for ((i = 0; i < 8; i++)); do
    cluster_configure "$dir" "$socket"
    rm -f "$dir/log"
    (umask 077 && : >"$dir/log")
    ((EUID != 0)) || chown postgres "$dir/log"
    as_postgres "$pg_bin/pg_ctl" start -s -w -t 300 -D "$dir/data" -l "$dir/log" </dev/null >/dev/null 2>&1 && return
    if grep -aq 'Address already in use' "$dir/log"; then
      rm -f "$dir/port"
    elif grep -aq 'shared memory block' "$dir/log"; then
      sleep 2 # what a killed postmaster leaves behind is still going away
    else
      return 1
    fi
  done
  die "PostgreSQL does not start: $(cluster_complaint "$dir"). Wait for the processes of the killed one to end, then run this again."
}

# A socket path may have 107 characters, it ends in .s.PGSQL.nnnnn.lock, and it goes into a quoted list.
cluster_socket() { # DIR
  if ((${#1} < 80)) && [[ $1 != *[\',[:space:]]* ]]; then echo "$1/socket"; else echo "/tmp/billing-$EUID-$(hash_of "$1")-socket"; fi
}

cluster_configure() { # DIR SOCKET
  local dir=$1 port
  port=$(cat "$dir/port" 2>/dev/null || true)
  # Below the range that outgoing connections take their ports from.
  while [[ -z $port ]] || listens 127.0.0.1 "$port"; do port=$((20000 + RANDOM % 10000)); done
  echo "$port" >"$dir/port"
  (umask 077 && echo "Host=127.0.0.1;Port=$port;Username=billing;Password=$(<"$dir/password");Database=postgres" >"$dir/url")

  # Statements and keys of rows can hold personal data: they stay out of the log.
  cat >"$dir/data/billing.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$2'
fsync = on
shared_buffers = ${shared_buffers:-256MB}
max_connections = 1000
max_wal_size = 2GB
idle_in_transaction_session_timeout = 60s
timezone = 'UTC'
log_timezone = 'UTC'
log_error_verbosity = terse
log_min_error_statement = panic
CONF
  chmod a+r "$dir/data/billing.conf"
}

cluster_stop() { # DIR
  local dir=$1
  if cluster_runs "$dir"; then
    find_postgres "$(<"$dir/data/PG_VERSION")" || find_postgres
    as_postgres "$pg_bin/pg_ctl" stop -s -D "$dir/data" -m fast -w -t 60 || as_postgres "$pg_bin/pg_ctl" stop -s -D "$dir/data" -m immediate || true
  fi
  [[ $(cat "$dir/watch" 2>/dev/null) == "$(token_of $$)" ]] || end_process "$(cat "$dir/watch" 2>/dev/null)"
  rm -rf "$dir/watch" "$dir/clients" "$(cluster_socket "$dir")"
  [[ ! -e $dir/throwaway ]] || rm -rf "$dir"
}
