package volumes

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// NewCommand serves claims until it gets a signal to end.
func NewCommand() *cobra.Command {
	var kubeconfig, nodesFolder string
	cmd := &cobra.Command{
		Use:   "volume-provisioner",
		Short: "Make and remove the volumes of StorageClasses of " + Name,
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return run(ctx, kubeconfig, nodesFolder)
		},
	}
	cmd.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the API server")
	cmd.Flags().StringVar(&nodesFolder, "nodes-folder", "", "folder that holds a folder a node")
	for _, name := range []string{"kubeconfig", "nodes-folder"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
	return cmd
}

func run(ctx context.Context, kubeconfig, nodesFolder string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return fmt.Errorf("while reading %s: %w", kubeconfig, err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("while preparing the client: %w", err)
	}
	// One process a cluster: there is nobody to elect a leader against.
	controller.NewProvisionController(ctx, client, Name, provisioner{nodesFolder},
		controller.LeaderElection(false)).Run(ctx)
	return nil
}
