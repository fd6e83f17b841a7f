# Each command prepares what it needs (setup/prepare.py) and is safe to run twice.
# ARGS= passes options on: make test ARGS="-k wrap_up".

PREPARE := setup/python setup/prepare.py
PYTHON  := .venv/bin/python
# A node that setup put into the environment comes before one that is too old.
NPM     := PATH="$(CURDIR)/.venv/bin:$$PATH" npm --prefix app/web --silent

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check bench soak live-view drill containers audit lock clean

help: ## Say what each command does
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

run: ## Prepare everything, then serve in the foreground (no root, no Docker)
	@exec setup/run.sh

test: ## All tests; installs what they need
	@$(PREPARE) test
	@$(NPM) test
	@$(PYTHON) -m pytest -n 2 --dist worksteal -m "not alone" $(ARGS) || [ $$? -eq 5 ]
	@$(PYTHON) -m pytest -m alone $(ARGS) || [ $$? -eq 5 ] # 5: ARGS chose none of these

test-fast: ## The quick tests, for daily work
	@$(PREPARE) test
	@$(PYTHON) -m pytest -m "not slow" $(ARGS)

check: ## Formatter, linter, types, import law, dialplan, compose file, front end
	@$(PREPARE) check
	@setup/check.sh

bench: ## Measure speed, in at most 12 minutes (PART=voice, acd, events, messages or start for one)
	@$(PREPARE) test
	@$(PYTHON) -m app bench $(PART) $(ARGS)

soak: ## A floor at work for MINUTES=10 with an Inbox open: nothing may grow
	@$(PREPARE) test
	@MINUTES=$(or $(MINUTES),10) $(PYTHON) -m pytest -q -s tests/load/soak.py $(ARGS)

live-view: ## Live View with OPEN=2000 conversations and RATE=500 events/s for RUN_SECONDS=30
	@$(PREPARE) test
	@OPEN=$(or $(OPEN),2000) RATE=$(or $(RATE),500) RUN_SECONDS=$(or $(RUN_SECONDS),30) $(PYTHON) -m pytest -q -s tests/load/live_view.py $(ARGS)

drill: ## Fault drills: SCHEDULES=6, from SEED=n on (a random one), or SEEDS="6 8"; JOBS=1 at a time
	@$(PREPARE) test
	@SCHEDULES=$(SCHEDULES) SEED=$(SEED) SEEDS="$(SEEDS)" JOBS=$(JOBS) $(PYTHON) -m tests.drill

containers: ## Build the images, bring docker-compose.yml up, and play calls through it
	@$(PREPARE) test
	@setup/containers/run.sh

audit: ## Known flaws in what is pinned, and what could not be checked for them
	@$(PREPARE) audit
	@setup/python setup/audit.py $(ARGS)

lock: ## Pin the dependencies of pyproject.toml again, with hashes
	@$(PREPARE) check
	@setup/lock.sh

clean: ## Remove what was built or downloaded; the state in var/ stays
	rm -rf .venv app/web/node_modules app/web/dist app/web/src/generated var/setup var/asterisk-22
