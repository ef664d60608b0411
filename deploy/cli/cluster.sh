# The life of one cluster: find out what is there, start it, make a new one, configure, stop. postgres.sh says when, and
# holds the lock. Data that is there is never replaced: only a throw-away cluster is made anew.

# A missing `data` beside a `url` is a cluster too: its volume is not mounted, or it was moved away.
cluster_exists() { [[ -e $1/data || -L $1/data || -e $1/url ]]; } # DIR

# Fails when no postmaster of ours runs. One that runs and is still recovering is waited for.
cluster_answers() { # DIR
  cluster_runs "$1" || return 1
  local port
  port=$(sed -n 4p "$1/data/postmaster.pid" 2>/dev/null || true)
  [[ -z $port || $port == "$(cat "$1/port" 2>/dev/null)" ]] ||
    cluster_refuse "$1" "process $(cluster_pid "$1") runs it on port $port, and ./billing has not started that"
  find_postgres "$(<"$1/data/PG_VERSION")" || find_postgres
  cluster_await "$1"
}

# A pid file may outlive its process, and its pid may be anybody's by then: the working directory tells.
cluster_runs() { # DIR
  local pid
  pid=$(cluster_pid "$1") && token_of "$pid" >/dev/null || return 1
  [[ $(as_postgres readlink "/proc/$pid/cwd" 2>/dev/null) == "$(readlink -f "$1/data")" ]]
}

cluster_pid() { head -n 1 "$1/data/postmaster.pid" 2>/dev/null | grep -E '^[0-9]+$'; } # DIR

# A stale pid is replaced by an impossible one instead of being removed, because the rest of the file keeps a second server
# away while the first one's backends still write. A process that cannot be looked at is left to PostgreSQL's judgement.
cluster_forget_stale_pid() { # DIR
  local pid
  pid=$(cluster_pid "$1") || return 0
  ! token_of "$pid" >/dev/null || as_postgres readlink "/proc/$pid/cwd" >/dev/null 2>&1 || return 0
  cluster_runs "$1" || as_postgres sed -i '1s/.*/2147483646/' "$1/data/postmaster.pid"
}

# Ready is what the postmaster itself says: while it recovers, or follows another server, it may already let readers in.
cluster_ready() { # DIR
  [[ $(sed -n '8s/ *$//p' "$1/data/postmaster.pid" 2>/dev/null) == ready ]] &&
    as_postgres "$pg_bin/pg_isready" -q -h 127.0.0.1 -p "$(cat "$1/port" 2>/dev/null)"
}

# Recovery after a crash may take long. It begins again when it is interrupted: after the limit it is left to go on.
cluster_await() { # DIR
  local dir=$1 since=$SECONDS shown=0 waited limit=${BILLING_RECOVERY_SECONDS:-1800}
  until cluster_ready "$dir"; do
    cluster_runs "$dir" || return 1
    waited=$((SECONDS - since))
    if ((waited >= limit)); then
      rm -f "$dir/watch" # which would stop it
      cluster_refuse "$dir" "PostgreSQL is still recovering after $waited s, and goes on by itself (process $(
        cluster_pid "$dir"
      ), log $dir/log); run this again later, or let it wait longer with BILLING_RECOVERY_SECONDS"
    fi
    if ((waited >= shown + 10)); then
      shown=$waited
      say "PostgreSQL is still recovering $dir ($waited s): $(
        tail -n 1 "$dir/log" 2>/dev/null | sed -E 's/^.*(LOG|FATAL): *//'
      )"
    fi
    sleep 0.2
  done
}

cluster_start() { # DIR
  local dir=$1 fault
  if cluster_exists "$dir"; then
    fault=$(cluster_fault "$dir")
    if [[ -z $fault ]]; then
      find_postgres "$(<"$dir/data/PG_VERSION")"
      ! cluster_try_start "$dir" || return 0
      fault=$(cluster_complaint "$dir")
    fi
    [[ -e $dir/throwaway ]] || cluster_refuse "$dir" "$fault"
    say "The throw-away PostgreSQL cluster in $dir could not be started ($fault): a new one takes its place."
  fi
  find_postgres
  cluster_init "$dir"
  cluster_try_start "$dir" || cluster_refuse "$dir" "$(cluster_complaint "$dir")"
}

