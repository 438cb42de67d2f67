# What a person or a CI server does with this repository. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help deps test-deps build release docs run test lint bench clean

PACKAGES := libsystemd-dev libsqlite3-dev pkg-config
TEST_PACKAGES := strace python3 python3-venv mmdebstrap
PRODUCTS := rotationd rotationctl storage-sqlite notify-journal
VENV := $(CURDIR)/.build/venv
AS_ROOT := $(if $(filter-out 0,$(shell id -u)),sudo)
# Tests let Python's varlink, an implementation independent of ours, talk with ours.
export VARLINK_PYTHON := $(VENV)/bin/python
# As does systemd's varlinkctl, which a tree of Debian 13 brings along; only root can make one.
export VARLINKCTL_ROOT := $(CURDIR)/.build/trixie

help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

define install
	@dpkg --status $(1) >/dev/null 2>&1 || \
		{ $(AS_ROOT) apt-get update && $(AS_ROOT) apt-get install -y --no-install-recommends $(1); }
endef

deps: ## install the Debian packages that are missing to compile and run
	$(call install,$(PACKAGES))

test-deps: deps ## install what is missing to test: packages, Python's varlink, systemd's varlinkctl
	$(call install,$(TEST_PACKAGES))
	@$(VARLINK_PYTHON) -c 'import varlink' 2>/dev/null || \
		{ python3 -m venv $(VENV) && $(VENV)/bin/pip install --quiet --disable-pip-version-check varlink==31; }
	@[ "$$(id -u)" != 0 ] || [ -x $(VARLINKCTL_ROOT)/usr/bin/varlinkctl ] || \
		mmdebstrap --quiet --variant=essential --include=systemd trixie $(VARLINKCTL_ROOT) || \
		echo 'skipped: varlinkctl, because no tree of Debian 13 could be made'

build: deps ## compile everything, for development
	swift build

release: deps ## compile the daemon, its plugins and its command line, optimised
	@for product in $(PRODUCTS); do swift build -c release --product $$product || exit; done

docs: release ## write man pages and shell completions to .build/share
	swift build --product generate-manual
	mkdir -p .build/share/man/man1 .build/share/bash-completion/completions .build/share/zsh/site-functions
	for tool in rotationctl rotationd; do \
		.build/debug/generate-manual .build/release/$$tool --multi-page --output-directory .build/share/man/man1 && \
		.build/release/$$tool --generate-completion-script bash >.build/share/bash-completion/completions/$$tool && \
		.build/release/$$tool --generate-completion-script zsh >.build/share/zsh/site-functions/_$$tool || exit; \
	done

run: release ## play the whole process in front of you; ONCE=1 ends it when it is through
	@ONCE=$(ONCE) config/samples/run.sh .build/release

test: test-deps ## run every test, one after another: many start daemons of their own
	swift test --disable-xctest --no-parallel

lint: deps ## check the layout, and compile with warnings as errors
	swift format lint --strict --recursive Sources Tests Plugins Package.swift
	WARNINGS_AS_ERRORS=1 swift build --build-tests

bench: release ## measure, optimised
	swift build -c release --product rotationd-bench
	.build/release/rotationd-bench

clean: ## remove what was compiled; fetched sources stay
	swift package clean
