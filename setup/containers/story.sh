#!/usr/bin/env bash
# The composed system comes up, carries calls, is taken down and comes up again with what it knew.
set -euo pipefail
compose() {
  # shellcheck disable=SC2086  # a command and options without blanks
  $COMPOSE $COMPOSE_FILES "$@"
}
say() { echo "containers: $*"; }
story() { .venv/bin/python -m pytest -q -p no:cacheprovider tests/containers/composed.py -k "$1"; }
ended() {
  code=$?
  [ $code = 0 ] || compose logs --tail 40 2>&1 | tail -n 120
  compose down --volumes --timeout 20 >/dev/null 2>&1 || true
  exit $code
}
trap ended EXIT

began=$SECONDS
compose up --detach --no-build --wait 2>&1 | grep -v -i healthcheck
say "up and healthy in $((SECONDS - began)) s"
story first
compose down --timeout 20 2>&1 | grep -v -i healthcheck
compose up --detach --no-build --wait 2>&1 | grep -v -i healthcheck
story second
say "a call went through, before and after a restart with the same volumes"
