package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// The kubelet gives up on a sandbox after two minutes; the agent answers within milliseconds.
const patience = 20 * time.Second

type pod struct {
	uid     string
	sandbox string
}

// announce tells the agent of a sandbox with the address; without an address the sandbox is gone.
func announce(socket string, of pod, address string) error {
	body, err := json.Marshal(map[string]string{"uid": of.uid, "sandbox": of.sandbox, "address": address})
	if err != nil {
		return err
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	client := http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: patience}
	response, err := client.Post("http://agent/", "application/json", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the NetworkPolicy agent of this node does not answer, so no pod can be isolated: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		words, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		return fmt.Errorf("the NetworkPolicy agent of this node refuses the pod: %s", bytes.TrimSpace(words))
	}
	return nil
}
