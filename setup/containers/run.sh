#!/usr/bin/env bash
# `make containers`: builds docker-compose.yml's images, brings it up, and plays calls through it.
#
# With a Docker engine that answers, by `docker compose`. Without one (root on Debian): the same
# Dockerfiles, unchanged, by buildah, and the same compose file on podman, in network, process and
# mount namespaces of their own, so that nothing outside is touched and nothing stays behind.
set -euo pipefail
cd "$(dirname "$0")/../.."
home=$PWD/var/containers
here=setup/containers
mkdir -p "$home"

say() { echo "containers: $*"; }
fail() { say "$*" >&2; exit 1; }

if docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; then
  setup/compose-secrets.sh >/dev/null
  export COMPOSE_FILES="-f docker-compose.yml -f $here/story.yml"
  export COMPOSE="docker compose" CONTAINER_ENGINE=docker
  docker compose build
  exec "$here/story.sh"
fi

[ "$(id -u)" = 0 ] || fail "no Docker engine answers, and podman is used here as root only"
[ -f /etc/debian_version ] || fail "no Docker engine answers, and podman is set up on Debian only"
packages=""
for need in podman buildah crun debootstrap netavark; do
  [ -n "$(dpkg-query -W -f='${Version}' "$need" 2>/dev/null)" ] || packages="$packages $need"
done
if [ -n "$packages" ]; then
  say "installing$packages"
  # shellcheck disable=SC2086  # names without blanks
  { apt-get -q update && apt-get -q install -y --no-install-recommends $packages; } >"$home/apt.log" 2>&1 ||
    fail "could not install$packages: $home/apt.log"
fi

# Set-up behind a proxy of one's own: its certificates, for pip and npm in the build too.
certificates=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$home/pip.conf"
printf 'cafile=/etc/ssl/certs/ca-certificates.crt\n' >"$home/npmrc"
# A mirror's Release file can be past its date; the Dockerfiles need not know.
echo 'Acquire::Check-Valid-Until "false";' >"$home/late.conf"
cat >"$home/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$home/store"
runroot = "$home/run"
CONF
export CONTAINERS_STORAGE_CONF=$home/storage.conf

base=docker.io/library/debian:forky-slim
if ! buildah images -q "$base" >/dev/null 2>&1; then
  say "making the base image with debootstrap: no hub is asked"
  rm -rf "$home/base"
  mirror=${RINGDESK_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(ORIGIN)|$(RELEASE)|$(REPO_URI)' |
    awk -F '|' '$1 == "Debian" && $2 !~ /security/ && !found++ { print $3 }')}
  debootstrap --variant=minbase --include=ca-certificates forky "$home/base" \
    "${mirror:?set RINGDESK_DEBIAN_MIRROR}" sid >"$home/debootstrap.log" 2>&1 ||
    fail "debootstrap failed: $home/debootstrap.log"
  work=$(buildah from scratch 2>/dev/null)
  { buildah add -q "$work" "$home/base" / && buildah commit -q --rm "$work" "$base"; } >/dev/null 2>"$home/base.log" ||
    fail "no base image: $home/base.log"
fi
plugin=$home/compose/usr/libexec/docker/cli-plugins/docker-compose
if [ ! -x "$plugin" ]; then
  say "fetching Docker Compose from Debian forky"
  chroot "$home/base" sh -c 'apt-get -q -o Acquire::Check-Valid-Until=false update &&
    cd /tmp && apt-get -q download docker-compose' >"$home/compose.log" 2>&1 &&
    dpkg-deb -x "$home"/base/tmp/docker-compose_*.deb "$home/compose" ||
    fail "no docker-compose: $home/compose.log"
fi

build() { # name, Dockerfile, context
  local began=$SECONDS
  buildah bud --layers --isolation=chroot --pull-never --format=docker \
    -v "$home/late.conf:/etc/apt/apt.conf.d/99late:ro" \
    -v "$certificates:/etc/ssl/certs/ca-certificates.crt:ro" \
    -v "$home/pip.conf:/etc/pip.conf:ro" -v "$home/npmrc:/etc/npmrc:ro" \
    -t "localhost/ringdesk-$1" -f "$2" "$3" >"$home/build-$1.log" 2>&1 ||
    { tail -n 15 "$home/build-$1.log" >&2; fail "$2 does not build: $home/build-$1.log"; }
  say "$2: built in $((SECONDS - began)) s"
}
build redis $here/redis/Dockerfile $here/redis
build postgres $here/postgres/Dockerfile $here/postgres
build asterisk asterisk/Dockerfile .
build app app/Dockerfile .

setup/compose-secrets.sh >/dev/null
export COMPOSE="$plugin" CONTAINER_ENGINE=podman
export COMPOSE_FILES="-f docker-compose.yml -f $here/story.yml -f $here/podman.yml"
export CONTAINERS_CONF=$PWD/$here/containers.conf DOCKER_BUILDKIT=0
export DOCKER_HOST=unix://$home/podman.sock PODMAN_SOCKET=$home/podman.sock
rm -f "$home/podman.sock"
exec unshare --net --mount --pid --fork --kill-child --mount-proc "$here/podman.sh"
