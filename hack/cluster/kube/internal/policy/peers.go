package policy

import (
	"fmt"
	"net/netip"

	networkingv1 "k8s.io/api/networking/v1"
)

// peer is one alternative of a rule's other side: anything, a block of addresses, or pods.
type peer struct {
	anything bool
	block    netip.Prefix
	except   []netip.Prefix
	pods     []Pod
}

// matchPeers resolves the peers of a rule; a rule without any allows every other side.
func (c *compiler) matchPeers(peers []networkingv1.NetworkPolicyPeer, namespace string) ([]peer, error) {
	if len(peers) == 0 {
		return []peer{{anything: true}}, nil
	}
	var result []peer
	// The pods of all selectors go together: one set of addresses is one comparison.
	selected := peer{}
	for _, each := range peers {
		if each.IPBlock != nil {
			block, err := parseBlock(each.IPBlock)
			if err != nil {
				return nil, err
			}
			// Pods have IPv4 addresses only: a block of the other family matches nothing.
			if block.block.Addr().Is4() {
				result = append(result, block)
			}
			continue
		}
		pods, err := c.selectPods(each, namespace)
		if err != nil {
			return nil, err
		}
		selected.pods = append(selected.pods, pods...)
	}
	if len(selected.pods) > 0 {
		result = append(result, selected)
	}
	return result, nil
}

func (c *compiler) selectPods(from networkingv1.NetworkPolicyPeer, namespace string) ([]Pod, error) {
	var result []Pod
	for _, pod := range c.cluster.Pods {
		if from.NamespaceSelector == nil {
			if pod.Namespace != namespace {
				continue
			}
		} else if matches, err := selects(from.NamespaceSelector, c.cluster.Namespaces[pod.Namespace]); err != nil {
			return nil, err
		} else if !matches {
			continue
		}
		if from.PodSelector != nil {
			if matches, err := selects(from.PodSelector, pod.Labels); err != nil {
				return nil, err
			} else if !matches {
				continue
			}
		}
		result = append(result, pod)
	}
	return result, nil
}

func parseBlock(block *networkingv1.IPBlock) (peer, error) {
	prefix, err := netip.ParsePrefix(block.CIDR)
	if err != nil {
		return peer{}, fmt.Errorf("ipBlock: %w", err)
	}
	result := peer{block: prefix.Masked()}
	for _, text := range block.Except {
		except, err := netip.ParsePrefix(text)
		if err != nil {
			return peer{}, fmt.Errorf("ipBlock.except: %w", err)
		}
		result.except = append(result.except, except.Masked())
	}
	return result, nil
}
