# What a person or a CI server does with this repository. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help deps build release run test lint bench clean

PACKAGES := libsystemd-dev libsqlite3-dev pkg-config strace python3 python3-venv
PRODUCTS := rotationd rotationctl storage-sqlite notify-journal
VENV := $(CURDIR)/.build/venv
AS_ROOT := $(if $(filter-out 0,$(shell id -u)),sudo)
# Tests let Python's varlink, an implementation independent of ours, talk with ours.
export VARLINK_PYTHON := $(VENV)/bin/python

help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

deps: ## install what is missing of the Debian packages and of Python's varlink
	@dpkg --status $(PACKAGES) >/dev/null 2>&1 || \
		{ $(AS_ROOT) apt-get update && $(AS_ROOT) apt-get install -y --no-install-recommends $(PACKAGES); }
	@$(VARLINK_PYTHON) -c 'import varlink' 2>/dev/null || \
		{ python3 -m venv $(VENV) && $(VENV)/bin/pip install --quiet --disable-pip-version-check varlink==31; }

build: deps ## compile everything, for development
	swift build

release: deps ## compile the daemon, its plugins and its command line, optimised
	@for product in $(PRODUCTS); do swift build -c release --product $$product || exit; done

run: release ## play the whole process in front of you; ONCE=1 ends it when it is through
	@ONCE=$(ONCE) config/samples/run.sh .build/release

test: deps ## run every test
	swift test --disable-xctest

lint: deps ## check the layout, and compile with warnings as errors
	swift format lint --strict --recursive Sources Tests Plugins Package.swift
	WARNINGS_AS_ERRORS=1 swift build --build-tests

bench: release ## measure, optimised
	swift build -c release --product rotationd-bench
	.build/release/rotationd-bench

clean: ## remove what was compiled; fetched sources stay
	swift package clean
