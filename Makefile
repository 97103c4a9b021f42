# One target per task; each installs what it needs first (Scripts/bootstrap.sh). `make` alone lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
# One set of flags for all release builds: with different ones each would compile everything again.
RELEASE := -c release --static-swift-stdlib
.PHONY: help run demo build release deb sbom dist test check requirements package-check acceptance acceptance-system container-check deploy-check \
    toolchain-check faults soak isolation sanitize fixture-server fuzz bench instructions cost clean

help: ## List the targets
	@printf 'databricks-jobs-mcp: an MCP server for Azure Databricks Jobs\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nStart with: make run\n'

run: ## Build, show the main job against a local sandbox, then keep serving (Ctrl-C ends it)
	@Scripts/bootstrap.sh demo
	Scripts/with-swift.sh swift build
	@Scripts/demo.sh --keep

demo: ## As run, but end after the conversation; the exit status tells success
	@Scripts/bootstrap.sh demo
	Scripts/with-swift.sh swift build
	@Scripts/demo.sh

build: ## Debug build of the server and the sandbox
	@Scripts/bootstrap.sh
	Scripts/with-swift.sh swift build

release: ## The executable to deliver: .build/release/databricks-jobs-mcp, its debug symbols beside it
	@Scripts/bootstrap.sh release
	@Scripts/release.sh $(RELEASE)

deb: ## Debian package of the server, in dist/
	@Scripts/bootstrap.sh release package
	@Scripts/package.sh deb $(RELEASE)

sbom: ## What the server consists of, as CycloneDX JSON, in dist/
	@Scripts/bootstrap.sh release package
	@Scripts/package.sh sbom $(RELEASE)

dist: ## Everything of a release, with checksums, in dist/
	@Scripts/bootstrap.sh release package
	@Scripts/package.sh dist $(RELEASE)

test: ## Unit and integration tests
	@Scripts/bootstrap.sh test
	@Scripts/test.sh

check: ## Formatting, imports, documentation, scripts; builds nothing
	@Scripts/bootstrap.sh check
	@Scripts/check.sh

requirements: ## Write docs/requirements/tests.md anew: which tests quote which requirement
	@PYTHONPATH=Scripts PYTHONDONTWRITEBYTECODE=1 python3 -m checks.requirements

acceptance: ## Published MCP clients against the real server (needs PyPI the first time)
	@Scripts/bootstrap.sh acceptance
	Scripts/with-swift.sh swift build
	@Scripts/acceptance.sh

deploy-check: ## Bicep template, deployment scripts, Helm chart and their guides (needs PyPI the first time)
	@Scripts/bootstrap.sh deploy
	@Scripts/deploy-check.sh

toolchain-check: ## What installs Swift on a new machine, against a stand-in for swift.org (as root: it mounts small disks)
	@Scripts/bootstrap.sh toolchain
	@Scripts/toolchain-check.sh

package-check: dist ## Units, Debian package, Dockerfile and bill of materials, without starting anything
	@Scripts/package-check.sh

acceptance-system: ## The package on a machine that systemd has booted (as root; a minute more the first time)
	@Scripts/bootstrap.sh release package system
	@Scripts/package.sh deb $(RELEASE)
	Scripts/with-swift.sh swift build $(RELEASE) --product databricks-sandbox
	@Scripts/system.sh

container-check: ## The image, built and run without a daemon (as root; some minutes)
	@Scripts/bootstrap.sh container
	Scripts/with-swift.sh swift build $(RELEASE) --product databricks-sandbox
	@Scripts/container-check.sh

faults: ## Break services, processes and connections one by one, against the record (ARGS=--record writes it; 6 minutes)
	@Scripts/bootstrap.sh faults
	Scripts/with-swift.sh swift build
	@Scripts/reliability.sh faults $(ARGS)

soak: ## Users who never pause amid random faults: MINUTES (20), USERS (50), SEED
	@Scripts/bootstrap.sh faults
	Scripts/with-swift.sh swift build
	@Scripts/reliability.sh soak

isolation: ## USERS (1000) at once while services fail: who got whose, by the sandbox's record
	@Scripts/bootstrap.sh faults
	Scripts/with-swift.sh swift build
	@Scripts/reliability.sh isolation

sanitize: ## All tests under the thread and the address sanitizer (ARGS=thread for one; an hour with the builds)
	@Scripts/bootstrap.sh test
	@Scripts/with-swift.sh Scripts/sanitize.sh $(ARGS)

fixture-server: ## Serve the protocol's fixture tools on loopback, without authentication; prints the URL
	@Scripts/bootstrap.sh
	Scripts/with-swift.sh swift build --product mcp-fixture-server
	@.build/debug/mcp-fixture-server --port $${FIXTURE_PORT:-0}

fuzz: ## Mutated input for the parsers, FUZZ_SECONDS (60) for each of eight (about 11 minutes the first time)
	@Scripts/bootstrap.sh
	@Scripts/fuzz.sh

bench: ## Speed and memory beside nginx, in a release build, and whether the ratios hold (about 4 minutes)
	@Scripts/bootstrap.sh bench release
	@Scripts/release.sh $(RELEASE)
	Scripts/with-swift.sh swift build $(RELEASE) --product databricks-sandbox
	@Benchmarks/run.sh

instructions: ## Instructions per call, against the recorded ones (ARGS=--record records; 2 minutes after the build)
	@Scripts/bootstrap.sh release instructions
	@Scripts/release.sh $(RELEASE)
	Scripts/with-swift.sh swift build $(RELEASE) --product databricks-sandbox
	@Benchmarks/instructions.sh $(ARGS)

cost: ## CPU and memory of single tool calls without their network, in a release build
	@Scripts/bootstrap.sh
	Scripts/with-swift.sh swift build $(RELEASE) --product ToolCost
	@.build/release/ToolCost

clean: ## Remove everything that was built or installed into this folder
	rm -rf .build .build-fuzz .run dist Benchmarks/results Tests/Acceptance/.venv-* Tests/Deploy/.venv-*
