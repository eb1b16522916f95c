package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// announcement is what the CNI plugin sends: {"uid": "…", "sandbox": "…", "address": "10.244.1.5"}. Without an address the
// sandbox is gone.
type announcement struct {
	UID     types.UID `json:"uid"`
	Sandbox string    `json:"sandbox"`
	Address string    `json:"address,omitempty"`
}

// serve answers the CNI plugin until the context ends.
func (a *agent) serve(ctx context.Context, path string) error {
	// Of an agent that ran before this one.
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("while removing the socket of an earlier agent: %w", err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("while listening for new pods: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(a.handle), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return fmt.Errorf("while serving new pods: %w", err)
	}
	return nil
}

func (a *agent) handle(response http.ResponseWriter, request *http.Request) {
	var pod announcement
	if err := json.NewDecoder(request.Body).Decode(&pod); err != nil || pod.UID == "" || pod.Sandbox == "" {
		http.Error(response, "send {\"uid\": …, \"sandbox\": …, \"address\": …}", http.StatusBadRequest)
		return
	}
	if pod.Address == "" {
		a.forget(pod.UID, pod.Sandbox)
		return
	}
	address, err := netip.ParseAddr(pod.Address)
	if err != nil || !a.podRange.Contains(address) {
		http.Error(response, fmt.Sprintf("%q is no address of %s", pod.Address, a.podRange), http.StatusBadRequest)
		return
	}
	if err := a.announce(request.Context(), pod.UID, pod.Sandbox, address); err != nil {
		http.Error(response, err.Error(), http.StatusServiceUnavailable)
	}
}
