// The twin: an operator on controller-runtime that applies what a template says of each ProfilePlatform, as the
// project's operator does, so that the two can be measured against each other.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

type settings struct {
	template    string
	namespace   string
	metricsPort int
	concurrency int
	atOnce      int
}

func main() {
	var s settings
	flag.StringVar(&s.template, "template", "", "JSON file of the objects that a platform has")
	flag.StringVar(&s.namespace, "namespace", "", "namespace of the Lease")
	flag.IntVar(&s.metricsPort, "metrics-port", 0, "port of /metrics and /readyz on 127.0.0.1")
	flag.IntVar(&s.concurrency, "max-concurrent-reconciles", 0, "platforms that are worked on at once")
	flag.IntVar(&s.atOnce, "objects-at-once", 0, "objects of one platform that are applied at once")
	flag.Parse()
	if err := run(ctrl.SetupSignalHandler(), s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings) error {
	ctrl.SetLogger(zap.New())
	t, err := readTemplate(s.template)
	if err != nil {
		return err
	}
	// From --kubeconfig, a flag of controller-runtime's own.
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("while loading the kubeconfig: %w", err)
	}
	// No limit on the client's side: what is measured is how fast it can be.
	config.QPS = -1
	var synced atomic.Bool
	mgr, err := newManager(config, s, &synced)
	if err != nil {
		return fmt.Errorf("while making the manager: %w", err)
	}
	r := &reconciler{client: mgr.GetClient(), template: t, recorder: mgr.GetEventRecorder("operator-twin"), atOnce: s.atOnce}
	if err := setUp(ctx, mgr, r, s.concurrency); err != nil {
		return fmt.Errorf("while setting up the controller: %w", err)
	}
	// Started once every informer has synced, whether or not this process leads.
	if err := mgr.Add(standby(func(context.Context) error { synced.Store(true); return nil })); err != nil {
		return err
	}
	return mgr.Start(ctx)
}

func newManager(config *rest.Config, s settings, synced *atomic.Bool) (manager.Manager, error) {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, err
	}
	addPlatformTypes(scheme)
	managed := labels.SelectorFromSet(labels.Set{labelManagedBy: managedByValue})
	share := true
	return ctrl.NewManager(config, ctrl.Options{
		Scheme: scheme,
		Cache: cache.Options{
			DefaultLabelSelector: managed,
			DefaultTransform:     cache.TransformStripManagedFields(),
			// Nothing that is read here is written to.
			DefaultUnsafeDisableDeepCopy: &share,
			ByObject:                     map[client.Object]cache.ByObject{&ProfilePlatform{}: {Label: labels.Everything()}},
		},
		Metrics: metricsserver.Options{
			BindAddress:   fmt.Sprintf("127.0.0.1:%d", s.metricsPort),
			ExtraHandlers: map[string]http.Handler{"/readyz": readiness(synced)},
		},
		LeaderElection:                true,
		LeaderElectionID:              "operator-twin",
		LeaderElectionNamespace:       s.namespace,
		LeaderElectionReleaseOnCancel: true,
	})
}

func readiness(synced *atomic.Bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !synced.Load() {
			http.Error(w, "the cache is being filled", http.StatusServiceUnavailable)
		}
	})
}

// setUp declares every informer before the manager starts, so that a standby keeps its cache warm.
func setUp(ctx context.Context, mgr manager.Manager, r *reconciler, concurrency int) error {
	warm := true
	b := ctrl.NewControllerManagedBy(mgr).
		For(&ProfilePlatform{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		WithOptions(controller.Options{MaxConcurrentReconciles: concurrency, EnableWarmup: &warm})
	if _, err := mgr.GetCache().GetInformer(ctx, &ProfilePlatform{}); err != nil {
		return err
	}
	for _, kind := range kinds() {
		if err := mgr.GetFieldIndexer().IndexField(ctx, kind.object, indexPlatform, platformLabel); err != nil {
			return err
		}
		b = b.Watches(kind.object, handler.EnqueueRequestsFromMapFunc(platformOf))
	}
	return b.Complete(r)
}

func platformLabel(object client.Object) []string {
	name, labelled := object.GetLabels()[labelPlatform]
	if !labelled {
		return nil
	}
	return []string{name}
}

func platformOf(_ context.Context, object client.Object) []reconcile.Request {
	var requests []reconcile.Request
	for _, name := range platformLabel(object) {
		requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKey{Name: name}})
	}
	return requests
}

// standby runs whether or not the process leads.
type standby func(context.Context) error

func (f standby) Start(ctx context.Context) error { return f(ctx) }

func (standby) NeedLeaderElection() bool { return false }
