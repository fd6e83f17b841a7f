#!/usr/bin/env bash
# Inside namespaces of its own (see run.sh): a podman that compose can talk to, then the story.
set -euo pipefail
umount /sys/fs/cgroup/unified 2>/dev/null || true # mixed groups: crun takes them for version 2
ip link set lo up
podman rm --all --force --time 0 >/dev/null 2>&1 || true # left behind by a run that was killed
podman system service --time=0 "$DOCKER_HOST" >/dev/null 2>&1 &
for _ in $(seq 100); do [ -S "$PODMAN_SOCKET" ] && break || sleep 0.1; done
# Docker runs health checks itself, podman through systemd, which is not here.
(
  while sleep 1; do
    for container in $(podman ps --quiet 2>/dev/null); do
      podman healthcheck run "$container" >/dev/null 2>&1 || true
    done
  done
) &
exec "$(dirname "$0")/story.sh"
