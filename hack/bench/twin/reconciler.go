package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// indexPlatform finds objects by the platform whose label they carry.
const indexPlatform = "platform"

// reconciler makes the cluster match one ProfilePlatform: build, apply, prune, report.
type reconciler struct {
	client   client.Client
	template *template
	recorder events.EventRecorder

	// memories holds a *memory for each platform; one worker at a time works on a platform.
	memories sync.Map
}

// memory is what is remembered of one incarnation of a platform between reconciles.
type memory struct {
	uid     types.UID
	applied map[objectID]applied
	status  writtenStatus
}

// writtenStatus is the status that was written last, and the version of the platform that it was written over.
type writtenStatus struct {
	over   string
	status PlatformStatus
}

// Reconcile implements reconcile.Reconciler.
func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var platform ProfilePlatform
	if err := r.client.Get(ctx, request.NamespacedName, &platform); err != nil {
		if apierrors.IsNotFound(err) {
			r.memories.Delete(request.Name)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !platform.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, nil
	}
	objects, err := r.template.objectsOf(&platform)
	if err != nil {
		return ctrl.Result{}, reconcile.TerminalError(err)
	}
	return ctrl.Result{}, r.carryOut(ctx, &platform, objects)
}

func (r *reconciler) carryOut(ctx context.Context, platform *ProfilePlatform, objects []wanted) error {
	memory := r.memoryOf(platform)
	applier := applier{client: r.client}
	var createdIDs, configuredIDs []objectID
	for _, object := range objects {
		result, err := applier.apply(ctx, object, memory.applied)
		if err != nil {
			return err
		}
		switch result {
		case created:
			createdIDs = append(createdIDs, object.id())
		case configured:
			configuredIDs = append(configuredIDs, object.id())
		case unchanged:
		}
	}
	if err := r.prune(ctx, platform, objects); err != nil {
		return err
	}
	r.record(platform, "ObjectsCreated", "Create", "Objects created", createdIDs)
	r.record(platform, "ObjectsConfigured", "Configure", "Objects changed", configuredIDs)
	return r.report(ctx, platform, objects, memory)
}

func (r *reconciler) memoryOf(platform *ProfilePlatform) *memory {
	known, _ := r.memories.Load(platform.Name)
	if known, ok := known.(*memory); ok && known.uid == platform.UID {
		return known
	}
	fresh := &memory{uid: platform.UID, applied: map[objectID]applied{}}
	r.memories.Store(platform.Name, fresh)
	return fresh
}

// prune deletes what names the platform as its owner and is no longer wanted.
func (r *reconciler) prune(ctx context.Context, platform *ProfilePlatform, objects []wanted) error {
	keep := make(map[objectID]bool, len(objects))
	for _, object := range objects {
		keep[object.id()] = true
	}
	var failures []error
	for _, kind := range kinds() {
		if kind.observed {
			continue
		}
		if err := r.client.List(ctx, kind.list, client.MatchingFields{indexPlatform: platform.Name}); err != nil {
			return err
		}
		gvk, err := apiutil.GVKForObject(kind.object, r.client.Scheme())
		if err != nil {
			return err
		}
		failures = append(failures, meta.EachListItem(kind.list, func(item runtime.Object) error {
			object := item.(client.Object)
			if keep[objectID{kind: gvk.Kind, key: client.ObjectKeyFromObject(object)}] || !isOwned(object, platform) {
				return nil
			}
			uid, version := object.GetUID(), object.GetResourceVersion()
			return client.IgnoreNotFound(r.client.Delete(ctx, object, client.Preconditions{UID: &uid, ResourceVersion: &version}))
		}))
	}
	return errors.Join(failures...)
}

func isOwned(object client.Object, platform *ProfilePlatform) bool {
	for _, owner := range object.GetOwnerReferences() {
		if owner.UID == platform.UID {
			return object.GetDeletionTimestamp().IsZero()
		}
	}
	return false
}

func (r *reconciler) record(platform *ProfilePlatform, reason, action, verb string, ids []objectID) {
	if len(ids) == 0 {
		return
	}
	note := fmt.Sprintf("%s %d: %s", verb, len(ids), ids[0])
	if len(ids) > 1 {
		note += fmt.Sprintf(" (and %d more)", len(ids)-1)
	}
	r.recorder.Eventf(platform, nil, "Normal", reason, action, "%s", note)
}

// report writes the status if it is news.
func (r *reconciler) report(ctx context.Context, platform *ProfilePlatform, objects []wanted, memory *memory) error {
	status, err := r.statusOf(ctx, platform, objects)
	if err != nil {
		return err
	}
	// The cache may not have heard of the last status yet.
	heard := memory.status.over != platform.ResourceVersion
	if reflect.DeepEqual(status, platform.Status) || (!heard && reflect.DeepEqual(status, memory.status.status)) {
		return nil
	}
	memory.status = writtenStatus{over: platform.ResourceVersion, status: status}
	updated := platform.deepCopy()
	updated.Status = status
	return client.IgnoreNotFound(r.client.Status().Patch(ctx, updated, client.MergeFrom(platform)))
}
