# Needs Node.js 20 or newer and make; everything else comes from npm. ARGS="..." goes to the program of test, test-15, demo and psql.

BIN := node_modules/.bin
TS := node --import tsx
SOURCES := src/build/example.ts $(shell find src -type f -not -path 'src/build/*')
PG15 ?= /usr/lib/postgresql/15/bin
PG_CONFIG ?= pg_config

.DEFAULT_GOAL := help
.PHONY: help install build demo psql test test-15 lint format migrations queries freeze extension install-extension check-extension check-functions bench bench-quick bench-table

help: ## list the targets
	@sed -nE 's/^([a-z0-9-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 26

install: node_modules/.package-lock.json ## install the npm packages of package-lock.json, when it changed

node_modules/.package-lock.json: package-lock.json
	@echo 'Installing npm packages (half a minute or more) ...' >&2
	@npm ci --no-audit --no-fund --loglevel=error >&2
	@touch $@

build: dist/.built ## compile src/ to dist/, and bundle the example page

dist/.built: $(SOURCES) tsconfig.json node_modules/.package-lock.json
	@echo 'Compiling TypeScript ...' >&2
	@mkdir -p dist && find dist -mindepth 1 -maxdepth 1 ! -name extension -exec rm -rf {} +
	@$(BIN)/tsc -p tsconfig.json
	@$(TS) src/build/example.ts
	@touch $@

demo: build ## see it work: a database of its own, a sample company, a simulated provider
	@node dist/cli.js demo $(ARGS)

psql: build ## psql on the demo's database
	@node dist/cli.js psql $(ARGS)

test: install ## run all tests on a PostgreSQL of their own
	@$(BIN)/jest $(ARGS)

test-15: install ## the same tests on PostgreSQL 15, by Debian's binaries or those in PG15=
	@test -x $(PG15)/initdb || { echo 'PostgreSQL 15 is not in $(PG15): install postgresql-15, or say PG15=<folder of initdb>' >&2; exit 1; }
	@TEST_POSTGRES_BIN=$(PG15) $(BIN)/jest $(ARGS)

lint: install ## formatter, linter and type checker
	@$(BIN)/biome check
	@$(BIN)/tsc -p test/tsconfig.json

format: install ## format and mend what can be mended mechanically
	@$(BIN)/biome check --write

migrations: install ## compile sql/migrations/ from sql/<module>/
	@$(TS) src/build/compile-migrations.ts

queries: migrations ## generate src/queries/*.queries.ts by pgtyped from a freshly migrated database
	@$(TS) src/build/queries.ts

freeze: migrations ## mark all migrations as released with the version in package.json: they never change again
	@$(TS) src/build/compile-migrations.ts --freeze

extension: migrations ## build dist/extension/ for CREATE EXTENSION evergreen
	@$(TS) src/build/extension.ts

install-extension: extension ## copy dist/extension/ to the PostgreSQL of PG_CONFIG= (as root, mostly)
	@cp dist/extension/* "$$($(PG_CONFIG) --sharedir)/extension/"

check-extension: install ## prove the installed extension: catalogue, pg_dump and pg_restore, on PostgreSQL 15
	@TEST_POSTGRES_BIN=$(PG15) $(TS) src/build/check-extension.ts

check-functions: install ## lint all functions with plpgsql_check on PostgreSQL 15
	@TEST_POSTGRES_BIN=$(PG15) $(TS) src/build/check-functions.ts

bench: install test/bench/node_modules/.package-lock.json ## measure ratios on a server of its own (some 30 minutes); ROWS=1,5, PROFILE=1, PG_BIN=<folder of initdb>, RESULTS=<file>
	@ROWS='$(ROWS)' PROFILE='$(PROFILE)' PG_BIN='$(PG_BIN)' RESULTS='$(RESULTS)' SIZE='$(SIZE)' $(TS) test/bench/run.ts

bench-quick: install test/bench/node_modules/.package-lock.json ## the same at smaller sizes, in less than three minutes; writes nothing unless RESULTS=<file> is said
	@ROWS='$(ROWS)' PROFILE='$(PROFILE)' PG_BIN='$(PG_BIN)' RESULTS='$(RESULTS)' SIZE=quick $(TS) test/bench/run.ts

test/bench/node_modules/.package-lock.json: test/bench/package-lock.json
	@echo 'Installing the caches to measure beside ...' >&2
	@npm ci --prefix test/bench --no-audit --no-fund --loglevel=error >&2
	@touch $@

bench-table: install ## make the table of the README from test/bench/results.json
	@$(TS) test/bench/table.ts
