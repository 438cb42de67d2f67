# What a person or a CI server does with this repository. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help deps test-deps build release docs run install deb test lint bench clean

PACKAGES := libsystemd-dev libsqlite3-dev libcurl4-openssl-dev pkg-config
# Of these, ICU is what our order of Vietnamese names is held against, and xlsx2csv reads workbooks.
TEST_PACKAGES := strace python3 python3-venv python3-icu openssl mmdebstrap dpkg-dev chromium poppler-utils \
	fonts-liberation xlsx2csv
PRODUCTS := rotationd rotationctl storage-sqlite notify-journal notify-email notify-webhook notify-command
PLUGINS := storage-sqlite notify-journal notify-email notify-webhook notify-command
VENV := $(CURDIR)/.build/venv
AS_ROOT := $(if $(filter-out 0,$(shell id -u)),sudo)

# What is run, measured and packed is compiled in one way, so once, and needs no Swift where it is installed.
CONFIGURATION ?= release
PROGRAMS := .build/$(CONFIGURATION)
COMPILE := swift build --configuration $(CONFIGURATION) --static-swift-stdlib --disable-local-rpath

VERSION ?= $(shell sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/Daemon/RotationDaemon.swift)
ARCHITECTURE = $(shell dpkg --print-architecture)
PACKAGE = .build/deb/rotationd_$(VERSION)_$(ARCHITECTURE).deb

# Tests let implementations independent of ours, in Python, talk with ours: of Varlink, mail, calendars and webhooks.
export VARLINK_PYTHON := $(VENV)/bin/python
# As does systemd's varlinkctl, which Debian 13 brings along.
export VARLINKCTL_ROOT := $(CURDIR)/.build/trixie
# Bare Debian systems that tests boot and install the package on; only root can make and boot them.
RELEASES := bookworm trixie

help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

define packages
	@dpkg --status $(1) >/dev/null 2>&1 || \
		{ $(AS_ROOT) apt-get update && $(AS_ROOT) apt-get install -y --no-install-recommends $(1); }
endef

deps: ## install the Debian packages that are missing to compile and run
	$(call packages,$(PACKAGES))

test-deps: deps ## install what is missing to test: packages, Python's libraries, bare Debian systems
	$(call packages,$(TEST_PACKAGES))
	@$(VARLINK_PYTHON) -c 'import varlink, aiosmtpd, icalendar, standardwebhooks, cloudevents.core' 2>/dev/null || \
		{ python3 -m venv $(VENV) && $(VENV)/bin/pip install --quiet --disable-pip-version-check varlink==31 \
			aiosmtpd==1.4.6 icalendar==7.3.0 standardwebhooks==1.1.0 cloudevents==2.2.0; }
	@mkdir -p .build
	@[ "$$(id -u)" != 0 ] || for release in $(RELEASES); do \
		[ .build/$$release.made -nt Tests/BedTests/tree.sh ] || { rm -rf .build/$$release && Tests/BedTests/tree.sh $$release .build/$$release && \
			touch .build/$$release.made; } || \
		echo "no tree of Debian $$release could be made: tests that need it are skipped"; \
	done

build: deps ## compile everything, for development
	swift build

release: deps ## compile the daemon, its plugins and its command line, optimised
	@for product in $(PRODUCTS); do $(COMPILE) --product $$product || exit; done

docs: release ## write man pages and shell completions to .build/share
	swift build --product generate-manual
	rm -rf .build/share
	mkdir -p .build/share/man/man1 .build/share/bash-completion/completions .build/share/zsh/vendor-completions
	for plugin in notify-email notify-webhook notify-command; do \
		.build/debug/generate-manual $(PROGRAMS)/$$plugin --output-directory .build/share/man/man1 || exit; \
	done
	for tool in rotationctl rotationd; do \
		.build/debug/generate-manual $(PROGRAMS)/$$tool --multi-page --output-directory .build/share/man/man1 && \
		$(PROGRAMS)/$$tool --generate-completion-script bash >.build/share/bash-completion/completions/$$tool && \
		$(PROGRAMS)/$$tool --generate-completion-script zsh >.build/share/zsh/vendor-completions/_$$tool || exit; \
	done

