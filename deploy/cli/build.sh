# Builds the programs, or the tests too, when a source is newer than the last build.

dll() { echo "$root/$1/bin/Release/net10.0/${1##*/}.dll"; } # PROJECT, as src/Billing.Api

# Names as well as times: a deleted file leaves nothing newer behind. $folders says where to look.
sources() { (cd "$root" && find Billing.sln global.json *.slnf *.props .editorconfig BannedSymbols.txt $folders \( -name bin -o -name obj -o -name TestResults -o -path src/Billing.Api/Internal \) -prune -o -type f "$@" -print 2>/dev/null | sort || true); }

is_built() { # STAMP
  [[ -r $1 && -r $(dll src/Billing.Api) && -r $(dll src/Billing.Sandbox) && $(<"$1") == "$(sources)" && -z $(sources -newer "$1") ]]
}

# build programs|everything
build() {
  local solution=Billing.Programs.slnf folders="src bench" analyzers=false log=$home/log/build.log
  # Analyzers take more than half of the time: they run where the code is tested.
  [[ $1 == programs ]] || { solution=Billing.sln; folders="src tests bench" analyzers=true; }
  # In the build's own output: it goes when that goes, and serves every user of the checkout.
  local stamp=$root/src/Billing.Api/bin/Release/built-$1.txt
  require_dotnet
  exec 8>"$home/run/build.lock"
  flock 8
  if ! is_built "$stamp"; then
    require_writable_outputs
    sources >"$home/run/sources"
    generate_handlers
    say "Building (the first time takes a minute or two) ..."
    dotnet_build "$solution" -p:GeneratedHandlers=true -p:RunAnalyzers=$analyzers
    mv "$home/run/sources" "$stamp"
    # Root leaves its output to the owner of the checkout.
    ((EUID != 0)) || [[ -O $root ]] || chown -R --reference="$root" "$root"/{src,tests,bench}/*/{bin,obj} "$generated" 2>/dev/null || true
  fi
  exec 8>&-
}

# Wolverine's handlers as source code: with them the first message takes 0.6 s, without them 8 s.
# The service writes them itself, so it is built without them first.
generate_handlers() {
  local folders=src stamp=$root/src/Billing.Api/bin/Release/generated.txt
  generated=$root/src/Billing.Api/Internal
  if [[ -d $generated/Generated ]] && is_built "$stamp"; then return; fi
  say "Generating the message handlers (half a minute) ..."
  rm -f "$stamp"
  sources >"$home/run/generated"
  dotnet_build src/Billing.Api -p:RunAnalyzers=false
  if ! run "$root/deploy/generate-handlers.sh" >>"$log" 2>&1 8>&-; then
    tail -n 40 "$log" >&2
    die "The message handlers could not be generated. The whole output is in $log"
  fi
  mv "$home/run/generated" "$stamp"
}

dotnet_build() { # PROJECT OPTIONS...
  local heartbeat status=0
  still_building 8>&- &
  heartbeat=$!
  MSBUILDDISABLENODEREUSE=1 run dotnet build "$root/$1" -c Release -v q --nologo "${@:2}" >"$log" 2>&1 8>&- || status=$?
  kill "$heartbeat" 2>/dev/null || true
  ((status != 0)) || return 0
  grep -E 'error|warning' "$log" | sort -u | head -n 40 >&2 || tail -n 40 "$log" >&2
  die "The build failed. The whole output is in $log"
}

# Shows every ten seconds that the build goes on; ends with this script at the latest.
still_building() {
  trap - EXIT INT TERM HUP PIPE
  local since=$SECONDS
  while sleep 10 </dev/null >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do say "Still building ($((SECONDS - since)) s) ..."; done
}

# Style rules and analyzers are errors of the tests' build; only the layout is left to check here.
format_sources() { # [--check]
  local option=()
  case ${1:-} in
    --check) option=(--verify-no-changes) ;;
    ?*) die "There is no '$1' here. Use: ./billing format [--check]" ;;
  esac
  require_dotnet
  say "Reading the layout of the C# files (half a minute) ..."
  run dotnet format whitespace "$root/Billing.sln" "${option[@]}" && return
  die "Some files are not laid out as .editorconfig says. Run: ./billing format"
}

require_writable_outputs() {
  local foreign
  foreign=$(find "$root"/{src,tests,bench}/* -maxdepth 0 -type d ! -writable -print -quit; find "$root"/{src,tests,bench}/*/{bin,obj} ! -writable -print -quit 2>/dev/null || true)
  foreign=${foreign%%$'\n'*}
  [[ -z $foreign ]] || die "$foreign belongs to $(stat -c %U "$foreign"), so $(id -un) cannot build here. Run: sudo chown -R $(id -un) $root   (or make a clone of your own)"
}
