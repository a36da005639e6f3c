# Thin wrappers on packaging/bootstrap.py, which also works where there is no make:
#   Windows: py packaging\bootstrap.py run
PYTHON ?= python3
ARGS ?=

.PHONY: run test headless setup

run:
	@$(PYTHON) packaging/bootstrap.py run $(ARGS)

test:
	@$(PYTHON) packaging/bootstrap.py test $(ARGS)

headless:
	@$(PYTHON) packaging/bootstrap.py headless $(ARGS)

setup:
	@$(PYTHON) packaging/bootstrap.py setup
