# One target a task; `make help` lists them. Everything runs on the project's own Node (node_modules/.bin/node), which
# the first target installs. Variables: NODES=3, CLUSTER=current (or kind, embedded),
# CLUSTER_NAME=local, PLATFORM=demo, MANIFEST=samples/demo.yaml, TOKEN=… (for a platform with an OIDC issuer).

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export CLUSTER ?=
export NODES ?=
export PLATFORM ?= demo
export MANIFEST ?= samples/demo.yaml
export DEV_STATE ?=
export ROLE ?= viewer

PROJECT_NODE := node_modules/.bin/node
CLUSTER_CLI := hack/cluster/main.ts$(if $(CLUSTER_NAME), --name $(CLUSTER_NAME))
DEV := $(PROJECT_NODE) hack/dev/main.ts
LIVE := $(PROJECT_NODE) hack/live/main.ts
VITEST := $(PROJECT_NODE) node_modules/vitest/vitest.mjs run

##@ The two commands

.PHONY: demo test
demo: deps ## From an empty machine to a platform that serves: cluster, images, operator, platform, a tour of the API
	@$(PROJECT_NODE) hack/demo/main.ts demo

test: deps ## What every change has to pass: lint, types, generated code, tests of every kind (SUITES="basic robustness" for all)
	@$(PROJECT_NODE) hack/test/main.ts $(or $(SUITES),basic)

##@ Without Kubernetes

.PHONY: dev dev-token dev-migrate dev-clean
dev: deps ## The profile services with hot reload, on PostgreSQL, Redis and RabbitMQ of their own, until Ctrl-C
	@$(DEV) up

dev-token: deps ## Print a token for them (ROLE=viewer, editor or admin; EXPIRES=1h)
	@$(DEV) token

dev-migrate: deps ## Apply new migrations to the database that make dev runs
	@$(DEV) migrate

dev-clean: deps ## Remove their data, passwords and key
	@$(DEV) clean

##@ Local cluster

.PHONY: cluster-up cluster-create cluster-down cluster-status
cluster-up: deps ## Start the local cluster, or put right one that runs (NODES=3 for three nodes)
	@$(PROJECT_NODE) $(CLUSTER_CLI) up $(if $(NODES),--nodes $(NODES))

cluster-create: cluster-up ## The same as cluster-up

cluster-down: deps ## Take the local cluster down, with everything in it
	@$(PROJECT_NODE) $(CLUSTER_CLI) down

cluster-status: deps ## Show what of the local cluster runs
	@$(PROJECT_NODE) $(CLUSTER_CLI) status

##@ Build and deploy

.PHONY: build build-image start deploy-all delete-all clean-all restart restart-profile wait-pods
build: deps ## Compile everything and build the images
	@$(PROJECT_NODE) node_modules/typescript/bin/tsc -b
	@$(PROJECT_NODE) hack/images/main.ts build

build-image: deps ## Build the images that changed and load them into the cluster
	@$(PROJECT_NODE) hack/demo/main.ts images

start: deps ## Start the whole stack: cluster, images, operator, platform
	@$(PROJECT_NODE) hack/demo/main.ts start

deploy-all: deps ## Install the operator and apply MANIFEST to the cluster that runs
	@$(PROJECT_NODE) hack/demo/main.ts deploy

wait-pods: deps ## Wait until the platform is Ready, showing what is awaited
	@$(PROJECT_NODE) hack/demo/main.ts wait

restart: deps ## Restart every workload of the platform, one pod after the other
	@$(LIVE) restart

restart-profile: deps ## Restart the profile services: server and worker
	@$(LIVE) restart server worker

delete-all: deps ## Delete the platform (volumes stay with deletionPolicy Retain) and the operator
	@$(PROJECT_NODE) hack/demo/main.ts delete

clean-all: deps ## Start from nothing: local cluster down, compiled files removed (caches stay)
	@$(PROJECT_NODE) hack/demo/main.ts clean

##@ Look

.PHONY: status logs logs-server logs-worker logs-postgres logs-redis logs-rabbitmq logs-profile logs-operator port-forward
status: deps ## Show the platform as a tree: layers, components, what each waits for
	@$(LIVE) status

logs: deps ## Last lines of every component (TAIL=100, FOLLOW=1; the same for the targets below)
	@$(LIVE) logs

