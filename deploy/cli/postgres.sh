# One private PostgreSQL cluster per directory; the script and the tests' TestDatabase both come here.
#
#   DIR/data      the cluster itself; as root it belongs to the user postgres, who then also runs it
#   DIR/url       its connection string, for its owner's eyes; DIR/port and DIR/password are what it is made of
#   DIR/clients/  one file per process that uses it; when the last of them is gone, however it went, the cluster is stopped
#   DIR/throwaway present when nothing in it is to be kept: then stopping removes it all
#
# Everything that starts or stops holds one lock. A process that is killed is noticed by `watch`, a small process beside each running cluster.

# Where the cluster called $1 really lives: as root it has to be a place that the user postgres can reach.
# One that exists stays where it is, whatever has become of the permissions above it.
cluster_dir() { # DIR, relative to $home
  local dir=$1 near far
  [[ $dir == /* ]] || dir=$home/$dir
  far=/var/tmp/billing-$(hash_of "$dir")
  near=$dir
  until [[ -d $near ]]; do near=$(dirname "$near"); done
  if ((EUID != 0)); then
    echo "$dir"
  elif cluster_exists "$dir"; then
    as_postgres test -x "$near" ||
      die "The PostgreSQL cluster in $dir cannot be used: the user postgres cannot reach it. Nothing was replaced or" \
        "removed. Let others pass through the directories above it (chmod a+x)."
    echo "$dir"
  elif { [[ -O $far ]] && cluster_exists "$far"; } || ! as_postgres test -x "$near"; then
    echo "$far"
  else
    echo "$dir"
  fi
}

# Runs a command as the user that owns clusters, from a place it may be in, and without the PG... variables of the caller.
as_postgres() (
  cd /
  unset "${!PG@}"
  if ((EUID == 0)); then exec runuser -u postgres -- "$@" 9>&-; else exec "$@" 9>&-; fi
)

locked() { # COMMAND...
  (
    if ! flock -w 10 9; then
      say "Waiting for another ./billing, which is starting or stopping PostgreSQL ..."
      flock -w "${BILLING_RECOVERY_SECONDS:-1800}" 9 ||
        die "Another ./billing has been busy with PostgreSQL for long. If none runs, remove $home/run/postgres.lock"
    fi
    "$@"
  ) 9>>"$home/run/postgres.lock"
}

# Makes ConnectionStrings__Billing point at a running database and, where one was asked for, at a schema of it.
# .NET reads the name in any case: in capitals it must not lead to a private, empty cluster either.
use_database() { # SCHEMA
  local name
  for name in $(compgen -e | grep -ix connectionstrings__billing); do
    ConnectionStrings__Billing=${ConnectionStrings__Billing:-${!name}}
    [[ $name == ConnectionStrings__Billing ]] || unset "$name"
  done
  if [[ -z ${ConnectionStrings__Billing:-} ]]; then
    hold_cluster postgres
    ConnectionStrings__Billing="$(cluster_url "$(cluster_dir postgres)");Search Path=$1"
  elif [[ -n ${BILLING_SCHEMA:-} ]]; then
    ConnectionStrings__Billing+=";Search Path=$1"
  fi
  export ConnectionStrings__Billing
}

# Uses a cluster, starting it if need be, until this script ends.
hold_cluster() { # DIR [throwaway]
  require_postgres
  held_cluster=$(cluster_dir "$1")
  locked cluster_use "$held_cluster" $$ "${2:-}"
}

# Without an entry of ours there is nothing to leave: the cluster was refused. An interrupted start has one.
release_cluster() {
  local entry
  for entry in "${held_cluster:-/nowhere}/clients/$$:"*; do
    [[ ! -e $entry ]] || locked cluster_leave "$held_cluster" $$
  done
  held_cluster=
}

cluster_use() { # DIR PID [throwaway]
  local dir=$1 client
  client=$(token_of "$2") || die "There is no process $2 to keep PostgreSQL for."
  if ((EUID == 0)); then
    as_postgres true 2>/dev/null || die "PostgreSQL does not run as root, and this root cannot become the user postgres. Run as a plain user, or set ConnectionStrings__Billing (for tests BILLING_TEST_DATABASE)."
  fi
  mkdir -p "$dir/clients" && [[ -O $dir ]] ||
    die "$dir belongs to someone else, or cannot be written. Choose another place with BILLING_HOME."
  chmod a+x "$dir"
  if [[ ${3:-} == throwaway ]]; then
    [[ -e $dir/throwaway ]] || ! cluster_exists "$dir" ||
      die "The PostgreSQL cluster in $dir is to be kept, and is not used as a throw-away one."
    touch "$dir/throwaway"
  fi
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
  local client idle=0 silence
  exec {silence}<> <(:) # a pipe without a writer: waiting on it leaves no `sleep` behind when this process is ended
  while [[ $(cat "$1/watch" 2>/dev/null) == "$(token_of $$)" ]]; do
    read -r -t 1 -u "$silence" _ || true
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
