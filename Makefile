SWIFT ?= swift
PREFIX ?= /usr/local
# The Swift runtime is part of the program, which then needs no Swift where it runs, and starts sooner.
RELEASE = $(SWIFT) build -c release --static-swift-stdlib
SHARE = $(DESTDIR)$(PREFIX)/share
# Python with NumPy, to compare with; a folder with the training scripts of other frameworks.
export RUNEXP_PEERS_PYTHON ?= python3
export RUNEXP_PEERS ?= ../shared/bench/peers

.DEFAULT_GOAL := help
SECONDS ?= 600
.PHONY: run test build install install-files dist dist-test check lint kernels recipes example bench fuzz interop gallery performance format hooks clean help packages

run: build ## run the example experiment
	.build/release/runexp run experiments/mlp.exp

test: packages ## run all tests
	$(SWIFT) test

build: packages ## build for speed
	$(RELEASE) --product runexp

install: build install-files ## put runexp below PREFIX (/usr/local), with its manual page and completions

install-files: # what `make install` does with what `make build` built
	install -d $(SHARE)/runexp/docs/errors $(SHARE)/runexp/experiments/data $(SHARE)/man/man1
	install -D --strip -m 755 .build/release/runexp $(DESTDIR)$(PREFIX)/bin/runexp
	install -m 644 docs/errors/*.md $(SHARE)/runexp/docs/errors
	install -m 644 experiments/data/* $(SHARE)/runexp/experiments/data
	.build/release/runexp manual > $(SHARE)/man/man1/runexp.1
	install -D -m 644 scripts/completion/runexp.bash $(SHARE)/bash-completion/completions/runexp
	install -D -m 644 scripts/completion/runexp.zsh $(SHARE)/zsh/site-functions/_runexp
	install -D -m 644 scripts/completion/runexp.fish $(SHARE)/fish/vendor_completions.d/runexp.fish

dist: build ## pack runexp for machines without Swift and without packages: dist/runexp-VERSION-linux-ARCH.tar.gz and a .deb
	@scripts/install-system-packages.sh patchelf
	scripts/dist.sh

dist-test: dist ## run what `make dist` packed in a root that holds nothing but the C library
	scripts/test-dist.sh

check: lint test kernels ## everything a change must pass

lint: ## check style and the rules of the code base
	scripts/lint.sh

kernels: packages ## check that no kernel module leaks code into the others
	$(RELEASE) --target Kernels
	scripts/check-kernels.sh

recipes: packages ## make the changes that CONTRIBUTING describes in a copy (IN_PLACE=1: here), build it, and use what is new
	scripts/check-recipes.sh $(if $(IN_PLACE),--in-place)

example: packages ## build and run the example of a Swift program that uses the library
	cd docs/example && $(SWIFT) run --scratch-path ../../.build example

bench: build ## time the engine beside the libraries others use
	$(RELEASE) --product runexp-bench
	scripts/bench.sh

fuzz: packages ## try every reader on damaged inputs, each for SECONDS=600
	$(RELEASE) --product runexp-fuzz
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
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

packages:
	@scripts/install-system-packages.sh
