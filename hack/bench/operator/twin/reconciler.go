package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
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
	// atOnce is how many objects of a platform are applied at the same time.
	atOnce int

	// memories holds a *memory for each platform; one worker at a time works on a platform.
	memories sync.Map
}

// memory is what is remembered of one incarnation of a platform between reconciles.
type memory struct {
	uid     types.UID
	applied appliedObjects
	status  writtenStatus
}

// appliedObjects is what the last apply of each object found and left.
type appliedObjects struct {
	lock sync.Mutex
	byID map[objectID]applied
}

func (o *appliedObjects) get(id objectID) (applied, bool) {
	o.lock.Lock()
	defer o.lock.Unlock()
	found, known := o.byID[id]
	return found, known
}

func (o *appliedObjects) set(id objectID, a applied) {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.byID[id] = a
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
	results, err := r.applyAll(ctx, objects, memory)
	if err != nil {
		return err
	}
	if err := r.prune(ctx, platform, objects); err != nil {
		return err
	}
	r.record(platform, "ObjectsCreated", "Create", "Objects created", results[created])
	r.record(platform, "ObjectsConfigured", "Configure", "Objects changed", results[configured])
	return r.report(ctx, platform, objects, memory)
}

// applyAll applies several objects at once, namespaces before what is in them.
func (r *reconciler) applyAll(ctx context.Context, objects []wanted, memory *memory) (map[result][]objectID, error) {
	results := map[result][]objectID{}
	var lock sync.Mutex
	inNamespaces := slices.IndexFunc(objects, func(object wanted) bool { return object.gvk.Kind != "Namespace" })
	for _, batch := range [][]wanted{objects[:inNamespaces], objects[inNamespaces:]} {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(r.atOnce)
		for _, object := range batch {
			group.Go(func() error {
				result, err := applier{client: r.client}.apply(ctx, object, &memory.applied)
				lock.Lock()
				defer lock.Unlock()
				results[result] = append(results[result], object.id())
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func (r *reconciler) memoryOf(platform *ProfilePlatform) *memory {
	known, _ := r.memories.Load(platform.Name)
	if known, ok := known.(*memory); ok && known.uid == platform.UID {
		return known
	}
	fresh := &memory{uid: platform.UID, applied: appliedObjects{byID: map[objectID]applied{}}}
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
