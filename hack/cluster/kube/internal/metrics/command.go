// Package metrics runs metrics-server at the pace of a test cluster.
package metrics

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"sigs.k8s.io/metrics-server/cmd/metrics-server/app/options"
)

// NewCommand is metrics-server's own command without its lower bound of 10 s on --metric-resolution: the first
// values need two scrapes, and nobody wants to wait 20 s for `kubectl top` on a cluster that is up in 10 s.
func NewCommand() *cobra.Command {
	opts := options.NewOptions()
	cmd := &cobra.Command{
		Use:   "metrics-server",
		Short: "Serve CPU and memory use of nodes and pods as metrics.k8s.io",
		RunE: func(*cobra.Command, []string) error {
			if opts.MetricResolution < time.Second {
				return fmt.Errorf("--metric-resolution is %s: give at least 1s", opts.MetricResolution)
			}
			if err := errors.Join(opts.KubeletClient.Validate()...); err != nil {
				return err
			}
			config, err := opts.ServerConfig()
			if err != nil {
				return fmt.Errorf("while reading the configuration of metrics-server: %w", err)
			}
			server, err := config.Complete()
			if err != nil {
				return fmt.Errorf("while preparing metrics-server: %w", err)
			}
			return server.RunUntil(genericapiserver.SetupSignalHandler())
		},
	}
	named := opts.Flags()
	for _, set := range named.FlagSets {
		cmd.Flags().AddFlagSet(set)
	}
	return cmd
}
