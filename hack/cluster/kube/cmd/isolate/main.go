// isolate is the last CNI plugin of a pod: it tells the node's NetworkPolicy agent of the new pod and waits until the
// pod's policies are in force. If the agent does not answer the pod is not started, and the kubelet tries again: no
// pod ever runs unprotected.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// configuration is the part of the CNI network configuration that matters here.
type configuration struct {
	CNIVersion string          `json:"cniVersion"`
	Socket     string          `json:"socket"`
	PrevResult json.RawMessage `json:"prevResult"`
}

type result struct {
	IPs []struct {
		Address string `json:"address"`
	} `json:"ips"`
}

func main() {
	if os.Getenv("CNI_COMMAND") == "VERSION" {
		fmt.Println(`{"cniVersion":"0.4.0","supportedVersions":["0.3.0","0.3.1","0.4.0","1.0.0"]}`)
		return
	}
	config, err := readConfiguration(os.Stdin)
	if err == nil {
		err = handle(os.Getenv("CNI_COMMAND"), pod{uid(os.Getenv("CNI_ARGS")), os.Getenv("CNI_CONTAINERID")}, config)
	}
	if err != nil {
		// The form in which a plugin reports an error; 11 asks the runtime to try again later.
		json.NewEncoder(os.Stdout).Encode(map[string]any{"cniVersion": "0.4.0", "code": 11, "msg": err.Error()})
		os.Exit(1)
	}
}

func readConfiguration(input io.Reader) (configuration, error) {
	var config configuration
	if err := json.NewDecoder(input).Decode(&config); err != nil {
		return config, fmt.Errorf("while reading the network configuration: %w", err)
	}
	return config, nil
}

func handle(command string, of pod, config configuration) error {
	switch command {
	case "ADD":
		var previous result
		if err := json.Unmarshal(config.PrevResult, &previous); err != nil || len(previous.IPs) == 0 {
			return fmt.Errorf("the plugins before this one gave the pod no address: %s", config.PrevResult)
		}
		address, _, _ := strings.Cut(previous.IPs[0].Address, "/")
		if err := announce(config.Socket, of, address); err != nil {
			return err
		}
		_, err := os.Stdout.Write(config.PrevResult)
		return err
	case "DEL":
		// A pod must be able to go while no agent runs; the agent finds out from the API server.
		_ = announce(config.Socket, of, "")
	}
	return nil
}

// uid takes K8S_POD_UID out of CNI_ARGS, "NAME=value;NAME=value".
func uid(arguments string) string {
	for _, pair := range strings.Split(arguments, ";") {
		if value, found := strings.CutPrefix(pair, "K8S_POD_UID="); found {
			return value
		}
	}
	return ""
}
