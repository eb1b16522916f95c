package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// render writes the nftables rules that allow a peer on the ports; without ports it is allowed everything. The side
// is where the peer's address stands in the packet: saddr for ingress, daddr for egress.
func render(from peer, side string, ports []networkingv1.NetworkPolicyPort, target Pod, all []Pod) []string {
	if len(ports) == 0 {
		return []string{strings.TrimSpace(from.match(side) + " return")}
	}
	var rules []string
	for _, port := range ports {
		for _, narrowed := range resolve(from, side, port, target, all) {
			rules = append(rules, strings.TrimSpace(narrowed.peer.match(side)+" "+narrowed.port+" return"))
		}
	}
	return rules
}

func (p peer) match(side string) string {
	if p.anything {
		return ""
	}
	if len(p.pods) > 0 {
		return fmt.Sprintf("ip %s { %s }", side, joinAddresses(p.pods))
	}
	words := []string{fmt.Sprintf("ip %s %s", side, p.block)}
	for _, except := range p.except {
		words = append(words, fmt.Sprintf("ip %s != %s", side, except))
	}
	return strings.Join(words, " ")
}

type narrowed struct {
	peer peer
	port string
}

// resolve turns a port into matches. A name stands for a number that the receiving pod decides: the isolated pod
// itself for ingress, each of the peers for egress.
func resolve(from peer, side string, port networkingv1.NetworkPolicyPort, target Pod, all []Pod) []narrowed {
	protocol := corev1.ProtocolTCP
	if port.Protocol != nil {
		protocol = *port.Protocol
	}
	name := strings.ToLower(string(protocol))
	if port.Port == nil {
		return []narrowed{{from, "meta l4proto " + name}}
	}
	if port.Port.Type == intstr.Int {
		match := fmt.Sprintf("%s dport %d", name, port.Port.IntVal)
		if port.EndPort != nil && *port.EndPort > port.Port.IntVal {
			match = fmt.Sprintf("%s dport %d-%d", name, port.Port.IntVal, *port.EndPort)
		}
		return []narrowed{{from, match}}
	}
	if side == "saddr" {
		var result []narrowed
		for _, number := range target.named(port.Port.StrVal, string(protocol)) {
			result = append(result, narrowed{from, fmt.Sprintf("%s dport %d", name, number)})
		}
		return result
	}
	receivers := map[int32][]Pod{}
	for _, pod := range from.receivers(all) {
		for _, number := range pod.named(port.Port.StrVal, string(protocol)) {
			receivers[number] = append(receivers[number], pod)
		}
	}
	var result []narrowed
	for number, pods := range receivers {
		result = append(result, narrowed{peer{pods: pods}, fmt.Sprintf("%s dport %d", name, number)})
	}
	return result
}

// receivers are the pods that a peer of an egress rule can mean.
func (p peer) receivers(all []Pod) []Pod {
	if len(p.pods) > 0 {
		return p.pods
	}
	var result []Pod
	for _, pod := range all {
		excepted := slices.ContainsFunc(p.except, func(prefix netip.Prefix) bool { return prefix.Contains(pod.Address) })
		if p.anything || (p.block.Contains(pod.Address) && !excepted) {
			result = append(result, pod)
		}
	}
	return result
}

func (p Pod) named(name, protocol string) []int32 {
	var numbers []int32
	for _, port := range p.Ports {
		if port.Name == name && port.Protocol == protocol {
			numbers = append(numbers, port.Number)
		}
	}
	return numbers
}

func joinAddresses(pods []Pod) string {
	addresses := make([]netip.Addr, 0, len(pods))
	for _, pod := range pods {
		addresses = append(addresses, pod.Address)
	}
	slices.SortFunc(addresses, netip.Addr.Compare)
	words := []string{}
	for _, address := range slices.Compact(addresses) {
		words = append(words, address.String())
	}
	return strings.Join(words, ", ")
}
