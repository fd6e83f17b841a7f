#!/bin/sh
# `make run`: prepares what is missing or has changed, then serves in the foreground.
set -eu
setup/python setup/prepare.py run
# Demo people by default, unless the environment or .env says otherwise.
grep -qs '^ *\(export  *\)\{0,1\}RINGDESK_DEMO=' .env || export RINGDESK_DEMO="${RINGDESK_DEMO:-1}"
exec .venv/bin/python -m app run
