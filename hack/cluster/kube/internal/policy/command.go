package policy

import (
	"context"
	"fmt"
	"net/netip"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

type settings struct {
	kubeconfig, node, podRange, socket string
}

// NewCommand enforces policies until it gets a signal to end. Its rules stay in force then.
func NewCommand() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "network-policy-agent",
		Short: "Enforce NetworkPolicies on this node",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return s.run(ctx)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&s.kubeconfig, "kubeconfig", "", "how to reach the API server")
	flags.StringVar(&s.node, "node", "", "name of this node")
	flags.StringVar(&s.podRange, "pod-range", "", "addresses of this node's pods, such as 10.244.1.0/24")
	flags.StringVar(&s.socket, "socket", "", "where the CNI plugin announces new pods")
	for _, name := range []string{"kubeconfig", "node", "pod-range", "socket"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
	return cmd
}

func (s settings) run(ctx context.Context) error {
	podRange, err := netip.ParsePrefix(s.podRange)
	if err != nil {
		return fmt.Errorf("--pod-range: %w", err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", s.kubeconfig)
	if err != nil {
		return fmt.Errorf("while reading %s: %w", s.kubeconfig, err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("while preparing the client: %w", err)
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods, namespaces := factory.Core().V1().Pods(), factory.Core().V1().Namespaces()
	policies := factory.Networking().V1().NetworkPolicies()
	a := newAgent(s.node, podRange, listers{pods.Lister(), namespaces.Lister(), policies.Lister()}, load)

	touch := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { a.touch() },
		UpdateFunc: func(any, any) { a.touch() },
		DeleteFunc: func(object any) {
			if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = tombstone.Obj
			}
			// Should the CNI plugin never tell: a pod that is no object any more is gone.
			if pod, ok := object.(*corev1.Pod); ok {
				a.forget(pod.UID, "")
			}
			a.touch()
		},
	}
	for _, informer := range []cache.SharedIndexInformer{pods.Informer(), namespaces.Informer(), policies.Informer()} {
		if _, err := informer.AddEventHandler(touch); err != nil {
			return fmt.Errorf("while watching the cluster: %w", err)
		}
	}
	factory.Start(ctx.Done())
	// Rules made of half a cluster would cut connections that are allowed.
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("while reading all %v: %w", kind, context.Cause(ctx))
		}
	}
	a.touch()
	go a.run(ctx)
	return a.serve(ctx, s.socket)
}
