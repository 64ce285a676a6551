# Targets for people and CI. Other commands: .venv/bin/sceptre and .venv/bin/oms.

ENV ?= dev
ENVS ?= dev staging prod
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
# The AWS CLI pins botocore, so it has its own environment.
AWS_CLI := .tools/awscli/.python
# checkov's dependencies conflict with ours. cfn-guard and the IAM simulator are npm packages.
CHECKOV := .tools/checkov/.python
NODE_ITSELF := .tools/node/.python
NODE := .tools/node/.npm
# The linters of the GitHub workflows. jactionlint's rule self-repository requires $/ instead of ./,
# which older runners do not support. Every run: is too short for shellcheck and pyflakes.
WORKFLOWS := .tools/workflows/.python
JACTIONLINT := .tools/workflows/bin/jactionlint --profile pedantic --shellcheck= --pyflakes= \
  --ignore self-repository
ZIZMOR := .tools/workflows/bin/zizmor --quiet --offline --persona auditor --strict-collection \
  --config .github/zizmor.yml --color never
SCHEMA := .tools/workflows/bin/check-jsonschema --builtin-schema
BAD_WORKFLOW := tools/lint/bad/workflow.yml
# microburst, the proxy that injects faults, has its own botocore.
MICROBURST := .tools/microburst/.python

.PRECIOUS: .tools/%/.python
.PHONY: help install launch test accept soak lint lint-workflows bench generated \
  aws-env stop clean ci-check ci-plan ci-launch ci-drift

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Set up .venv and nothing else

# One shell, so that no command uses other credentials if the embedded AWS does not start.
launch: $(INSTALLED) ## Launch every stack of ENV (default dev) on the embedded AWS
	@set -eua; . ./.variables; set +a; \
	$(BIN)/oms local up; \
	isolated="$$($(BIN)/oms local env)"; \
	eval "$$isolated"; \
	since="$$(date +%s)"; \
	$(BIN)/sceptre launch -y $(ENV); \
	$(BIN)/oms local status $(ENV) --since "$$since"

test: $(INSTALLED) $(AWS_CLI) $(NODE_ITSELF) ## Run every test
	@$(BIN)/python -m pytest

accept: $(INSTALLED) ## Accept changed snapshots of stacks and of sibling differences; review the diff
	@$(BIN)/python -m pytest -n0 -q tests/snapshot --snapshot-update

soak: $(INSTALLED) $(MICROBURST) $(NODE) ## Run the long tests: kills, faults, every change of an IAM statement
	@$(BIN)/python -m pytest tests/soak

lint: $(INSTALLED) $(CHECKOV) $(NODE) lint-workflows ## Run every static check and linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache
	@$(BIN)/python -m tools.lint

# Each linter must also find a fault in $(BAD_WORKFLOW).
lint-workflows: $(WORKFLOWS)
	@$(JACTIONLINT) .github/workflows/*.yml .github/dependabot.yml
	@$(ZIZMOR) .github
	@$(SCHEMA) vendor.github-workflows .github/workflows/*.yml
	@$(SCHEMA) custom.github-workflows-require-timeout .github/workflows/*.yml
	@$(SCHEMA) vendor.dependabot .github/dependabot.yml
	@$(JACTIONLINT) $(BAD_WORKFLOW) | grep -q unpinned-uses
	@$(ZIZMOR) $(BAD_WORKFLOW) | grep -q unpinned-uses
	@$(SCHEMA) vendor.github-workflows $(BAD_WORKFLOW) | grep -q "'step' was unexpected"
	@$(SCHEMA) custom.github-workflows-require-timeout $(BAD_WORKFLOW) | grep -q timeout-minutes

bench: $(INSTALLED) ## Compare with stock Sceptre; WRITE=1 writes docs/PERFORMANCE.md
	@$(BIN)/python -m tools.bench $(if $(WRITE),--write)

generated: $(INSTALLED) ## Regenerate files from code: templates, graphs, docs, schemas
	@$(BIN)/python templates/messaging/sqs_queues.py
	@$(BIN)/oms graph dev --write README.md
	@$(BIN)/oms graph dev --write README.pt-BR.md
	@$(BIN)/python -m tools.docs.checks > docs/CHECKS.md
	@$(BIN)/python -m tools.docs.environments > docs/ENVIRONMENTS.md
	@$(BIN)/python -m tools.docs.settings > docs/SETTINGS.md
	@$(BIN)/python -m sentry_oms.settings > docs/schemas/config-1.json
	@$(BIN)/python -m tools.lint.iam.page > docs/IAM.md
	@$(BIN)/python -m tools.lint.page
	@$(BIN)/python -m sentry_oms.executor.report > docs/schemas/run-report-1.json
	@$(BIN)/python -m sentry_oms.plan.report > docs/schemas/plan-1.json
	@$(BIN)/python -m tests.create_only
	@$(BIN)/python -m tests.plan_examples

aws-env: $(INSTALLED) ## Print the variables to use the embedded AWS: eval "$(make -s aws-env)"
	@$(BIN)/oms local env

# Targets of the workflows, with the credentials of the environment. docs/WORKFLOWS.md has the
# commands to run by hand.
ci-check: $(INSTALLED)
	@$(BIN)/oms check $(ENV) --format github

# Exit code 2 means changes, which is normal for a pull request. 3, loss of state, fails so that a
# person reviews it.
ci-plan: $(INSTALLED)
	@$(BIN)/oms plan $(ENVS) --format markdown --output plan.md || test $$? -eq 2

ci-launch: $(INSTALLED)
	@$(BIN)/sceptre launch -y $(ENV)

# Never fails, so that every environment is checked; .github/drift-issue.js reads the exit code.
ci-drift: $(INSTALLED)
	@$(BIN)/sceptre drift detect $(ENV) 2> drift-$(ENV).txt || echo "code=$$?" >> "$$GITHUB_OUTPUT"

stop: ## Stop the embedded AWS
	@if [ -x $(BIN)/oms ]; then $(BIN)/oms local down; fi

clean: stop ## Stop it, and remove .local, .venv and .tools
	@rm -rf .local .venv .tools

$(INSTALLED): setup.cfg pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "Python 3.10 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv ..." >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[local,test]' >&2
	@touch $@

# A Python environment for each constraints file.
.tools/%/.python: requirements/%.txt
	@echo "Setting up .tools/$* ..." >&2
	@$(PYTHON) -m venv .tools/$*
	@.tools/$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $< >&2
	@touch $@

# Node comes from PyPI, so Python and make are enough. cfn-guard's rules have aws-cdk-lib as a peer
# dependency that cfn-guard does not use; omitting it saves 240 MB.
$(NODE): $(NODE_ITSELF) tools/lint/package.json tools/lint/package-lock.json
	@cp tools/lint/package.json tools/lint/package-lock.json .tools/node/
	@cd .tools/node && PATH="$$PWD/bin:$$PATH" bin/npm ci --omit=peer --legacy-peer-deps \
	  --ignore-scripts --no-audit --no-fund --no-update-notifier --silent >&2
	@touch $@
