# The commands of the house. `make run` and `make test` are all that a newcomer needs; README.md explains them.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DEMO ?= 1
BIN := .venv/bin
# Without bytecode each process would compile some 2,000 files anew, which doubles the time every start takes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run setup test check lock messages screenshots clean

run: ## Start web and worker with the sample business (DEMO=0: an empty one)
	@$(PYTHON) bootstrap.py run
	@$(BIN)/mikomi run --host $(HOST) --port $(PORT) --demo $(DEMO)

setup: ## The same environment with what tests, benchmarks and checkers need; nothing else happens
	@$(PYTHON) bootstrap.py dev

test: setup ## Everything: SQLite, PostgreSQL where it is found, a browser where one is found
	@$(BIN)/python -m tests.run

check: setup ## What must hold of the code: style, types, contracts, migrations, translations
	@$(BIN)/python -m tests.check

messages: setup ## Collect the texts to translate
	@$(BIN)/python -m tests.messages

screenshots: setup ## Make the pictures of README and docs/tour.md anew
	@$(BIN)/python -m tests.screenshots

lock: setup ## Lock the dependencies anew, with hashes and without host names
	@$(BIN)/python bootstrap.py lock

clean: ## Take away the environment and the data of `make run`
	rm -rf .venv var
