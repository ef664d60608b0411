# One private PostgreSQL cluster per directory; the script and the tests' TestDatabase both come here.
#
#   DIR/data      the cluster itself; as root it belongs to the user postgres, who then also runs it
#   DIR/url       its connection string, for its owner's eyes; DIR/port and DIR/password are what it is made of
#   DIR/clients/  one file per process that uses it; when the last of them is gone, however it went, the cluster is stopped
#   DIR/throwaway present when nothing in it is to be kept: then stopping removes it all
#
# Everything that starts or stops holds one lock. Whoever is killed is noticed by `watch`, a small process beside each running cluster.

# Where the cluster called $1 really lives: as root it has to be a place that the user postgres can reach.
cluster_dir() { # DIR, relative to $home
  local dir=$1 near
  [[ $dir == /* ]] || dir=$home/$dir
  near=$dir
  until [[ -d $near ]]; do near=$(dirname "$near"); done
  if ((EUID == 0)) && ! as_postgres test -x "$near"; then
    dir=/var/tmp/billing-$(hash_of "$dir")
  fi
  echo "$dir"
}

# Runs a command as the user that owns clusters, from a place it may be in, and without the PG... variables of whoever called.
as_postgres() (
  cd /
  unset "${!PG@}"
  if ((EUID == 0)); then exec runuser -u postgres -- "$@" 9>&-; else exec "$@" 9>&-; fi
)

locked() { # COMMAND...
  (
    flock -w 400 9 || die "Another ./billing has been busy with PostgreSQL for minutes. If none runs, remove $home/run/postgres.lock"
    "$@"
  ) 9>>"$home/run/postgres.lock"
}

# Uses a cluster, starting it if need be, until this script ends.
hold_cluster() { # DIR [throwaway]
  require_postgres
  held_cluster=$(cluster_dir "$1")
  locked cluster_use "$held_cluster" $$ "${2:-}"
}

release_cluster() {
  [[ -n $held_cluster ]] || return 0
  locked cluster_leave "$held_cluster" $$
  held_cluster=
}

cluster_use() { # DIR PID [throwaway]
  local dir=$1 client
  client=$(token_of "$2") || die "There is no process $2 to keep PostgreSQL for."
  if ((EUID == 0)); then
    as_postgres true 2>/dev/null || die "PostgreSQL does not run as root, and this root cannot become the user postgres. Run as a plain user, or set ConnectionStrings__Billing (for tests BILLING_TEST_DATABASE)."
  fi
  mkdir -p "$dir/clients" && [[ -O $dir ]] || die "$dir belongs to someone else. Choose another place with BILLING_HOME."
  chmod a+x "$dir"
  [[ ${3:-} != throwaway ]] || touch "$dir/throwaway"
  touch "$dir/clients/$client"

  cluster_answers "$dir" || cluster_start "$dir"
  alive "$(cat "$dir/watch" 2>/dev/null)" || cluster_watch_start "$dir"
}

cluster_leave() { # DIR PID
  local dir=$1 client
  rm -f "$dir/clients/$2:"*
  for client in "$dir"/clients/*; do
    ! alive "${client##*/}" || return 0
  done
  cluster_stop "$dir"
}

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

# A socket path may have 107 characters, and it ends in .s.PGSQL.nnnnn.lock.
cluster_socket() { # DIR
  if ((${#1} < 80)); then echo "$1/socket"; else echo "/tmp/billing-$EUID-$(hash_of "$1")-socket"; fi
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
shared_buffers = 256MB
max_connections = 200
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

cluster_url() { cat "$1/url" 2>/dev/null || die "There is no PostgreSQL in $1. Start it: ./billing postgres start $1"; } # DIR

cluster_watch_start() { # DIR
  (
    cd /
    exec setsid "$BASH" "$root/billing" postgres watch "$1"
  ) </dev/null >/dev/null 2>&1 9>&- &
  token_of $! >"$1/watch"
}

# Grants the clients' own children a few seconds to finish before their database goes.
cluster_watch() { # DIR
  local client idle=0
  while [[ $(cat "$1/watch" 2>/dev/null) == "$(token_of $$)" ]]; do
    sleep 1
    idle=$((idle + 1))
    for client in "$1"/clients/*; do
      ! alive "${client##*/}" || idle=0
    done
    ((idle < 5)) || locked cluster_leave "$1" none
  done
}

# Hidden from the help; the tests' door. `start` prints the connection string and keeps the cluster until the caller (or --for PID) is gone.
postgres_verb() { # start|stop|url|watch DIR [--for PID] [--throwaway]
  local action=${1:-} dir client=$PPID throwaway=
  (($# >= 2)) || die "Usage: ./billing postgres start|stop|url DIR [--for PID] [--throwaway]"
  require_postgres
  dir=$(cluster_dir "$2")
  shift 2
  while (($#)); do
    case $1 in
      --for) client=$2 && shift ;;
      --throwaway) throwaway=throwaway ;;
      *) die "./billing postgres does not know $1" ;;
    esac
    shift
  done

  case $action in
    start)
      locked cluster_use "$dir" "$client" "$throwaway"
      cluster_url "$dir"
      ;;
    stop) locked cluster_stop "$dir" ;;
    url) cluster_url "$dir" ;;
    watch) cluster_watch "$dir" ;;
    *) die "./billing postgres knows start, stop and url, not $action" ;;
  esac
}
