# whirr: every door to the repository. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

OUT := artifacts/whirr
RESULTS := artifacts/tests
PYTHON_OUT := artifacts/python
MAN_OUT := artifacts/man
COMPLETIONS_OUT := artifacts/completions
CONFIGURATION := Release
# Lock files are law in CI; elsewhere a newer SDK patch may bring newer packs of its own.
RESTORE := $(if $(CI),-p:RestoreLockedMode=true,)
DOTNET := DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 dotnet
SHARED := $(shell find src protos -name obj -prune -o -name bin -prune -o -type f -print) Directory.Build.props Directory.Packages.props global.json

BUILD_PACKAGES := gcc libc6-dev zlib1g-dev
DEMO_PACKAGES := python3 python3-sklearn
PYTHON_PACKAGES := python3 python3-build python3-setuptools python3-wheel
MANUAL_PACKAGES := groff-base man-db mandoc
SHELL_PACKAGES := bash bash-completion fish python3-pexpect zsh
TEST_PACKAGES := $(PYTHON_PACKAGES) $(MANUAL_PACKAGES) $(SHELL_PACKAGES) python3-grpcio python3-numpy python3-protobuf python3-psutil python3-pytest debootstrap dpkg-dev git procps systemd-container util-linux
BENCH_PACKAGES := findutils gcc libc6-dev python3 task-spooler util-linux
VM_PACKAGES := busybox-static debootstrap e2fsprogs python3 qemu-system-x86 qemu-utils
PACKING_PACKAGES := $(PYTHON_PACKAGES) debhelper dh-python dpkg-dev lintian rpm rpmlint

