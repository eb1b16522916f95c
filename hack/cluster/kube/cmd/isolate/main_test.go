package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// agent answers on a socket and hands on what it was sent.
func agent(t *testing.T, status int) (string, chan map[string]string) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "agent.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	received := make(chan map[string]string, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		body := map[string]string{}
		content, _ := io.ReadAll(request.Body)
		_ = json.Unmarshal(content, &body)
		received <- body
		http.Error(response, "not in force yet", status)
	})}
	t.Cleanup(func() { server.Close() })
	go server.Serve(listener)
	return socket, received
}

func config(socket string) configuration {
	return configuration{Socket: socket, PrevResult: json.RawMessage(`{"ips":[{"address":"10.244.1.5/24"}]}`)}
}

func TestAddAnnouncesThePod(t *testing.T) {
	socket, received := agent(t, http.StatusOK)
	if err := handle("ADD", pod{"u", "s"}, config(socket)); err != nil {
		t.Fatal(err)
	}
	got := <-received
	if got["uid"] != "u" || got["sandbox"] != "s" || got["address"] != "10.244.1.5" {
		t.Errorf("the agent got %v", got)
	}
}

func TestAddFailsWithoutTheAgentsConsent(t *testing.T) {
	socket, _ := agent(t, http.StatusServiceUnavailable)
	if err := handle("ADD", pod{"u", "s"}, config(socket)); err == nil || !strings.Contains(err.Error(), "not in force yet") {
		t.Errorf("got %v", err)
	}
	if err := handle("ADD", pod{"u", "s"}, config("/nowhere")); err == nil {
		t.Error("a pod was started without an agent")
	}
}

func TestDelSucceedsWithoutAnAgent(t *testing.T) {
	if err := handle("DEL", pod{"u", "s"}, config("/nowhere")); err != nil {
		t.Error(err)
	}
}

func TestUID(t *testing.T) {
	if got := uid("IgnoreUnknown=1;K8S_POD_NAMESPACE=a;K8S_POD_UID=u-1"); got != "u-1" {
		t.Errorf("got %q", got)
	}
}
