package policy

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

const table = "network-policy"

// Text writes the whole table. Loaded in one transaction, it replaces what was there before: no packet ever sees half
// of it. An agent that ends leaves the table in force.
func (r Ruleset) Text() string {
	var text strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n", args...) }
	// Declared first, because deleting a table that is not there is an error.
	line("table ip %s", table)
	line("delete table ip %s", table)
	line("table ip %s {", table)
	for _, chain := range r.Chains {
		line("  chain %s {", chain.Name)
		for _, rule := range chain.Rules {
			line("    %s", rule)
		}
		line("    counter drop")
		line("  }")
	}
	line("  set known {\n    type ipv4_addr")
	if len(r.Known) > 0 {
		words := make([]string, len(r.Known))
		for index, address := range r.Known {
			words[index] = address.String()
		}
		line("    elements = { %s }", strings.Join(words, ", "))
	}
	line("  }")
	writeMap(line, "ingress", r.Ingress)
	writeMap(line, "egress", r.Egress)
	// Addresses are compared after Services' addresses were replaced by those of pods, as policies mean them.
	line("  chain forward {")
	line("    type filter hook forward priority filter; policy accept;")
	line("    ct state established,related accept")
	line("    ip saddr %s ip saddr != @known counter drop", r.PodRange)
	line("    ip daddr %s ip daddr != @known counter drop", r.PodRange)
	// A pod that reaches itself through its Service: no policy separates a pod from itself.
	for _, isolation := range r.Ingress {
		line("    ip saddr %s ip daddr %s accept", isolation.Pod, isolation.Pod)
	}
	line("    ip saddr vmap @egress")
	line("    ip daddr vmap @ingress")
	line("  }")
	// What a pod sends to its own node, the API server's say, never comes to be forwarded. The other way, the node's
	// own packets, probes among them, always pass, as the API demands.
	line("  chain input {")
	line("    type filter hook input priority filter; policy accept;")
	line("    ct state established,related accept")
	line("    ip saddr vmap @egress")
	line("  }")
	line("}")
	return text.String()
}

func writeMap(line func(string, ...any), name string, isolations []Isolation) {
	line("  map %s {\n    type ipv4_addr : verdict", name)
	if len(isolations) > 0 {
		words := make([]string, len(isolations))
		for index, isolation := range isolations {
			words[index] = fmt.Sprintf("%s : jump %s", isolation.Pod, isolation.Chain)
		}
		line("    elements = { %s }", strings.Join(words, ", "))
	}
	line("  }")
}

func load(ctx context.Context, text string) error {
	command := exec.CommandContext(ctx, "nft", "-f", "-")
	command.Stdin = strings.NewReader(text)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("while loading the rules with nft: %w: %s", err, output)
	}
	return nil
}
