# What this machine offers: a place for our files, PostgreSQL's server binaries, the .NET SDK.

say() { printf '%s\n' "$*" >&2; }

die() {
  say "billing: $*"
  exit 1
}

hash_of() { printf %s "$1" | sha256sum | cut -c1-12; }

# Sets `home`: .billing/ for the owner of the checkout, a directory of their own for everybody else.
choose_home() {
  if [[ -n ${BILLING_HOME:-} ]]; then
    home=$(readlink -m "$BILLING_HOME")
  elif [[ -O $root/.billing || (! -e $root/.billing && -O $root && -w $root) ]]; then
    home=$root/.billing
  else
    home=/tmp/billing-$EUID-$(hash_of "$root")
    [[ -d $home ]] || say "$root belongs to someone else: your data goes to $home (BILLING_HOME chooses another place)."
  fi

  mkdir -p "$home" && [[ -O $home && -w $home ]] || die "$home is not yours to write to. Choose another place, e.g. BILLING_HOME=\$HOME/.billing ./billing ..."
  # PostgreSQL may run as another user, who has to pass through.
  chmod a+x "$home"
  mkdir -p "$home/run" "$home/log"
  export BILLING_HOME=$home
}

# Sets `pg_bin` to the newest complete set of server binaries, of major version $1 if one is given; fails when there is none.
find_postgres() {
  local wanted=${1:-} dir version newest=0 found
  pg_bin=
  found=$(type -ap pg_ctl 2>/dev/null | xargs -r readlink -f | xargs -r -n 1 dirname || true)
  for dir in $found /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; do
    [[ -x $dir/initdb && -x $dir/pg_ctl && -x $dir/pg_isready && -x $dir/postgres ]] || continue
    version=$("$dir/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    if ((version >= 15 && version > newest)) && [[ -z $wanted || $version == "$wanted" ]]; then
      newest=$version pg_bin=$dir
    fi
  done
  [[ -n $pg_bin ]]
}

require_postgres() {
  find_postgres && return
  local remedy="sudo apt-get update && sudo apt-get install -y postgresql"
  local or="Or set ConnectionStrings__Billing (for tests BILLING_TEST_DATABASE) to a server that runs."
  can_install || die "PostgreSQL 15 or later is missing, and this user may not install it. Run: $remedy   $or"

  say "Installing PostgreSQL (apt, a minute or so) ..."
  apt_update
  # Only the binaries are wanted, not the server on port 5432 that Debian starts with them.
  if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
    as_root mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  local newest
  newest=$(apt-cache policy postgresql 2>/dev/null | sed -nE 's/^ *Candidate: ([0-9]+).*/\1/p')
  ((${newest:-0} >= 15)) || die "This system's packages stop at PostgreSQL ${newest:-(none)}, 15 or later is needed. Run: sudo apt-get install -y postgresql-common && sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y && sudo apt-get install -y postgresql-17   $or"
  apt_install postgresql
  find_postgres || die "PostgreSQL could not be installed, see $home/log/apt.log. Try: $remedy   $or"
}

# Chromium is for the tests of the simulator's pages alone: what cannot be had here is one counted skip, not the end.
offer_chromium() {
  find_chromium && return
  local remedy="sudo apt-get update && sudo apt-get install -y chromium   Or set BILLING_TEST_CHROMIUM to a Chromium elsewhere."
  if ! can_install; then
    say "Chromium is missing, and this user may not install it: the tests in the browser will be skipped. Run: $remedy"
    return
  fi

  say "Installing Chromium (apt, a minute or so) ..."
  apt_update
  # Ubuntu's package of that name fetches a snap, which a test run neither waits for nor can use.
  apt-cache policy chromium 2>/dev/null | grep -q '^ *Candidate:.*snap' || apt_install chromium
  find_chromium || say "Chromium could not be installed, see $home/log/apt.log: the tests in the browser will be skipped. Try: $remedy"
}

# The tests look in the same place, and ask the same way.
find_chromium() {
  local browser=${BILLING_TEST_CHROMIUM:-/usr/bin/chromium}
  [[ -x $browser ]] && "$browser" --version 2>/dev/null | grep -q '^Chromium '
}

# Puts a .NET 10 SDK first in PATH.
require_dotnet() {
  find_dotnet && return
  local remedy="Get it from https://dotnet.microsoft.com/download/dotnet/10.0, or run: curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
  can_install || die "The .NET 10 SDK is missing. $remedy"
  say "Installing the .NET 10 SDK (apt, a few minutes) ..."
  apt_update
  apt_install dotnet-sdk-10.0
  find_dotnet || die "The .NET 10 SDK is missing, and apt has no dotnet-sdk-10.0 here. $remedy"
}

find_dotnet() {
  local dotnet
  use_writable_home
  for dotnet in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    [[ -x $dotnet ]] && "$dotnet" --list-sdks 2>/dev/null | grep -q '^10\.' || continue
    dotnet=$(readlink -f "$dotnet")
    export PATH="${dotnet%/*}:$PATH" DOTNET_ROOT=${dotnet%/*}
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
    return 0
  done
  return 1
}

# dotnet and NuGet write to HOME, which `su` and `setpriv` may have left pointing at another user's.
use_writable_home() {
  [[ ! -w ${HOME:-} ]] || return 0
  HOME=$(getent passwd "$EUID" | cut -d: -f6 || true)
  [[ -w $HOME ]] || { HOME=$home/user && mkdir -p "$HOME"; }
  export HOME
}

can_install() { command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }; }

as_root() { if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi; }

apt_update() { as_root apt-get update >"$home/log/apt.log" 2>&1 || true; }

apt_install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$home/log/apt.log" 2>&1 || true; }
