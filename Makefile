# Two commands for a newcomer, `make demo` and `make test`; both build .venv first if it isn't there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test docs rules-docs fuzz soak bench measure clean

demo: $(VENV)/installed
	$(BIN)/cleaner clean seeds -o reports
	@echo "Clean texts: reports/text   What happened to each: open reports/index.html in a browser"

test: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses auto

# rules/README.md and the schemas beside the rule files, from the rules; a test says whether they are current.
rules-docs: $(VENV)/installed
	$(BIN)/cleaner rules document rules

# The pages of docs/, with what is generated from the rules, the schemas and the code.
docs: $(VENV)/installed
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet -b html docs docs/_build
	@echo "Open docs/_build/index.html in a browser"

# A hundred times what `make test` tries, by chance; what atheris finds to lead to new code is kept in .fuzz.
fuzz: $(VENV)/installed
	CLEANER_PROFILE=fuzz $(BIN)/pytest --numprocesses auto tests/test_fuzz.py
	mkdir -p .fuzz/decode .fuzz/extract .fuzz/clean
	$(BIN)/python -m tests.fuzz decode .fuzz/decode -runs=200000 -max_len=2000 -artifact_prefix=.fuzz/
	$(BIN)/python -m tests.fuzz extract .fuzz/extract -runs=100000 -max_len=4000 -artifact_prefix=.fuzz/
	$(BIN)/python -m tests.fuzz clean .fuzz/clean -runs=20000 -max_len=1000 -artifact_prefix=.fuzz/

soak: $(VENV)/installed
	$(BIN)/python -m tests.soak

# Ratios beside peers, each installed into an environment of its own in .bench; writes bench/RESULTS.md.
bench: $(VENV)/installed
	$(BIN)/python -m bench

# How well the kinds of damage are found, and other figures of the package's own.
measure: $(VENV)/installed
	$(BIN)/python -m bench.many_rules
	$(BIN)/python -m bench.inputs
	$(BIN)/python -m bench.engines
	$(BIN)/python -m bench.reuse
	$(BIN)/python -m bench.review
	$(BIN)/python -m bench.hostile 100k 1M
	$(BIN)/python -m bench.repair
	$(BIN)/python -m bench.ranking
	$(BIN)/python -m bench.residue
	$(BIN)/python -m bench.losses
	$(BIN)/python -m bench.notes
	$(BIN)/python -m bench.mojibake
	$(BIN)/python -m bench.templates
	$(BIN)/python -m bench.spam
	$(BIN)/python -m bench.gold
	$(BIN)/python -m bench.repeats
	$(BIN)/python -m bench.quality
	$(BIN)/python -m bench.leftovers
	$(BIN)/python -m bench.stores
	$(BIN)/python -m bench.seen
	$(BIN)/python -m bench.shared_index
	$(BIN)/python -m bench.neighbours
	$(BIN)/python -m bench.scale
	$(BIN)/python -m bench.beyond
	$(BIN)/python -m bench.run_pages

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one by: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) hatchling editables
	$(INSTALL) --no-build-isolation --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .bench docs/_build docs/rules
