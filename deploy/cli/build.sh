# Builds the programs, or the tests too, when a source is newer than what was built last.

dll() { echo "$root/$1/bin/Release/net10.0/${1##*/}.dll"; } # PROJECT, as src/Billing.Api

# The names too: a deleted file leaves nothing newer behind.
sources() { (cd "$root" && find Billing.sln *.slnf *.props .editorconfig BannedSymbols.txt $folders \( -name bin -o -name obj -o -name TestResults \) -prune -o -type f "$@" -print 2>/dev/null | sort || true); }

is_built() {
  local stamp=$1
  [[ -r $stamp && -r $(dll src/Billing.Api) && -r $(dll src/Billing.Sandbox) && $(<"$stamp") == "$(sources)" && -z $(sources -newer "$stamp") ]]
}

# build programs|everything
build() {
  local solution=Billing.Programs.slnf folders="src bench"
  [[ $1 == programs ]] || { solution=Billing.sln; folders="src tests bench"; }
  # Beside what it speaks of, so that it goes when that goes, and serves every user of the checkout.
  local stamp=$root/src/Billing.Api/bin/Release/built-$1.txt foreign log=$home/log/build.log
  require_dotnet
  exec 8>"$home/run/build.lock"
  flock 8
  if ! is_built "$stamp"; then
    foreign=$(find "$root"/{src,tests,bench}/* -maxdepth 0 -type d ! -writable -print -quit; find "$root"/{src,tests,bench}/*/{bin,obj} ! -writable -print -quit 2>/dev/null || true)
    foreign=${foreign%%$'\n'*}
    [[ -z $foreign ]] || die "$foreign belongs to $(stat -c %U "$foreign"), so $(id -un) cannot build here. Run: sudo chown -R $(id -un) $root   (or make a clone of your own)"
    say "Building (the first time takes a minute or two) ..."
    sources >"$home/run/sources"
    if ! MSBUILDDISABLENODEREUSE=1 run dotnet build "$root/$solution" -c Release -v q --nologo >"$log" 2>&1 8>&-; then
      grep -E 'error|warning' "$log" | sort -u | head -n 40 >&2 || tail -n 40 "$log" >&2
      die "The build failed. The whole output is in $log"
    fi
    mkdir -p "${stamp%/*}"
    mv "$home/run/sources" "$stamp"
    # What root builds in another's checkout must not be in that user's way.
    ((EUID != 0)) || [[ -O $root ]] || chown -R --reference="$root" "$root"/{src,tests,bench}/*/{bin,obj} 2>/dev/null || true
  fi
  exec 8>&-
}
