package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

type result int

const (
	unchanged result = iota
	created
	configured
)

// A write that the cache has not shown after this long is looked at again.
const unconfirmed = 2 * time.Second

// applied is what the last apply of one object found and left.
type applied struct {
	wanted [sha256.Size]byte
	// found is the fingerprint of what the cache showed before, and left that of the answer.
	found, left fingerprint
	at          time.Time
}

// fingerprint changes whenever somebody changes what counts of an object: a status does not, where the kind has a
// generation.
type fingerprint struct {
	version  string
	metadata [sha256.Size]byte
}

func fingerprintOf(object client.Object) fingerprint {
	generation := object.GetGeneration()
	if generation == 0 {
		return fingerprint{version: object.GetResourceVersion()}
	}
	// Maps are written with sorted keys.
	metadata, _ := json.Marshal([]any{object.GetLabels(), object.GetAnnotations(), object.GetOwnerReferences(), object.GetFinalizers()})
	return fingerprint{version: fmt.Sprint(object.GetUID(), generation), metadata: sha256.Sum256(metadata)}
}

// applier does server-side apply under one field manager, skipped while neither the wanted object nor the live one
// changed since the last time.
type applier struct {
	client client.Client
}

func (a applier) apply(ctx context.Context, w wanted, memory *appliedObjects) (result, error) {
	object, err := w.newObject(a.client.Scheme())
	if err != nil {
		return unchanged, err
	}
	// Objects of the cache are shared: this one must not be written to.
	switch err := a.client.Get(ctx, w.key, object); {
	case err == nil:
		return a.applyTo(ctx, w, object, memory)
	case apierrors.IsNotFound(err):
		return a.create(ctx, w, memory)
	default:
		return unchanged, err
	}
}

func (a applier) applyTo(ctx context.Context, w wanted, live client.Object, memory *appliedObjects) (result, error) {
	found := fingerprintOf(live)
	// The found one: the cache has not heard of the last apply yet, and its event will bring the key back.
	if last, known := memory.get(w.id()); known && last.wanted == w.hash && (found == last.left || found == last.found) {
		return unchanged, nil
	}
	object, err := a.send(ctx, w)
	if err != nil {
		return unchanged, err
	}
	if object, err = a.removeAdditions(ctx, w, object); err != nil {
		return unchanged, err
	}
	left := fingerprintOf(object)
	memory.set(w.id(), applied{wanted: w.hash, found: found, left: left, at: time.Now()})
	if left == found {
		return unchanged, nil
	}
	return configured, nil
}

func (a applier) create(ctx context.Context, w wanted, memory *appliedObjects) (result, error) {
	if last, known := memory.get(w.id()); known && last.wanted == w.hash && time.Since(last.at) < unconfirmed {
		return unchanged, nil
	}
	object, err := a.send(ctx, w)
	if err != nil {
		return unchanged, err
	}
	memory.set(w.id(), applied{wanted: w.hash, left: fingerprintOf(object), at: time.Now()})
	return created, nil
}

func (a applier) send(ctx context.Context, w wanted) (client.Object, error) {
	object, err := w.newObject(a.client.Scheme())
	if err != nil {
		return nil, err
	}
	patch := client.RawPatch(types.ApplyPatchType, w.body)
	if err := a.client.Patch(ctx, object, patch, client.ForceOwnership, client.FieldOwner(fieldManager)); err != nil {
		return nil, fmt.Errorf("while applying %s: %w", w.id(), err)
	}
	return object, nil
}

// removeAdditions brings the parts that are the operator's alone to what is wanted and nothing more: server-side apply
// leaves what others add to them. Live is the answer to an apply, and tells whose fields are whose.
func (a applier) removeAdditions(ctx context.Context, w wanted, live client.Object) (client.Object, error) {
	operations := []map[string]any{{"op": "test", "path": "/metadata/uid", "value": live.GetUID()}}
	for _, part := range w.parts {
		if isShared(live, part) {
			operations = append(operations, map[string]any{"op": "replace", "path": part, "value": partOf(w.value, part)})
		}
	}
	if len(operations) == 1 {
		return live, nil
	}
	body, err := json.Marshal(operations)
	if err != nil {
		return nil, err
	}
	object, err := w.newObject(a.client.Scheme())
	if err != nil {
		return nil, err
	}
	if err := a.client.Patch(ctx, object, client.RawPatch(types.JSONPatchType, body), client.FieldOwner(fieldManager)); err != nil {
		return nil, fmt.Errorf("while removing additions to %s: %w", w.id(), err)
	}
	return object, nil
}

// isShared tells whether others own fields in a part.
func isShared(live client.Object, part string) bool {
	for _, entry := range live.GetManagedFields() {
		if entry.Subresource != "" || entry.FieldsV1 == nil || (entry.Manager == fieldManager && entry.Operation == metav1.ManagedFieldsOperationApply) {
			continue
		}
		var fields any
		if json.Unmarshal(entry.FieldsV1.Raw, &fields) == nil && partOf(fields, strings.ReplaceAll(part, "/", "/f:")) != nil {
			return true
		}
	}
	return false
}

func partOf(value any, pointer string) any {
	for field := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		fields, _ := value.(map[string]any)
		value = fields[field]
	}
	return value
}
