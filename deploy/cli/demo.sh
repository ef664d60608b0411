# The story: a fresh schema, the sandbox gateway and the API in processes of their own, driven over HTTP by Billing.Demo.

demo() { # [--exit] [--verbose] [--urls URL] [--sandbox-urls URL]
  local api_url=http://127.0.0.1:5080 sandbox_url=http://127.0.0.1:5081 then_exit='' failed='' verbose=() since api_pid sandbox_pid
  while (($#)); do
    case $1 in
      --exit) then_exit=yes ;;
      --verbose) verbose=(--verbose) ;;
      --urls | --sandbox-urls) [[ -n ${2:-} ]] || die "$1 needs an address, e.g. http://127.0.0.1:5180" ;;&
      --urls) api_url=$2 && shift ;;
      --sandbox-urls) sandbox_url=$2 && shift ;;
      --urls=*) api_url=${1#*=} ;;
      --sandbox-urls=*) sandbox_url=${1#*=} ;;
      *) die "./billing demo does not know $1; it knows --exit, --verbose, --urls URL and --sandbox-urls URL." ;;
    esac
    shift
  done

  since=$(date -u +%FT%TZ)
  end_leftover api
  end_leftover sandbox
  require_free_port "$api_url" --urls
  require_free_port "$sandbox_url" --sandbox-urls
  build programs

  # First, because the sandbox is an independent witness: it sees none of the API's settings.
  Sandbox__AutoApprove=false Sandbox__Sites__30201__ApiKey=gateway-key-30201 Sandbox__Sites__30201__NotificationUrl=$api_url/v1/notifications \
    start_service sandbox dotnet "$(dll src/Billing.Sandbox)" --urls "$sandbox_url"
  sandbox_pid=$service

  [[ -n ${ConnectionStrings__Billing:-} ]] || say "Starting PostgreSQL ..."
  write_demo_settings
  # shellcheck source=/dev/null
  source "$home/demo.env"
  use_database billing_demo
  run dotnet "$(dll src/Billing.Api)" migrate --drop-schema billing_demo >"$home/log/migrate.log" 2>&1 || fail_with migrate "The demo's schema could not be made anew."
  start_service api dotnet "$(dll src/Billing.Api)" serve --urls "$api_url"
  api_pid=$service
  wait_until_ready sandbox "$sandbox_pid" "$sandbox_url" /health/live
  wait_until_ready api "$api_pid" "$api_url" /health/ready

  run dotnet "$(dll src/Billing.Demo)" --api "$api_url" --sandbox "$sandbox_url" --commands "$(dll src/Billing.Api)" "${verbose[@]}" || failed=yes
  # The story has settled every difference that it made: none is left of the whole time.
  run dotnet "$(dll src/Billing.Api)" audit drift --since "$since" || failed=yes
  run dotnet "$(dll src/Billing.Api)" audit verify || failed=yes
  if [[ -n $failed ]]; then
    kill -0 "$sandbox_pid" 2>/dev/null || tail_log sandbox "The sandbox has ended."
    kill -0 "$api_pid" 2>/dev/null || tail_log api "The API has ended."
    die "The demo failed. The logs of API and sandbox are in $home/log/"
  fi

  signal_exit=0
  [[ -z $then_exit ]] || return 0
  invite
  wait -n "$api_pid" "$sandbox_pid" || true
  signal_exit=
  kill -0 "$api_pid" 2>/dev/null || fail_with api "The API has ended."
  fail_with sandbox "The sandbox has ended."
}

# The settings of the demo's service without its database; `--demo` reads them too.
write_demo_settings() {
  if [[ ! -s $home/keys ]]; then
    (
      umask 077
      for key in Sealing__MasterKey Sealing__IndexKey; do echo "export $key=$(head -c 32 /dev/urandom | base64 -w 0)"; done >"$home/keys"
    )
  fi
  (
    umask 077
    cat "$home/keys" - >"$home/demo.env" <<SETTINGS
export BILLING_SCHEMA=billing_demo
export Gateway__BaseAddress=$sandbox_url
export Gateway__TimeoutSeconds=2
export Charging__SendWindowSeconds=5
export Sandbox__Enabled=true
export Sites__30201__ApiKey=storefront-key-30201
export Sites__30201__GatewayApiKey=gateway-key-30201
SETTINGS
  )
}

wait_until_ready() { # NAME PID URL PATH
  local host port i
  address_of "$3"
  for ((i = 1; i <= 240; i++)); do
    kill -0 "$2" 2>/dev/null || fail_with "$1" "The $1 ended before it was ready."
    ! (http_ok "$host" "$port" "$4") 2>/dev/null || return 0
    ((i % 10 != 0)) || say "Waiting for the $1 at $3 ($((i / 2)) s) ..."
    sleep 0.5
  done
  fail_with "$1" "The $1 was not ready within two minutes."
}

fail_with() { # LOG SENTENCE
  tail_log "$@"
  die "The whole log is $home/log/$1.log"
}

tail_log() { # LOG SENTENCE
  say "$2 The end of its log:"
  tail -n 25 "$home/log/$1.log" | sed 's/^/  | /' >&2
}

invite() {
  cat <<TEXT

Billing keeps running. Try, in another terminal:
  $api_url/docs                  every endpoint, to click through
  curl -u 30201:storefront-key-30201 $api_url/v1/subscriptions
  ./billing audit verify --demo                 compares events, views and guards again
The gateway simulator is at $sandbox_url, the logs are in $home/log/
Ctrl-C (or kill -INT $$) ends API, simulator and PostgreSQL.
TEXT
}
