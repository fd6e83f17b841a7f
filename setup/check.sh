#!/bin/sh
# `make check`: all of the checks, each with its time; those after a failed one run all the same.
bin=.venv/bin
PATH="$PWD/$bin:$PATH"
failed=

check() {
  name=$1
  shift
  began=$(date +%s)
  echo "--- $name: $*"
  "$@" || failed="$failed $name"
  echo "    $name: $(($(date +%s) - began)) s"
}

check format $bin/ruff format --check .
check lint $bin/ruff check .
check types $bin/mypy
check imports $bin/lint-imports
check dialplan $bin/python -m app check-dialplan
check compose $bin/python setup/check_compose.py docker-compose.yml
check pages-types npm --prefix app/web --silent exec -- tsc --noEmit -p app/web
check pages-lint npm --prefix app/web --silent run lint
check pages-size npm --prefix app/web --silent run size

[ -z "$failed" ] || { echo "make check found faults in:$failed" >&2; exit 1; }
echo "make check: no faults"