# Prints why PostgreSQL need not even try, or nothing. It only reads.
cluster_fault() { # DIR
  local data=$1/data version installed=
  if [[ ! -e $data ]]; then
    echo "$data is missing, although there was a cluster; is its volume not mounted?"
  elif [[ ! -d $data || ! -r $data || ! -x $data || (-e $data/PG_VERSION && ! -r $data/PG_VERSION) ]]; then
    echo "$data cannot be read by $(id -un)"
  elif [[ ! -s $data/PG_VERSION ]]; then
    echo "$data has no PG_VERSION, so that it is no PostgreSQL cluster, or only the rest of one"
  else
    version=$(<"$data/PG_VERSION")
    find_postgres "$version" && return
    ! find_postgres || installed=$("$pg_bin/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    echo "it was made by PostgreSQL $version, and PostgreSQL ${installed:-(none)} is installed here;" \
      "install PostgreSQL $version (15 or later), or upgrade the cluster with pg_upgrade"
  fi
}

# Takes our own entry out again: what we may not use, we have nothing to stop of.
cluster_refuse() { # DIR CAUSE
  rm -f "$1/clients/$client"
  die "The PostgreSQL cluster in $1 cannot be used: $2. Nothing was replaced or removed. To begin with an empty" \
    "database, move $1 away yourself; to use another one, set ConnectionStrings__Billing or BILLING_HOME."
}

cluster_complaint() { # DIR
  local said
  said=$(grep -aE 'FATAL|PANIC|could not' "$1/log" 2>/dev/null | grep -av 'pg_ctl: could not start server' | tail -n 1 | sed -E 's/^.*(FATAL|PANIC|LOG): *//' || true)
  echo "${said:-PostgreSQL does not start} (more in $1/log)"
}

cluster_init() { # DIR
  local dir=$1
  [[ $dir == "$home"/* ]] || say "PostgreSQL's files go to $dir."
  [[ ! -e $dir/throwaway ]] || rm -rf "$dir/data"
  [[ ! -e $dir/data ]] || cluster_refuse "$dir" "there is data already"
  # Under another name until it is whole: what a killed initdb leaves is never taken for a cluster.
  rm -rf "$dir/new"
  mkdir -m 700 "$dir/new"
  (umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' '-_' >"$dir/password" && cp "$dir/password" "$dir/new.password")
  ((EUID != 0)) || chown postgres "$dir/new" "$dir/new.password"
  as_postgres "$pg_bin/initdb" -D "$dir/new" --username=billing --pwfile="$dir/new.password" --encoding=UTF8 --no-locale \
    --auth-local=trust --auth-host=scram-sha-256 --no-sync >"$dir/log" 2>&1 </dev/null || die "PostgreSQL's initdb failed: $(tail -n 1 "$dir/log"). More in $dir/log"
  rm -f "$dir/new.password"
  echo "include 'billing.conf'" >>"$dir/new/postgresql.conf"
  mv -T "$dir/new" "$dir/data"
}

cluster_try_start() { # DIR
  local dir=$1 socket i patience=${BILLING_RECOVERY_SECONDS:-10}
  ((patience < 10)) || patience=10
  cluster_forget_stale_pid "$dir"
  socket=$(cluster_socket "$dir")
  rm -rf "$socket"
  mkdir -m 700 "$socket"
  if ((EUID == 0)); then chown -R postgres "$socket" "$dir/data"; fi

  for ((i = 0; i < 8; i++)); do
    cluster_configure "$dir" "$socket"
    rm -f "$dir/log"
    (umask 077 && : >"$dir/log")
    ((EUID != 0)) || chown postgres "$dir/log"
    as_postgres "$pg_bin/pg_ctl" start -s -w -t "$patience" -D "$dir/data" -l "$dir/log" </dev/null >>"$dir/log" 2>&1 || true
    ! cluster_runs "$dir" || ! cluster_await "$dir" || return 0
    if grep -aq 'Address already in use' "$dir/log"; then
      rm -f "$dir/port"
    elif grep -aq 'shared memory block' "$dir/log"; then
      sleep 2 # what a killed postmaster leaves behind is still going away
    else
      return 1
    fi
  done
  return 1
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
