// Package pki makes the keys and certificates of one cluster.
package pki

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// Request is what the command reads from standard input, as JSON.
type Request struct {
	// Directory that receives ca.crt, ca.key, sa.key, sa.pub and <name>.crt, <name>.key of every certificate.
	Directory    string        `json:"directory"`
	Certificates []Certificate `json:"certificates"`
}

// Certificate describes one leaf, signed by the authority of the directory. Every leaf serves clients; one with
// addresses or names serves servers too.
type Certificate struct {
	Name         string   `json:"name"`
	CommonName   string   `json:"commonName"`
	Organization string   `json:"organization,omitempty"`
	Addresses    []string `json:"addresses,omitempty"`
	DNSNames     []string `json:"dnsNames,omitempty"`
}

// NewCommand reads a Request from standard input. Files that exist already are kept, so that a second run adds the
// certificates of new nodes and leaves the rest as they are.
func NewCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "pki",
		Short: "Make the keys and certificates that a request on standard input names",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			var request Request
			decoder := json.NewDecoder(os.Stdin)
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&request); err != nil {
				return fmt.Errorf("while reading the request from standard input: %w", err)
			}
			return Make(request)
		},
	}
}
