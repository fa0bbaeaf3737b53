# OneTrip. `make run` and `make test` are all the set-up there is; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: run test fmt lint bench docs help install build build-tests

# The build that `make run` uses; `make run CONFIGURATION=release` builds optimised (about twice as long).
CONFIGURATION ?= debug
# Handed to `onetrip up`, for instance: make run ARGS="--fresh --port 9000 --queuing 2"
ARGS ?=

run: install build ## Install what is missing, build, start everything with the demo city, print the addresses
	@exec "$$(swift build -c $(CONFIGURATION) --show-bin-path)/onetrip" up $(ARGS)

test: install build-tests ## Install what is missing, build, run all the tests
	@docker/test

build: install
	@echo "==> Building ($(CONFIGURATION)); the first time takes some minutes"
	@for product in onetrip-booking onetrip-queuing onetrip-notification onetrip; do \
		swift build -c $(CONFIGURATION) --product $$product; done

build-tests: install
	@echo "==> Building with tests; the first time takes some minutes"
	@swift build --build-tests

install: ## Install missing Debian packages
	@docker/install

fmt: ## Format the sources
	@swift format --in-place --recursive --parallel Package.swift Services Shared Tests

lint: ## Check the format of the sources
	@swift format lint --strict --recursive --parallel Package.swift Services Shared Tests

bench: install ## Measure (release build); figures also as JSON in .build/bench
	@echo "==> Building (release); the first time takes some minutes"
	@for product in onetrip-booking onetrip-queuing onetrip-notification onetrip onetrip-bench; do \
		swift build -c release --product $$product || exit 1; done
	@"$$(swift build -c release --show-bin-path)/onetrip-bench" $(ARGS)

docs: ## Where the documentation lies
	@printf '%s\n' README.md Shared/*/README.md Services/*/README.md Tests/*/README.md | grep -v '\*'

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14
