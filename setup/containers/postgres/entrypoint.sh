#!/bin/sh
# Makes the cluster with the user and database `ringdesk` once, then serves.
set -eu
cluster=/data/cluster
if [ ! -s "$cluster/PG_VERSION" ]; then
  umask 077
  rm -rf "$cluster.new"
  printf '%s\n' "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}" >/tmp/password
  initdb --pgdata="$cluster.new" --username=ringdesk --pwfile=/tmp/password --encoding=UTF8 \
    --locale=C.UTF-8 --auth-local=scram-sha-256 --auth-host=scram-sha-256 --data-checksums
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$cluster.new/pg_hba.conf"
  echo 'create database ringdesk' |
    postgres --single -D "$cluster.new" postgres >/dev/null
  mv "$cluster.new" "$cluster" # a start that was cut short begins anew
fi
exec postgres -D "$cluster" -c listen_addresses='*' -c unix_socket_directories=/run/postgresql
