#!/bin/sh
# Makes the passwords that docker-compose.yml asks for, once, in .env (mode 0600).
set -eu
cd "$(dirname "$0")/.."
umask 077
touch .env
chmod 600 .env
for name in RINGDESK_COMPOSE_REDIS_PASSWORD RINGDESK_COMPOSE_POSTGRES_PASSWORD \
  RINGDESK_COMPOSE_ARI_PASSWORD RINGDESK_COMPOSE_AMI_PASSWORD; do
  grep -q "^$name=" .env && continue
  echo "$name=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" >>.env
done
echo "The passwords are in .env; now: docker compose up"
