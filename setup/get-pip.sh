#!/bin/sh
# Puts Debian's own pip (a wheel, which Python runs as it is) into DEST, without root: for machines
# that have Python but neither pip nor ensurepip.
#
#   setup/get-pip.sh DEST
set -eu
dest=$1
command -v apt-get >/dev/null || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
if ! apt-get -q download python3-pip-whl >log 2>&1; then
  # This machine's package lists were never read, which takes root: read them into a folder of ours.
  mkdir -p lists/partial cache/archives/partial
  lists="-o Dir::State::lists=$work/lists -o Dir::Cache=$work/cache -o APT::Sandbox::User="
  # shellcheck disable=SC2086  # options without blanks
  apt-get -q $lists -o Acquire::Languages=none -o APT::Update::Error-Mode=any update >log 2>&1 &&
    apt-get -q $lists download python3-pip-whl >log 2>&1 || { grep "^E:" log | head -n 1 >&2; exit 1; }
fi
dpkg-deb -x ./*.deb tree
mkdir -p "$dest"
cp tree/usr/share/python-wheels/pip-*.whl "$dest/"
