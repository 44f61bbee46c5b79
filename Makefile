SWIFT ?= swift
PREFIX ?= /usr/local
# Python with NumPy, to compare with; a folder with the training scripts of other frameworks.
export RUNEXP_PEERS_PYTHON ?= python3
export RUNEXP_PEERS ?= ../shared/bench/peers

.DEFAULT_GOAL := help
SECONDS ?= 600
.PHONY: run test build install check lint kernels example bench fuzz interop gallery performance format hooks clean help packages

run: build ## run the example experiment
	.build/release/runexp run experiments/mlp.exp

test: packages ## run all tests
	$(SWIFT) test

build: packages ## build for speed
	$(SWIFT) build -c release --product runexp

install: build ## put runexp into PREFIX/bin (/usr/local/bin), what it reads into PREFIX/share/runexp
	install -D -m 755 .build/release/runexp $(DESTDIR)$(PREFIX)/bin/runexp
	install -d $(DESTDIR)$(PREFIX)/share/runexp/docs/errors $(DESTDIR)$(PREFIX)/share/runexp/experiments/data
	install -m 644 docs/errors/*.md $(DESTDIR)$(PREFIX)/share/runexp/docs/errors
	install -m 644 experiments/data/* $(DESTDIR)$(PREFIX)/share/runexp/experiments/data

check: lint test kernels ## everything a change must pass

lint: ## check style and the rules of the code base
	scripts/lint.sh

kernels: packages ## check that no kernel module leaks code into the others
	$(SWIFT) build -c release --target Kernels
	scripts/check-kernels.sh

example: packages ## build and run the example of a Swift program that uses the library
	cd docs/example && $(SWIFT) run --scratch-path ../../.build example

bench: build ## time the engine beside the libraries others use
	$(SWIFT) build -c release --product runexp-bench
	scripts/bench.sh

fuzz: packages ## try every reader on damaged inputs, each for SECONDS=600
	$(SWIFT) build -c release --product runexp-fuzz
	.build/release/runexp-fuzz --seconds $(SECONDS)

interop: build ## have real Keras judge the model files, other programs the exports, validators the archives
	scripts/interop.py
	scripts/interop-reports.py
	scripts/interop-archives.py

gallery: build ## draw every kind of figure and write docs/gallery.md
	scripts/gallery.py

performance: build ## draw docs/figures of what scripts/bench-steps.py measured
	rm -rf .build/bench/reports
	.build/release/runexp run docs/performance.exp --reports .build/bench/reports --quiet
	install -D -m 644 -t docs/figures .build/bench/reports/performance-1/figures/*.png

format: ## format all Swift files
	$(SWIFT) format -i -r Package.swift Sources Tests

hooks: ## check every commit with scripts/lint.sh
	git config core.hooksPath .githooks

clean: ## remove what was built
	$(SWIFT) package clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

packages:
	@scripts/install-system-packages.sh