# Packages. The version is said in Directory.Build.props; the time in them is that of the last commit, so that they are the same whenever they are made.
# RUNTIME=linux-arm64 is all it takes for the other architecture, when the feed has its packs and a gcc for it is installed.
PACKAGE := artifacts/package
RUNTIME := linux-x64
DEB_ARCH := $(patsubst linux-%,%,$(subst x64,amd64,$(RUNTIME)))
RPM_ARCH := $(patsubst linux-%,%,$(subst arm64,aarch64,$(subst x64,x86_64,$(RUNTIME))))
VERSION := $(shell sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' Directory.Build.props)
SOURCE_DATE_EPOCH ?= $(or $(shell git log -1 --format=%ct 2>/dev/null),$(shell stat -c %Y CHANGELOG.md))
export SOURCE_DATE_EPOCH DEB_ARCH RPM_ARCH
# Where `make install` puts it, and what goes before that in a package of somebody else's making.
PREFIX := $(if $(filter 0,$(shell id -u)),/usr/local,$(HOME)/.local)
DESTDIR :=

# How long `make torture` goes on, and what it decides by; without a seed it takes one and says it.
MINUTES := 10
SEED :=
FILES := 100000
CUTS := 30

# What `make bench` measures, e.g. RunsList,Compare20; all when it is empty.
ONLY :=

.PHONY: help setup build dist demo test test-fast test-python fuzz test-packaging bench format diagram publish man completions clean setup-build setup-demo setup-dist setup-test setup-bench setup-vm setup-packing publish-test torture test-vm
.PHONY: test-packages tree wheel deb rpm tarball install uninstall reproducible

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: setup-build setup-demo setup-test setup-packing ## Install the Debian packages that build, demo and tests need (as root or with sudo)

setup-build:
	@tests/support/need $(BUILD_PACKAGES)

setup-demo:
	@tests/support/need $(DEMO_PACKAGES)

setup-test:
	@tests/support/need $(TEST_PACKAGES)

setup-dist:
	@tests/support/need $(PYTHON_PACKAGES)

setup-bench:
	@tests/support/need $(BENCH_PACKAGES)

setup-packing:
	@tests/support/need $(PACKING_PACKAGES)

setup-vm:
	@tests/support/need $(VM_PACKAGES)

build: setup-build ## Build everything
	$(DOTNET) build Whirr.sln -c $(CONFIGURATION) $(RESTORE)

publish: $(OUT)/whirrd $(OUT)/whirr-keeper $(OUT)/whirrctl ## Put the three programs into artifacts/whirr

$(OUT)/whirr-keeper: $(SHARED) | setup-build
	$(DOTNET) publish src/Whirr.Keeper -c $(CONFIGURATION) $(RESTORE) -o $(OUT) -v quiet
	@touch $@

$(OUT)/whirrctl: $(SHARED) | setup-build
	$(DOTNET) publish src/Whirr.Cli -c $(CONFIGURATION) $(RESTORE) -o $(OUT) -v quiet
	@touch $@

$(OUT)/whirrd: $(SHARED) | setup-build
	$(DOTNET) publish src/Whirr.Daemon -c $(CONFIGURATION) $(RESTORE) -o $(OUT) -v quiet
	@touch $@

# Built from a copy, as building leaves files beside the source.
dist: setup-dist ## Build the Python package into artifacts/python: wheel and sdist
	@mkdir -p $(PYTHON_OUT) && copy=$$(mktemp -d) && trap 'rm -rf "$$copy"' EXIT && \
	cp -r src/python/pyproject.toml src/python/README.md src/python/whirr LICENSE "$$copy" && find "$$copy" -name __pycache__ -prune -exec rm -rf {} + && \
	rm -f $(PYTHON_OUT)/whirr-* && /usr/bin/python3 -m build --no-isolation --outdir $(PYTHON_OUT) "$$copy" >"$$copy/log" 2>&1 || { cat "$$copy/log" >&2; exit 1; } && \
	ls $(PYTHON_OUT)

MANUAL := packaging/Whirr.Manual/bin/$(CONFIGURATION)/net10.0/whirr-manual

$(MANUAL): $(SHARED) $(wildcard packaging/Whirr.Manual/*.cs* packaging/Whirr.Manual/*/*.cs) | setup-build
	$(DOTNET) build packaging/Whirr.Manual -c $(CONFIGURATION) $(RESTORE) -v quiet
	@touch $@

# Made anew each time, so that a verb that is gone leaves no page.
man: $(MANUAL) ## Write the manual pages into artifacts/man
	@rm -rf $(MAN_OUT) && $(MANUAL) man packaging/man $(MAN_OUT)

completions: $(MANUAL) ## Write the completions for bash, zsh and fish into artifacts/completions
	@rm -rf $(COMPLETIONS_OUT) && $(MANUAL) completions packaging/completions $(COMPLETIONS_OUT)

# whirrd with its runtime, built apart from the rest: other settings make other intermediate files.
$(PACKAGE)/whirrd/whirrd: $(SHARED)
	rm -rf $(PACKAGE)/whirrd
	$(DOTNET) publish src/Whirr.Daemon -c $(CONFIGURATION) $(RESTORE) -p:WhirrPackaged=true -p:WhirrRuntime=$(RUNTIME) --artifacts-path $(PACKAGE)/build -o $(PACKAGE)/whirrd -v quiet
	@packaging/leave-out $(PACKAGE)/whirrd whirrd
	@touch $@

tree: man completions $(PACKAGE)/whirrd/whirrd $(OUT)/whirr-keeper $(OUT)/whirrctl
	@packaging/tree $(PACKAGE)/whirrd $(OUT) $(PACKAGE)/tree

# What a wheel holds is what is installed.
wheel: dist
	@rm -rf $(PACKAGE)/python && mkdir -p $(PACKAGE)/python && /usr/bin/python3 -m zipfile -e $(PYTHON_OUT)/whirr-*.whl $(PACKAGE)/python

deb: setup-packing tree wheel ## Build the Debian packages whirr and python3-whirr into artifacts/package/deb
	@packaging/deb/build $(VERSION) $(PACKAGE)/tree $(PACKAGE)/python $(PACKAGE)/deb
	@ls -l $(PACKAGE)/deb

rpm: setup-packing tree ## Build the rpm into artifacts/package/rpm
	@packaging/rpm/build $(VERSION) $(PACKAGE)/tree $(PACKAGE)/rpm
	@ls -l $(PACKAGE)/rpm

tarball: tree ## Build whirr-VERSION-RUNTIME.tar.xz, which installs below any prefix, into artifacts/package
	@packaging/tarball $(VERSION)-$(RUNTIME) $(PACKAGE)/tree $(PACKAGE)
	@ls -l $(PACKAGE)/*.tar.xz

install: tree ## Install below PREFIX (~/.local, for root /usr/local), without root where it is yours; DESTDIR= for packagers
	@cp packaging/install $(PACKAGE)/tree/ && $(PACKAGE)/tree/install --prefix "$(PREFIX)" --destdir "$(DESTDIR)"

reproducible: setup-packing setup-build ## Build all packages twice, from two copies of the source, and compare every byte
	@tests/packaging/reproducible

uninstall: ## Take away what `make install` put below PREFIX; configuration, queue and runs stay
	@packaging/install --uninstall --prefix "$(PREFIX)" --destdir "$(DESTDIR)"

demo: publish setup-demo ## Start a private whirrd, run a real training job, follow it, show the result
	@tests/demo/run $(OUT)

# The program that tests start as a job.
artifacts/test-programs/whirr-test-program: $(wildcard tests/Whirr.TestProgram/*.cs*) Directory.Build.props | setup-build
	$(DOTNET) publish tests/Whirr.TestProgram -c $(CONFIGURATION) $(RESTORE) -o artifacts/test-programs -v quiet
	@touch $@

publish-test: publish man completions artifacts/test-programs/whirr-test-program ## Put what the tests run into artifacts

test: setup publish-test deb rpm tarball ## Install what the tests need, run all tests
	@tests/support/run-all $(CONFIGURATION) $(RESULTS) $(OUT)

test-fast: ## Run the tests that need no published programs
	$(DOTNET) test tests/Whirr.Tests -c $(CONFIGURATION) $(RESTORE) --filter needs!=programs

test-packages: deb rpm tarball ## Build the packages and test them: contents, lintian and rpmlint, same bytes, installation and removal (as root)
	@/usr/bin/python3 -m pytest -p no:cacheprovider tests/packaging/packages

test-python: setup-test ## Run the tests of the Python package
	@/usr/bin/python3 -m pytest -p no:cacheprovider tests/python/whirr

fuzz: setup-test ## Read mutated files: FILES=100000 of each kind, by both readers; SEED=n for others
	WHIRR_FUZZ_FILES=$(FILES) $(if $(SEED),SEED=$(SEED)) /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/python/whirr/test_fuzz.py
	$(DOTNET) test tests/Whirr.Tests -c $(CONFIGURATION) $(RESTORE) --filter FullyQualifiedName~FuzzTests

test-packaging: setup-test publish man completions ## Run the tests of manual pages and completions
	@/usr/bin/python3 -m pytest -p no:cacheprovider tests/packaging/test_*.py

bench: publish setup-bench ## Measure against peers and limits; writes artifacts/bench.md and .json: ONLY=RunsList,Compare20, BENCH=quick
	@ONLY="$(ONLY)" tests/bench/run $(OUT)

torture: publish ## Random load against random faults, as root: MINUTES=10, SEED=n for the same decisions again
	$(DOTNET) build tests/Whirr.Torture -c $(CONFIGURATION) $(RESTORE) -v quiet
	tests/Whirr.Torture/bin/$(CONFIGURATION)/net10.0/whirr-torture --programs $(OUT) --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

test-vm: publish setup-vm deb ## Emulated machines: limits by cgroup; a Debian with the package, a reboot, power cuts: CUTS=30, SEED=n
	@tests/vm/run $(OUT)
	@tests/vm/debian $(PACKAGE)/deb $(CUTS) $(SEED)

format: ## Format the code
	$(DOTNET) format Whirr.sln

diagram: ## Draw the state table into src/README.md again
	WHIRR_WRITE_DIAGRAM=1 $(DOTNET) test tests/Whirr.Tests -c $(CONFIGURATION) --filter The_diagram_is_the_state_table

clean: ## Remove what was built
	rm -rf artifacts
	find src packaging tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
