# Processes we start, and how they end: by id, in order, also when this script is killed.

# A process is remembered as PID:START, because its pid alone may be somebody else's tomorrow. Fails when it is gone (a zombie is).
token_of() { # PID
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  read -ra stat <<<"${stat##*) }"
  [[ ${stat[0]} != [ZX] ]] && echo "$1:${stat[19]}"
}

alive() { [[ -n ${1:-} && $(token_of "${1%%:*}") == "$1" ]]; } # TOKEN

end_process() { # TOKEN: asks kindly, waits 15 s, insists
  local i
  alive "$1" && kill -TERM "${1%%:*}" 2>/dev/null || return 0
  for ((i = 0; i < 150; i++)); do
    alive "$1" || return 0
    sleep 0.1
  done
  kill -KILL "${1%%:*}" 2>/dev/null || true
}

# Prefix for what must not outlive us: out of reach of the terminal's Ctrl-C (we end things in order), stopped when we are killed.
tied=()
! command -v setsid >/dev/null || tied+=(setsid)
! setpriv --pdeathsig TERM true 2>/dev/null || tied+=(setpriv --pdeathsig TERM)

started=()     # tokens, in the order of starting
foreground=    # token of the command that is being waited for
held_cluster=  # the cluster this run uses
signal_exit=   # what a signal means for the exit code, when not 128 + its number

# Every verb that runs anything begins here.
begin() {
  choose_home
  trap 'on_signal 130' INT
  trap 'on_signal 143' TERM
  trap 'on_signal 129' HUP
  trap 'on_signal 141' PIPE
  trap finish EXIT
}

on_signal() { # EXIT_CODE
  trap '' INT TERM HUP PIPE
  exit "${signal_exit:-$1}"
}

finish() {
  local status=$? i
  trap '' INT TERM HUP PIPE
  [[ -z $foreground ]] || end_process "$foreground"
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do end_process "${started[i]}"; done
  release_cluster
  exit "$status"
}

# Runs a command so that a signal to this script is acted on at once; bash would otherwise wait for the command to end first.
run() { # COMMAND...
  local pid status=0
  "${tied[@]}" "$@" <&0 &
  pid=$!
  foreground=$(token_of "$pid" || true)
  wait "$pid" || status=$?
  foreground=
  return "$status"
}

# Runs a program that is the whole purpose of this call: a signal is handed to it, and its answer is ours.
pass_on() { # COMMAND...
  local pid status=0
  "${tied[@]}" "$@" <&0 &
  pid=$!
  foreground=$(token_of "$pid" || true)
  # shellcheck disable=SC2064 # the pid of now
  trap "kill -TERM $pid 2>/dev/null || true" INT TERM HUP
  while wait "$pid" || status=$?; [[ -e /proc/$pid ]] && alive "$foreground"; do status=0; done
  exit "$status"
}

# Starts a background process whose output goes to $home/log/NAME.log, and remembers it in $home/run for the next run.
start_service() { # NAME COMMAND...
  local name=$1 token
  shift
  "${tied[@]}" "$@" </dev/null >"$home/log/$name.log" 2>&1 &
  service=$!
  token=$(token_of "$service" || echo "$service:gone")
  started+=("$token")
  echo "$token $(token_of $$)" >"$home/run/$name"
}

# Ends a service whose script was killed; refuses when its script is still there.
end_leftover() { # NAME
  local token owner
  [[ -r $home/run/$1 ]] && read -r token owner <"$home/run/$1" || return 0
  if alive "$token"; then
    ! alive "$owner" || die "A demo is already running here. Stop it first: kill -INT ${owner%%:*}"
    end_process "$token"
  fi
  rm -f "$home/run/$1"
}

urls_of() { # DEFAULT ARGS...: the value of --urls
  local urls=$1
  while shift && (($#)); do
    case $1 in
      --urls) urls=${2:-} ;;
      --urls=*) urls=${1#*=} ;;
    esac
  done
  echo "$urls"
}

address_of() { # URL: sets host and port
  [[ $1 =~ ^https?://([^:/]+|\[[^]]*\]):([0-9]+) ]] || die "'$1' is not an address such as http://127.0.0.1:5080"
  host=${BASH_REMATCH[1]} port=${BASH_REMATCH[2]}
  [[ $host != [*+] && $host != 0.0.0.0 && $host != \[* ]] || host=127.0.0.1
}

listens() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; } # HOST PORT

require_free_port() { # URL OPTION
  local host port by
  address_of "$1"
  listens "$host" "$port" || return 0
  by=$(ss -Hltnp "sport = :$port" 2>/dev/null | sed -nE 's/.*\(\("([^"]+)",pid=([0-9]+).*/\1 (pid \2)/p' | head -n 1 || true)
  die "Port $port is in use by ${by:-another process}. Stop that, or choose another one: $2 http://127.0.0.1:$((port + 100))"
}

http_ok() { # HOST PORT PATH
  local code
  exec 3<>"/dev/tcp/$1/$2" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$3" "$1" >&3
  read -r -t 10 _ code _ <&3
  [[ $code == 200 ]]
}
