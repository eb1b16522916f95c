package policy

import (
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	corelisters "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
)

type listers struct {
	pods       corelisters.PodLister
	namespaces corelisters.NamespaceLister
	policies   networkinglisters.NetworkPolicyLister
}

// snapshot reads the cluster from the caches. The addresses given are those of new pods of this node, by their uid:
// the API server learns them from the kubelet a second later.
func (l listers) snapshot(announced map[types.UID]netip.Addr) (Cluster, error) {
	pods, err := l.pods.List(labels.Everything())
	if err != nil {
		return Cluster{}, fmt.Errorf("while listing pods: %w", err)
	}
	namespaces, err := l.namespaces.List(labels.Everything())
	if err != nil {
		return Cluster{}, fmt.Errorf("while listing namespaces: %w", err)
	}
	policies, err := l.policies.List(labels.Everything())
	if err != nil {
		return Cluster{}, fmt.Errorf("while listing network policies: %w", err)
	}
	cluster := Cluster{Namespaces: map[string]map[string]string{}, Policies: policies}
	for _, namespace := range namespaces {
		cluster.Namespaces[namespace.Name] = namespace.Labels
	}
	owners := map[netip.Addr]*corev1.Pod{}
	for _, pod := range pods {
		address, ok := addressOf(pod, announced)
		if !ok {
			continue
		}
		if owner := owners[address]; owner == nil || owns(pod, owner, announced) {
			owners[address] = pod
		}
	}
	for address, pod := range owners {
		cluster.Pods = append(cluster.Pods, toPod(pod, address))
	}
	return cluster, nil
}

// owns decides between two pods with one address: the one that goes still shows the address that the new one has got.
func owns(pod, other *corev1.Pod, announced map[types.UID]netip.Addr) bool {
	_, isAnnounced := announced[pod.UID]
	_, otherIsAnnounced := announced[other.UID]
	if isAnnounced != otherIsAnnounced {
		return isAnnounced
	}
	return other.CreationTimestamp.Before(&pod.CreationTimestamp)
}

// addressOf leaves out pods that have ended: their address may be another pod's by now.
func addressOf(pod *corev1.Pod, announced map[types.UID]netip.Addr) (netip.Addr, bool) {
	if pod.Spec.HostNetwork || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return netip.Addr{}, false
	}
	if address, ok := announced[pod.UID]; ok {
		return address, true
	}
	address, err := netip.ParseAddr(pod.Status.PodIP)
	return address, err == nil && address.Is4()
}

func toPod(pod *corev1.Pod, address netip.Addr) Pod {
	result := Pod{Namespace: pod.Namespace, Name: pod.Name, Node: pod.Spec.NodeName, Address: address, Labels: pod.Labels}
	// Sidecars are init containers that keep running.
	for _, container := range append(append([]corev1.Container{}, pod.Spec.InitContainers...), pod.Spec.Containers...) {
		for _, port := range container.Ports {
			protocol := string(port.Protocol)
			if protocol == "" {
				protocol = string(corev1.ProtocolTCP)
			}
			result.Ports = append(result.Ports, Port{Name: port.Name, Protocol: protocol, Number: port.ContainerPort})
		}
	}
	return result
}
