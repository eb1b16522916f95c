// Package policy enforces NetworkPolicies on one node, by rules that the node's kernel keeps.
package policy

import "net/netip"

// Pod is a pod with an address of its own; pods on the host's network are none of these.
type Pod struct {
	Namespace string
	Name      string
	Node      string
	Address   netip.Addr
	Labels    map[string]string
	Ports     []Port
}

// Port is a container's port that policies may name.
type Port struct {
	Name     string
	Protocol string // TCP, UDP or SCTP
	Number   int32
}

// Ruleset is what a node enforces. Everything in it is sorted, so that equal rules are equal texts.
type Ruleset struct {
	// PodRange holds the addresses of this node's pods.
	PodRange netip.Prefix
	// Known are the pods of this node. A packet from or to any other address of the range is dropped: it belongs to
	// a pod whose policies are not in force yet.
	Known []netip.Addr
	// Ingress and Egress name the chain of each isolated pod of this node.
	Ingress []Isolation
	Egress  []Isolation
	Chains  []Chain
}

// Isolation sends the packets of one pod and one direction through a chain.
type Isolation struct {
	Pod   netip.Addr
	Chain string
}

// Chain lets a packet return, as allowed, when one of its rules matches, and drops it otherwise.
type Chain struct {
	Name  string
	Rules []string
}