run: release ## play the whole process in front of you; MONTH=1 a commune's month instead; ONCE=1 ends it when it is through
	@ONCE=$(ONCE) MONTH=$(MONTH) config/samples/run.sh $(PROGRAMS)

# What lies in systemd/ is installed by the end of its name.
define install-as
	for file in systemd/*$(1); do [ ! -e $$file ] || install -Dm644 $$file $(2)/$$(basename $$file $(1))$(3); done
endef

install: docs ## install into DESTDIR: programs, units, configuration, man pages, completions
	install -Dsm755 -t $(DESTDIR)/usr/bin $(PROGRAMS)/rotationd $(PROGRAMS)/rotationctl
	install -Dsm755 -t $(DESTDIR)/usr/libexec/rotationd $(addprefix $(PROGRAMS)/,$(PLUGINS))
	for kind in service socket target timer; do \
		$(call install-as,.$$kind,$(DESTDIR)/usr/lib/systemd/system,.$$kind); \
	done
	$(call install-as,.catalog,$(DESTDIR)/usr/lib/systemd/catalog,.catalog)
	$(call install-as,.sysusers,$(DESTDIR)/usr/lib/sysusers.d,.conf)
	$(call install-as,.tmpfiles,$(DESTDIR)/usr/lib/tmpfiles.d,.conf)
	install -Dm644 -t $(DESTDIR)/etc/rotationd config/*.yaml
	for folder in workflows forms calendars rosters reports templates/vi templates/en; do \
		install -Dm644 -t $(DESTDIR)/etc/rotationd/$$folder config/$$folder/* || exit; \
	done
	install -Dm644 -t $(DESTDIR)/usr/share/rotationd/samples config/samples/*.yaml
	install -Dm644 -t $(DESTDIR)/usr/share/rotationd/samples/ninh-phuoc config/samples/ninh-phuoc/*.*
	install -Dm644 -t $(DESTDIR)/usr/share/rotationd/samples/ninh-phuoc/rosters config/samples/ninh-phuoc/rosters/*
	install -Dm644 -t $(DESTDIR)/usr/share/rotationd/directory config/directory/*
	install -Dm755 -t $(DESTDIR)/usr/share/rotationd/plugins config/plugins/*
	install -Dm644 -t $(DESTDIR)/usr/share/rotationd/interfaces Sources/*/Interfaces/org.rotationd.*.varlink
	install -Dm644 -t $(DESTDIR)/usr/share/doc/rotationd README.md
	install -Dm644 -t $(DESTDIR)/usr/share/man/man1 .build/share/man/man1/*
	gzip --best --no-name --force $(DESTDIR)/usr/share/man/man1/*.1
	install -Dm644 -t $(DESTDIR)/usr/share/bash-completion/completions .build/share/bash-completion/completions/*
	install -Dm644 -t $(DESTDIR)/usr/share/zsh/vendor-completions .build/share/zsh/vendor-completions/*

deb: docs ## pack .build/deb/rotationd_VERSION_ARCHITECTURE.deb for Debian 12 and newer
	$(call packages,dpkg-dev)
	rm -rf .build/deb/rotationd
	$(MAKE) --no-print-directory -o docs install DESTDIR=$(CURDIR)/.build/deb/rotationd >/dev/null
	systemd/debian/pack.sh .build/deb/rotationd $(VERSION) $(ARCHITECTURE) $(PACKAGE)

test: test-deps deb ## run every test, one after another: many start daemons, and some boot whole systems
	@set -o pipefail; ROTATIOND_DEB=$(CURDIR)/$(PACKAGE) swift test --disable-xctest --no-parallel 2>&1 | \
		tee .build/test.log || { echo "What failed (the whole is in .build/test.log):"; grep '^✘' .build/test.log; exit 1; }

lint: deps ## check the layout, and compile with warnings as errors
	swift format lint --strict --recursive Sources Tests Plugins Package.swift
	WARNINGS_AS_ERRORS=1 swift build --build-tests

bench: release ## measure, optimised: steps and open cases, then a country's month, OFFICIALS="2000 20000"
	$(COMPILE) --product rotationd-bench
	$(PROGRAMS)/rotationd-bench
	$(PROGRAMS)/rotationd-bench month $(addprefix --officials ,$(OFFICIALS))

clean: ## remove what was compiled; fetched sources stay
	swift package clean
