# make demo         sets up .venv and analyses the real exam in Resources/SampleData into demo-results/
# make check        format, lint, types (mypy) and layout; a minute the first time, then some 15 to 30 seconds
# make test         the usual tests, a few minutes
# make test-long    the long tests alone, up to half an hour: the wheel in an empty environment, memory, hostile files,
#                   killed processes, trainings, real servers
# make coverage     the usual tests again, with the lines of the library that they do not reach
# make panel-pictures  draws the panel's pictures of docs and catalogue: the sample exam by the shipped bundle
# make translations  brings the translations in step with the source, and lists what is not translated
# make constraints  writes constraints.txt, the versions that .venv is built with, anew
#
# Settings, all optional:
#   PYTHON=python3.12      the Python to build .venv with (3.11 or 3.12)
#   TORCH="torch"          what pip is asked for; the version is that of constraints.txt. On Linux this may bring the
#                          large CUDA build. For a given build, name its index, for example
#                          TORCH="torch --index-url https://download.pytorch.org/whl/cpu"
#                          (a CUDA build: the same address ending in cu126 or what pytorch.org names);
#                          a version of your own, TORCH="torch==2.9.1", goes before constraints.txt
#   EXAM=FILES_OR_FOLDERS  what `make demo` analyses; DEMO_OPTIONS="--side left" is handed to `analyze` as well
#   WORKERS=2              how many tests run side by side, each on one thread; 0 runs one after the other on all cores
#   TESTS="Testing/library" which tests `make test`, `test-long`, `coverage` run; OPTIONS="-x" is handed to pytest as well

SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: demo check lint types layout test test-long coverage panel-pictures constraints bundle cmake-lists translations system-libraries test-tools clean help

PYTHON ?=
TORCH ?= torch
EXTRAS ?= dicom,figures,pacs,scene,test,train
EXAM ?= Resources/SampleData/knee_exam
DEMO_OPTIONS ?=
WORKERS ?= 2
# Not reordered by xdist: conftest.py puts the dearest files first, so that no process ends with one of them alone.
# Compiled files are kept even where the environment forbids them: without them each run rewrites all tests, and each of
# the many processes that tests start compiles the library anew.
PYTEST = PYTHONDONTWRITEBYTECODE= QT_QPA_PLATFORM=offscreen $(if $(filter-out 0,$(WORKERS)),OMP_NUM_THREADS=1) $(RUN) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
DEMO_RESULTS := demo-results
TESTS ?= Testing
OPTIONS ?=

VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

# One environment, made once and again when its description changes.
$(READY): pyproject.toml constraints.txt setup.py .ci/make-venv
	@PYTHON="$(PYTHON)" .ci/make-venv $(VENV) $(EXTRAS) $(TORCH)
	@touch $@

system-libraries:
	@.ci/system-libraries

# The programs of others that judge what the tests write.
test-tools:
	@.ci/test-tools

# The exam's results, then the same as a scene for 3D Slicer with a picture of it.
demo: $(READY) system-libraries
	@$(RUN) -m OrthoDiffusionLib analyze $(EXAM) --out $(DEMO_RESULTS) --overwrite $(DEMO_OPTIONS)
	@$(RUN) OrthoDiffusion/OrthoDiffusionSlicer/scene/SceneExport.py $(DEMO_RESULTS) --volumes $(EXAM)

test: $(READY) system-libraries test-tools
	@$(PYTEST) $(OPTIONS) $(TESTS)

panel-pictures: $(READY) system-libraries
	@QT_QPA_PLATFORM=offscreen $(RUN) Testing/panel/screenshots.py --publish

test-long: $(READY) system-libraries test-tools
	@$(PYTEST) --long -m long --durations=20 $(OPTIONS) $(TESTS)

# Not part of the other two: to follow every line costs 15 to 60 % more processor time.
coverage: $(READY) system-libraries test-tools
	@$(PYTEST) --cov --cov-report=term:skip-covered $(OPTIONS) $(TESTS)

check: lint types layout

lint: $(READY)
	@$(RUN) -m ruff check . && $(RUN) -m ruff format --check .

types: $(READY)
	@$(RUN) -m mypy

layout: $(READY)
	@QT_QPA_PLATFORM=offscreen $(RUN) -m pytest -q Testing/layout

constraints: $(READY)
	@$(RUN) .ci/renew-constraints $(TORCH)

# Makes a bundle, step by step; each step resumes where it was stopped. About 2.5 hours on 2 cores.
BUNDLE_RUN := runs/knee
STUDIES := --joint knee --for-training --seed 0
bundle: $(READY)
	$(RUN) -m OrthoDiffusionLib phantom $(STUDIES) --count 700 --pixel-mm 0.6 --out $(BUNDLE_RUN)/studies
	$(RUN) -m OrthoDiffusionLib pretrain --data $(BUNDLE_RUN)/studies --out $(BUNDLE_RUN) --recipe knee
	$(RUN) -m OrthoDiffusionLib finetune --data $(BUNDLE_RUN)/studies --pretrained $(BUNDLE_RUN) --out $(BUNDLE_RUN) --recipe knee
	$(RUN) -m OrthoDiffusionLib publish $(BUNDLE_RUN)/bundle --count 100 --out $(BUNDLE_RUN)/calibrated
	$(RUN) -m OrthoDiffusionLib evaluate --bundle $(BUNDLE_RUN)/calibrated --count 60 --json $(BUNDLE_RUN)/scores.json
	$(RUN) -m OrthoDiffusionLib publish $(BUNDLE_RUN)/bundle --count 100 --figures $(BUNDLE_RUN)/scores.json --out $(BUNDLE_RUN)/shipped
	$(RUN) -m OrthoDiffusionLib reference $(BUNDLE_RUN)/shipped --count 100 --out $(BUNDLE_RUN)/with-reference

# Writes the file lists in the CMake files anew from the tree.
cmake-lists: $(READY)
	@$(RUN) Testing/layout/cmake_lists.py --write

# Brings the translations in step with the source, and lists what is not translated.
translations: $(READY)
	@$(RUN) Testing/translation/update.py

clean:
	rm -rf $(VENV) $(DEMO_RESULTS) *.egg-info build .coverage .mypy_cache .pytest_cache .ruff_cache
