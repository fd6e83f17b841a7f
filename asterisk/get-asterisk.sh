#!/bin/bash
# Unpacks Asterisk 22 (LTS, from Debian's forky suite) into DEST. No root, nothing outside DEST.
#
#   asterisk/get-asterisk.sh DEST
#
# The packages come from the Debian mirror that this machine's own apt uses, and apt verifies their
# signatures. DEST appears only when it is complete (unpacked beside it, then renamed); a second run
# is a no-op. Start what was unpacked with DEST/asterisk, which goes through the unpacked loader.
#
#   RINGDESK_DEBIAN_MIRROR   another mirror than apt's, such as http://mirror.example/debian
#   RINGDESK_DEBIAN_KEYRING  where Debian's archive keys are, on a system that is not Debian
set -euo pipefail

LAYOUT=1 # raise it when what this script unpacks changes: older unpackings are then replaced
SUITE=forky
KEYRING=${RINGDESK_DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
MODULES_LIST=$(dirname "$(readlink -f "$0")")/modules.list

# What the modules in modules.list link to. Names without their version: forky moves.
LIBRARIES='libbsd|libc|libcap|libcrypt|libedit|libgcc-s|libgsm|libjansson|libmd|libnspr|libnss|libogg
|libopus|libopusenc|libopusfile|libsqlite|libsrtp|libssl|libstdc\+\+|libsystemd|libtinfo|liburiparser
|libuuid|libxml|libxslt|libzstd|zlib'
PACKAGES='asterisk asterisk-modules asterisk-core-sounds-en-gsm asterisk-moh-opsound-gsm'

fail() {
  echo "get-asterisk: $*" >&2
  exit 1
}

say() {
  echo "Asterisk: $*"
}

need() {
  command -v "$1" >/dev/null || fail "$1 is missing: $2"
}

# The mirror of Debian itself in the host's apt sources, whether .list or deb822 .sources: the one
# that apt knows as Debian's; before the first apt-get update, the one with the usual address. Each
# pipe is read to its end: what writes into a closed one fails, and pipefail with it.
host_mirror() {
  local known
  known=$(apt-get indextargets --format '$(ORIGIN)|$(RELEASE)|$(REPO_URI)' 2>/dev/null |
    awk -F '|' '$1 == "Debian" && $2 !~ /security/ && !found++ { print $3 }')
  [ -n "$known" ] || known=$(apt-get update --print-uris 2>/dev/null |
    sed -n "s|^'\(.*\)/dists/[^/]*/InRelease'.*|\1|p" |
    awk '/security/ { next } !usual && /^[a-z+]*:\/\/[^\/]*\/debian$/ { usual = $0 } !any { any = $0 }
      END { print usual ? usual : any }')
  echo "$known"
}

write_apt_config() { # the host's apt.conf.d stays in force on purpose: it may hold a proxy
  mkdir -p "$apt"/lists/partial "$apt"/cache/archives/partial "$apt/debs"
  : >"$apt/status"
  echo "deb [arch=$arch signed-by=$KEYRING] $mirror $SUITE main" >"$apt/sources.list"
  cat >"$apt/apt.conf" <<CONF
Dir::State "$apt"; Dir::State::lists "$apt/lists"; Dir::State::status "$apt/status";
Dir::Cache "$apt/cache"; Dir::Etc::SourceList "$apt/sources.list"; Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null"; Dir::Etc::PreferencesParts "/dev/null";
Dir::Etc::TrustedParts "/dev/null";
APT::Architecture "$arch"; APT::Architectures { "$arch"; };
APT::Install-Recommends "false"; APT::Sandbox::User "root"; APT::Update::Error-Mode "any";
APT::Get::AllowUnauthenticated "false"; Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none"; Acquire::Retries "2"; Acquire::http::Timeout "20";
CONF
  export APT_CONFIG=$apt/apt.conf
}

# apt is quiet unless it fails; then its own words say why.
run_apt() {
  "$@" >"$apt/log" 2>&1 || {
    grep -E '^(E|Err|W):?' "$apt/log" | head -5 >&2 || true
    fail "$why"
  }
}

library_packages() {
  apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances asterisk asterisk-modules |
    grep -E "^(${LIBRARIES//$'\n'/})[0-9.-]*(t64)?g?(-[0-9]+)?$" | sort -u
}

unpack() {
  local deb
  for deb in "$apt"/debs/*.deb; do
    dpkg-deb -x "$deb" "$tree" || fail "could not unpack $(basename "$deb"): is the disk full?"
  done
  ln -s en_US_f_Allison "$tree/usr/share/asterisk/sounds/en" # where language "en" is looked for
  local loader
  loader=$(cd "$tree" && ls usr/lib*/ld-linux-*.so.* | sed -n 1p) # its name differs by processor
  cat >"$tree/asterisk" <<LAUNCHER
#!/bin/sh
# Asterisk with its own C library, so that it runs on older systems than the one it was built for.
here=\$(dirname "\$(readlink -f "\$0")")
exec "\$here/$loader" --library-path "\$here/usr/lib/$triplet" "\$here/usr/sbin/asterisk" "\$@"
LAUNCHER
  chmod 755 "$tree/asterisk"
}

# A library that forky renamed shows here, not as a module that is missing at midnight.
check_libraries() {
  local loader file missing
  loader=$(echo "$tree"/usr/lib*/ld-linux-*.so.*)
  { echo "$tree/usr/sbin/asterisk" && modules; } | while read -r file; do
    [ -e "$file" ] || fail "the unpacked Asterisk has no module $(basename "$file" .so)"
    missing=$("$loader" --library-path "$tree/usr/lib/$triplet" --list "$file" | grep 'not found') || continue
    fail "$(basename "$file") lacks ${missing%%=>*}: add its package to LIBRARIES in $0"
  done
}

modules() {
  sed -n "s|^\([a-z][a-z0-9_]*\).*|$modules_dir/\1.so|p" "$MODULES_LIST"
}

[ $# = 1 ] || fail "usage: get-asterisk.sh DEST"
dest=$(readlink -m "$1")
[ "$(cat "$dest/.ringdesk-asterisk" 2>/dev/null)" != "$LAYOUT" ] || exit 0
[ ! -e "$dest" ] || [ -e "$dest/.ringdesk-asterisk" ] || [ -z "$(ls -A "$dest")" ] ||
  fail "$dest is not empty and not ours: name another folder"

need apt-get "Asterisk is unpacked from Debian's packages; on another system set RINGDESK_ARI_URL to an Asterisk of your own"
need dpkg-deb "install the package dpkg"
[ -r "$KEYRING" ] || fail "$KEYRING is missing: install debian-archive-keyring or set RINGDESK_DEBIAN_KEYRING"
mirror=${RINGDESK_DEBIAN_MIRROR:-$(host_mirror)}
[ -n "$mirror" ] || fail "no Debian mirror in this machine's apt sources: set RINGDESK_DEBIAN_MIRROR"

arch=$(dpkg --print-architecture)
triplet=$(uname -m)-linux-gnu
mkdir -p "$(dirname "$dest")" || fail "cannot write to $(dirname "$dest")"
work=$(mktemp -d "$dest.new.XXXXXX") || fail "cannot write to $(dirname "$dest")"
trap 'rm -rf "$work"' EXIT
apt=$work/apt tree=$work/tree
modules_dir=$tree/usr/lib/$triplet/asterisk/modules
mkdir "$tree"
write_apt_config

say "reading Debian's package list (10 MB)"
why="the package list could not be read from this machine's Debian mirror: is there a network?"
run_apt apt-get -q update
say "downloading (24 MB)"
why="the packages could not be downloaded: is there a network?"
cd "$apt/debs"
# shellcheck disable=SC2046,SC2086  # package names are single words
run_apt apt-get -q download $PACKAGES $(library_packages)
cd "$work"
say "unpacking to $dest"
unpack
check_libraries
echo "$LAYOUT" >"$tree/.ringdesk-asterisk"
chmod 755 "$tree"

if [ -e "$dest" ]; then mv "$dest" "$work/old"; fi
# Lost the race against another run: its tree is as good as ours.
mv -T "$tree" "$dest" 2>/dev/null || [ -e "$dest/.ringdesk-asterisk" ] || fail "cannot write $dest"
say "ready ($("$dest/asterisk" -V))"
