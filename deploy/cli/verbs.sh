# Verbs that hand their arguments to one of the programs. Help needs no database and no free port.

asks_for_help() { # ARGS...
  local arg
  for arg in "$@"; do
    case $arg in --help | -h | -\? | /h | /\?) return 0 ;; esac
  done
  return 1
}

api_verb() { # VERB ARGS...
  local arg args=()
  for arg in "$@"; do
    if [[ $arg != --demo ]]; then
      args+=("$arg")
    elif [[ -r $home/demo.env ]]; then
      # shellcheck source=/dev/null
      source "$home/demo.env"
    else
      die "There is no demo database yet: run ./billing demo first."
    fi
  done

  build programs
  if ! asks_for_help "$@"; then
    [[ $1 != serve ]] || require_free_port "$(urls_of http://127.0.0.1:5080 "$@")" --urls
    use_database "${BILLING_SCHEMA:-billing}"
  fi
  pass_on dotnet "$(dll src/Billing.Api)" "${args[@]}"
}

sandbox_verb() {
  build programs
  asks_for_help "$@" || require_free_port "$(urls_of http://127.0.0.1:5081 "$@")" --urls
  pass_on dotnet "$(dll src/Billing.Sandbox)" "$@"
}

bench_verb() {
  build everything
  if ! asks_for_help "$@" && [[ -z ${ConnectionStrings__Billing:-} ]]; then
    # As much as a server that has to be fast is given; tests and demo need less.
    local shared_buffers
    shared_buffers=$(awk '/^MemTotal/ { printf "%dMB", $2 / 1024 / 4 }' /proc/meminfo)
    hold_cluster "bench-postgres-$$" throwaway
    ConnectionStrings__Billing=$(cluster_url "$held_cluster")
  fi
  export BILLING_TEST_DATABASE=${ConnectionStrings__Billing:-}
  pass_on dotnet "$(dll bench/Billing.Bench)" "$@"
}