logs-server: deps ## Last lines of the profile API
	@$(LIVE) logs server

logs-worker: deps ## Last lines of the worker
	@$(LIVE) logs worker

logs-postgres: deps ## Last lines of PostgreSQL
	@$(LIVE) logs postgresql

logs-redis: deps ## Last lines of Redis
	@$(LIVE) logs redis

logs-rabbitmq: deps ## Last lines of RabbitMQ
	@$(LIVE) logs rabbitmq

logs-profile: deps ## Last lines of the profile services: server, worker, migrations
	@$(LIVE) logs server worker migrations

logs-operator: deps ## Last lines of the operator
	@$(LIVE) logs operator

port-forward: deps ## Reach server, worker, PostgreSQL, Redis and RabbitMQ on localhost until Ctrl-C
	@$(LIVE) port-forward

##@ Test

.PHONY: test-unit test-chart test-service test-control-plane test-cluster test-robustness test-api test-integration test-load soak chaos
test-unit: deps ## Builders, engine, command line: no other process needed
	@$(VITEST) --project unit

test-chart: deps ## The chart, rendered with Helm
	@$(VITEST) --project chart

test-service: deps ## The services against real PostgreSQL, Redis and RabbitMQ
	@$(VITEST) --project service

test-control-plane: deps ## The operator against a real API server and etcd
	@$(VITEST) --project control-plane

test-cluster: deps ## Whole platforms on a cluster of their own
	@$(VITEST) --project cluster

test-robustness: deps ## Operator and services under crashes and faults, field by field and write by write: long
	@$(PROJECT_NODE) hack/test/main.ts robustness

test-api: deps ## Every route of the running platform's API, by HTTP, then requests made of its OpenAPI document (EXAMPLES=30, SEED=…, FUZZ_SECONDS=…)
	@$(LIVE) test-api

test-integration: test-service ## The service tests, then flows through the running platform
	@$(LIVE) test-integration

soak: deps ## Break the operator's line to the API server for a while, and audit it (MINUTES=30, PLATFORMS=5, SEED=…)
	@$(PROJECT_NODE) hack/soak/main.ts

test-load: deps ## Load on the running platform, measured; then while each data service is killed (RATE=200 a second, DURATION=20, REQUESTS=72000, OUTAGES=0, RESULTS=file)
	@$(LIVE) test-load

chaos: export CLUSTER := embedded
chaos: export CLUSTER_NAME := $(or $(CLUSTER_NAME),chaos)
chaos: deps ## Break PostgreSQL, Redis and RabbitMQ in every way while writers write, on a cluster of its own (CHAOS=name, ROUNDS=10, OPERATOR=1, KEEP=1, RECORD=1)
	@$(PROJECT_NODE) hack/chaos/main.ts

.PHONY: bench-operator bench-runtime bench-faults
bench-operator: deps ## Measure the operator against a twin on controller-runtime (PLATFORMS=100, ROUNDS=5, RECORD=1)
	@$(PROJECT_NODE) hack/bench/operator/main.ts

bench-runtime: deps ## Measure the profile API against twins in express and in Go (ROUNDS=5, SECONDS_A_PART=10, RATE=200, RECORD=1)
	@$(PROJECT_NODE) hack/bench/runtime/main.ts

bench-faults: deps ## Measure how soon changes are put right under each fault of the line to the API server (ROUNDS=10, RECORD=1)
	@$(PROJECT_NODE) hack/bench/faults/main.ts

##@ Keep the code in order

.PHONY: generate lint format deps
generate: deps ## Write the definition of ProfilePlatform, its reference and the OpenAPI document from types and schemas
	@$(PROJECT_NODE) hack/codegen/main.ts

lint: deps ## Find mistakes (oxlint) and files that are not in the common format (Biome)
	@oxlint --type-aware --deny-warnings
	@biome check .

format: deps ## Bring every file into the common format
	@biome check --write .

deps: ## Install the packages of package-lock.json, where they are missing or others
	@command -v node >/dev/null || { echo 'Node is missing: install any version with npm, such as by "apt-get install nodejs npm"' >&2; exit 1; }
	@node hack/bootstrap.mjs

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n\033[1m%s\033[0m\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
