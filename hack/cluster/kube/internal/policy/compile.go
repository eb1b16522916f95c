package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Cluster is all that the rules of a node follow from.
type Cluster struct {
	Pods       []Pod
	Namespaces map[string]map[string]string // labels by name
	Policies   []*networkingv1.NetworkPolicy
}

// Compile computes the rules of a node.
func Compile(cluster Cluster, node string, podRange netip.Prefix) (Ruleset, error) {
	compiler := compiler{cluster: cluster, chains: map[string]Chain{}}
	result := Ruleset{PodRange: podRange}
	for _, pod := range cluster.Pods {
		if pod.Node != node {
			continue
		}
		result.Known = append(result.Known, pod.Address)
		for _, direction := range []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress} {
			name, isolated, err := compiler.chainOf(pod, direction)
			if err != nil {
				return Ruleset{}, err
			}
			if !isolated {
				continue
			}
			isolation := Isolation{Pod: pod.Address, Chain: name}
			if direction == networkingv1.PolicyTypeIngress {
				result.Ingress = append(result.Ingress, isolation)
			} else {
				result.Egress = append(result.Egress, isolation)
			}
		}
	}
	for _, chain := range compiler.chains {
		result.Chains = append(result.Chains, chain)
	}
	slices.SortFunc(result.Known, netip.Addr.Compare)
	slices.SortFunc(result.Ingress, byPod)
	slices.SortFunc(result.Egress, byPod)
	slices.SortFunc(result.Chains, func(a, b Chain) int { return strings.Compare(a.Name, b.Name) })
	return result, nil
}

func byPod(a, b Isolation) int { return a.Pod.Compare(b.Pod) }

type compiler struct {
	cluster Cluster
	chains  map[string]Chain
}

// chainOf returns the chain of a pod's packets in one direction. Pods with the same rules share one: its name is the
// hash of what it holds.
func (c *compiler) chainOf(pod Pod, direction networkingv1.PolicyType) (name string, isolated bool, err error) {
	var rules []string
	for _, policy := range c.cluster.Policies {
		if policy.Namespace != pod.Namespace || !slices.Contains(policy.Spec.PolicyTypes, direction) {
			continue
		}
		selected, err := selects(&policy.Spec.PodSelector, pod.Labels)
		if err != nil {
			return "", false, fmt.Errorf("while reading the podSelector of %s/%s: %w", policy.Namespace, policy.Name, err)
		}
		if !selected {
			continue
		}
		isolated = true
		allowed, err := c.rulesOf(policy, pod, direction)
		if err != nil {
			return "", false, fmt.Errorf("while reading the rules of %s/%s: %w", policy.Namespace, policy.Name, err)
		}
		rules = append(rules, allowed...)
	}
	if !isolated {
		return "", false, nil
	}
	slices.Sort(rules)
	rules = slices.Compact(rules)
	hash := sha256.Sum256([]byte(strings.Join(rules, "\n")))
	name = strings.ToLower(string(direction)) + "-" + hex.EncodeToString(hash[:6])
	c.chains[name] = Chain{Name: name, Rules: rules}
	return name, true, nil
}

func (c *compiler) rulesOf(policy *networkingv1.NetworkPolicy, pod Pod, direction networkingv1.PolicyType) ([]string, error) {
	var rules []string
	add := func(peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort, side string) error {
		matched, err := c.matchPeers(peers, policy.Namespace)
		if err != nil {
			return err
		}
		for _, peer := range matched {
			rules = append(rules, render(peer, side, ports, pod, c.cluster.Pods)...)
		}
		return nil
	}
	if direction == networkingv1.PolicyTypeIngress {
		for _, rule := range policy.Spec.Ingress {
			if err := add(rule.From, rule.Ports, "saddr"); err != nil {
				return nil, err
			}
		}
		return rules, nil
	}
	for _, rule := range policy.Spec.Egress {
		if err := add(rule.To, rule.Ports, "daddr"); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

func selects(selector *metav1.LabelSelector, set map[string]string) (bool, error) {
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return false, err
	}
	return parsed.Matches(labels.Set(set)), nil
}
