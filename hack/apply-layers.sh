#!/usr/bin/env bash
# Brings up a platform without the operator: renders it, and applies it layer by layer, waiting for each part that the
# next one needs. Nothing keeps it afterwards: drift stays, and what a later manifest no longer names is not removed.
#
# Running it again changes only what differs. Credentials are generated once; those in the cluster are kept.
set -euo pipefail

ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
readonly ROOT
readonly MANAGER=profile-platform-operator
readonly LAYERS=(data-layer server-layer app-layer client-layer observability-layer)

usage() {
  cat <<'TEXT'
Usage: hack/apply-layers.sh -f MANIFEST [--images FILE] [--timeout SECONDS] [--dry-run]

Applies a ProfilePlatform manifest without the operator, layer by layer, and waits until each layer is ready.

  -f MANIFEST        manifest of one ProfilePlatform
  --images FILE      JSON file that names images (default: PROFILE_PLATFORM_IMAGES, then the built-in ones)
  --timeout SECONDS  how long each wait may take (default: 300)
  --dry-run          let the API server check everything, and write nothing
  -h, --help         show this text

The cluster is that of KUBECONFIG. kubectl and jq are needed.
TEXT
}

fail() {
  echo "error: $*" >&2
  exit 1
}

manifest=''
images=${PROFILE_PLATFORM_IMAGES:-}
timeout=300
dry_run=false
while (($# > 0)); do
  case $1 in
    -f | --filename | --images | --timeout)
      (($# > 1)) || fail "$1 needs a value: see --help"
      case $1 in
        --images) images=$2 ;;
        --timeout) timeout=$2 ;;
        *) manifest=$2 ;;
      esac
      shift 2
      ;;
    --dry-run)
      dry_run=true
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      fail "unknown argument \"$1\""
      ;;
  esac
done
[[ -n $manifest ]] || { usage >&2; fail 'no manifest is given: add -f MANIFEST'; }
[[ -r $manifest ]] || fail "$manifest cannot be read: give the path of a manifest"
[[ $timeout =~ ^[1-9][0-9]*$ ]] || fail "--timeout is \"$timeout\": give a whole number of seconds, such as 300"
for program in kubectl jq; do
  command -v "$program" >/dev/null || fail "$program is missing: install it, such as with apt-get install ${program/kubectl/kubernetes-client}"
done
kubectl version >/dev/null 2>&1 || fail 'the cluster does not answer: is it up, and is KUBECONFIG the right file?'

# Everything in here may hold passwords.
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Credentials that exist have to be known before anything that names them is rendered. Their names and keys are fixed;
# which of them belong to this platform is for `render` to tell.
kubectl get secrets --all-namespaces --selector "app.kubernetes.io/managed-by=$MANAGER" --output json >"$work/secrets.json"

render_arguments=(render --filename "$manifest" --existing-secrets "$work/secrets.json" --output json)
[[ -z $images ]] || render_arguments+=(--images "$images")
"$ROOT/operator/bin/profileplatform" "${render_arguments[@]}" >"$work/all.json"

platforms=$(jq --raw-output '[.items[].metadata.labels["profileplatform.io/platform"]] | unique | length' "$work/all.json")
[[ $platforms == 1 ]] || fail "$manifest holds $platforms platforms: give a manifest of one"

# Objects of the operator are its own affair: two that write the same fields would undo each other's work for ever.
platform=$(jq --raw-output '.items[0].metadata.labels["profileplatform.io/platform"]' "$work/all.json")
if kubectl get profileplatform "$platform" --output name >/dev/null 2>&1; then
  fail "the cluster has a ProfilePlatform $platform, which the operator keeps: change it with kubectl apply -f $manifest"
fi

# A namespace of somebody else is never touched.
refuse_foreign_namespaces() {
  local namespace owner
  for namespace in $(jq --raw-output '.items[] | select(.kind == "Namespace") | .metadata.name' "$work/all.json"); do
    owner=$(kubectl get namespace "$namespace" --ignore-not-found \
      --output 'jsonpath={.metadata.name}={.metadata.labels.profileplatform\.io/platform}')
    [[ -z $owner || $owner == "$namespace=$platform" ]] ||
      fail "namespace $namespace belongs to somebody else: set another spec.namespacePrefix"
  done
}

