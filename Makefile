# make help 列出全部目标 · lists every target.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# Any of these will do; tools/bootstrap.py passes on to a newer one when it is older than 3.11.
PYTHONS := python3 python3.13 python3.12 python3.11 python3.14
PYTHON ?= $(or $(firstword $(foreach name,$(PYTHONS),$(shell command -v $(name)))),$(error 需要 Python 3.11 以上 · Python 3.11 or later is needed: apt-get install python3))
ARGS ?=

.PHONY: help setup dev demo serve test check bench screens clean clean-data

help: ## 列出全部命令 · list every target
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; \
		do printf '  make %-11s %s\n' "$$name" "$$text"; done

setup: ## 安装运行所需的依赖到 .venv · install what the system runs with into .venv
	@"$(PYTHON)" tools/bootstrap.py

dev: ## 另装测试与检查工具 · install the tools for tests and checks as well
	@"$(PYTHON)" tools/bootstrap.py --dev

demo: setup ## 演示：一座两万人的城市换卡，随后在 8000 端口提供服务（参数 ARGS="--people 1000"）· a demo city changes its card, then serves on port 8000
	@.venv/bin/shebaoka demo $(ARGS)

serve: setup ## 启动服务 http://127.0.0.1:8000 · start the service
	@.venv/bin/shebaoka serve $(ARGS)

test: dev ## 全部测试：内置 PostgreSQL 18，再用系统的 15–17 · all tests, on PostgreSQL 18 and again on the system's 15-17
	@tools/test $(ARGS)

check: dev ## 代码检查：格式、规则、类型、分层 · format, lint, types, import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: dev ## 性能测量，结果写入 docs/benchmarks.md · measure speed into docs/benchmarks.md
	@.venv/bin/python -m bench $(ARGS)

screens: dev ## 主要页面的截图，写入 docs/screens · pictures of the main pages into docs/screens
	@SHEBAOKA_TEST_PG=wheel .venv/bin/python -m pytest -q -n0 tests/web/make_screens.py

clean: ## 删除 .venv、.tools 与缓存，数据保留 · remove .venv, .tools and caches; data stays
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo '数据未删除（make clean-data 可删除演示数据）· Data was kept (make clean-data removes the demo data)'

clean-data: setup ## 删除演示数据；真实城市的数据绝不会动 · remove the demo's data; a real city is never touched
	@.venv/bin/shebaoka demo --remove
