# Every test project, a few at a time; the last line counts the results.

run_tests() { # ARGS for dotnet test
  local passed=0 failed=0 skipped=0
  build everything
  offer_chromium
  results=$home/test-results
  rm -rf "$results" && mkdir -p "$results"
  if [[ -z ${BILLING_TEST_DATABASE:-} ]] && ! docker_answers; then
    say "Starting a throw-away PostgreSQL ..."
    hold_cluster "test-postgres-$$" throwaway
    BILLING_TEST_DATABASE=$(cluster_url "$held_cluster")
    export BILLING_TEST_DATABASE
  fi

  run_test_projects "$@"
  release_cluster

  ((passed + failed > 0)) || say "Not one test ran, and that proves nothing: is the filter right?"
  echo "$passed passed, $failed failed$( ((skipped == 0)) || echo ", $skipped skipped")"
  ((failed == 0 && passed > 0))
}

# Then the tests start PostgreSQL in a container themselves (tests/Billing.TestDatabase).
docker_answers() {
  [[ -n ${DOCKER_HOST:-} || -S /var/run/docker.sock ]] && timeout 5 docker version >/dev/null 2>&1
}

run_test_projects() { # ARGS for dotnet test
  local project name limit others=()
  local -A running=()
  limit=$(nproc)
  for project in "$root"/tests/*.Tests; do
    [[ $project == */Billing.Api.Tests ]] || others+=("$project")
  done
  # The service's tests run last and alone: they start many processes and measure time.
  for project in "${others[@]}" "$root/tests/Billing.Api.Tests"; do
    name=${project##*/}
    [[ $name != Billing.Api.Tests ]] || limit=1
    while ((${#running[@]} >= limit)); do report_finished; done
    "${tied[@]}" dotnet test "$(dll "tests/$name")" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
      --results-directory "$results" --blame-hang --blame-hang-timeout 10m --blame-hang-dump-type none "$@" </dev/null >"$results/$name.log" 2>&1 &
    running[$name]=$(token_of $! || echo "$!:gone")
    started+=("${running[$name]}")
  done
  while ((${#running[@]} > 0)); do report_finished; done
}

report_finished() {
  local name status
  sleep 0.2
  for name in "${!running[@]}"; do
    ! alive "${running[$name]}" || continue
    status=0
    wait "${running[$name]%%:*}" || status=$?
    unset "running[$name]"
    report_project "$name" "$status"
  done
}

# A runner that fails without a failed test has crashed or hung: that counts as one failure.
# `head` would end its pipe early, and a long story of failures this script with it.
report_project() { # NAME EXIT_CODE
  local counters total ok bad
  counters=$(grep -ao '<Counters [^>]*>' "$results/$1.trx" 2>/dev/null || true)
  total=$(counter total) ok=$(counter passed) bad=$(counter failed)
  if (($2 != 0 && bad == 0)); then
    bad=1 total=$((total + 1))
    say "  $1: the test runner crashed or hung (exit code $2)"
  fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - ok - bad))
  say "  $1: $ok passed, $bad failed"
  ((total == ok + bad)) || name_skipped "$results/$1.trx"
  ((bad == 0)) || grep -avE '^ *at (System|Xunit|Microsoft)\.|^(VSTest version|Starting test|A total of|Data collector)' "$results/$1.log" | sed -n 1,200p >&2 || true
}

name_skipped() { # TRX
  sed -n '/<UnitTestResult .*outcome="NotExecuted"/,/<\/UnitTestResult>/ { s/.* testName="\([^"]*\)".*/  skipped: \1/p; s/.*<Message>\(.*\)<\/Message>.*/    \1/p; }' "$1" | sed 's/&amp;/\&/g' >&2
}

counter() { [[ $counters =~ [[:space:]]$1=\"([0-9]+)\" ]] && echo "${BASH_REMATCH[1]}" || echo 0; } # NAME