# apply FILTER: what of the layer the jq filter selects. Server-side, so that fields of others stay.
apply() {
  local selected="$work/selected.json"
  jq "{apiVersion: \"v1\", kind: \"List\", items: [.items[] | select($1)]}" "$work/layer.json" >"$selected"
  [[ $(jq '.items | length' "$selected") != 0 ]] || return 0
  local arguments=(apply --server-side --force-conflicts --field-manager "$MANAGER" --filename "$selected")
  [[ $dry_run == false ]] || arguments+=(--dry-run=server)
  kubectl "${arguments[@]}"
}

# Secrets that exist are left alone, whatever was rendered: `create` refuses to overwrite.
create_missing_secrets() {
  local name namespace
  while read -r namespace name; do
    if kubectl get secret "$name" --namespace "$namespace" --output name >/dev/null 2>&1; then
      echo "secret/$name kept"
    elif [[ $dry_run == true ]]; then
      echo "secret/$name would be created"
    else
      jq --arg namespace "$namespace" --arg name "$name" \
        '.items[] | select(.kind == "Secret" and .metadata.namespace == $namespace and .metadata.name == $name)' \
        "$work/layer.json" | kubectl create --filename -
    fi
  done < <(jq --raw-output '.items[] | select(.kind == "Secret") | "\(.metadata.namespace) \(.metadata.name)"' "$work/layer.json")
}

# await KIND: waits until every workload of the kind in this layer is ready.
await() {
  [[ $dry_run == false ]] || return 0
  local name namespace
  while read -r namespace name; do
    if [[ $1 == Job ]]; then
      await_job "$namespace" "$name"
    else
      kubectl rollout status "$1/$name" --namespace "$namespace" --timeout "${timeout}s" ||
        fail "$1 $namespace/$name was not ready within $timeout s: kubectl --namespace $namespace describe pods"
    fi
  done < <(jq --raw-output --arg kind "$1" '.items[] | select(.kind == $kind) | "\(.metadata.namespace) \(.metadata.name)"' "$work/layer.json")
}

# `kubectl wait` knows one condition at a time, and a Job that failed never completes.
await_job() {
  local deadline=$((SECONDS + timeout)) conditions
  while ((SECONDS < deadline)); do
    conditions=$(kubectl get job "$2" --namespace "$1" --output 'jsonpath={range .status.conditions[?(@.status=="True")]}{.type} {end}')
    case " $conditions" in
      *' Complete '*) echo "job \"$2\" completed" && return ;;
      *' Failed '*) fail "Job $1/$2 failed: kubectl --namespace $1 logs job/$2" ;;
    esac
    kubectl wait "job/$2" --namespace "$1" --for=condition=Complete --timeout=5s >/dev/null 2>&1 || true
  done
  fail "Job $1/$2 did not complete within $timeout s: kubectl --namespace $1 describe pods --selector job-name=$2"
}

refuse_foreign_namespaces
for layer in "${LAYERS[@]}"; do
  jq --arg layer "$layer" \
    '{items: [.items[] | select(.metadata.labels["profileplatform.io/layer"] == $layer)]}' "$work/all.json" >"$work/layer.json"
  [[ $(jq '.items | length' "$work/layer.json") != 0 ]] || continue
  echo "== $layer"

  apply '.kind == "Namespace"'
  create_missing_secrets
  apply '[.kind] | inside(["Namespace", "Secret", "StatefulSet", "Deployment", "Job", "HorizontalPodAutoscaler", "PodDisruptionBudget"]) | not'
  apply '.kind == "StatefulSet"'
  await StatefulSet
  # A new version starts on the schema that its migrations made.
  apply '.kind == "Job"'
  await Job
  apply '[.kind] | inside(["Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"])'
  await Deployment
done
if [[ $dry_run == true ]]; then
  echo "nothing was written: the API server would take platform $platform"
else
  echo "platform $platform is applied"
fi
