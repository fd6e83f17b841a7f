#!/bin/sh
# The password goes into a file in memory, not into the command line that `ps` shows.
set -eu
umask 077
printf 'requirepass %s\n' "${REDIS_PASSWORD:?set REDIS_PASSWORD}" >/run/valkey/password.conf
exec valkey-server /etc/ringdesk/valkey.conf
