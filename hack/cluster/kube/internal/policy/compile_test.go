package policy

import (
	"net/netip"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var (
	web    = Pod{Namespace: "shop", Name: "web", Node: "node1", Address: addr("10.244.1.2"), Labels: map[string]string{"app": "web"}, Ports: []Port{{"http", "TCP", 8080}}}
	db     = Pod{Namespace: "shop", Name: "db", Node: "node2", Address: addr("10.244.2.2"), Labels: map[string]string{"app": "db"}, Ports: []Port{{"sql", "TCP", 5432}}}
	spare  = Pod{Namespace: "shop", Name: "spare", Node: "node2", Address: addr("10.244.2.3"), Labels: map[string]string{"app": "db"}, Ports: []Port{{"sql", "TCP", 5433}}}
	dns    = Pod{Namespace: "kube-system", Name: "dns", Node: "node1", Address: addr("10.244.1.3"), Labels: map[string]string{"k8s-app": "kube-dns"}}
	nodes1 = netip.MustParsePrefix("10.244.1.0/24")
)

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }

func cluster(policies ...*networkingv1.NetworkPolicy) Cluster {
	names := map[string]map[string]string{}
	for _, name := range []string{"shop", "kube-system"} {
		names[name] = map[string]string{"kubernetes.io/metadata.name": name}
	}
	return Cluster{Pods: []Pod{web, db, spare, dns}, Namespaces: names, Policies: policies}
}

func policy(app string, spec networkingv1.NetworkPolicySpec) *networkingv1.NetworkPolicy {
	if app != "" {
		spec.PodSelector = labelled("app", app)
	}
	return &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: app}, Spec: spec}
}

func labelled(key, value string) metav1.LabelSelector {
	return metav1.LabelSelector{MatchLabels: map[string]string{key: value}}
}

func ingress(rules ...networkingv1.NetworkPolicyIngressRule) networkingv1.NetworkPolicySpec {
	return networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}, Ingress: rules}
}

func egress(rules ...networkingv1.NetworkPolicyEgressRule) networkingv1.NetworkPolicySpec {
	return networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}, Egress: rules}
}

func port(protocol corev1.Protocol, value any, end ...int32) networkingv1.NetworkPolicyPort {
	result := networkingv1.NetworkPolicyPort{Protocol: &protocol}
	switch value := value.(type) {
	case int:
		number := intstr.FromInt(value)
		result.Port = &number
	case string:
		name := intstr.FromString(value)
		result.Port = &name
	}
	if len(end) > 0 {
		result.EndPort = &end[0]
	}
	return result
}

func pods(selector metav1.LabelSelector) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{PodSelector: &selector}
}

// rulesFor compiles for a pod's node and returns the rules of its only chain.
func rulesFor(t *testing.T, pod Pod, policies ...*networkingv1.NetworkPolicy) []string {
	t.Helper()
	result, err := Compile(cluster(policies...), pod.Node, nodes1)
	if err != nil {
		t.Fatal(err)
	}
	for _, isolation := range append(result.Ingress, result.Egress...) {
		if isolation.Pod != pod.Address {
			continue
		}
		for _, chain := range result.Chains {
			if chain.Name == isolation.Chain {
				return chain.Rules
			}
		}
	}
	t.Fatalf("%s is not isolated", pod.Name)
	return nil
}

func TestRules(t *testing.T) {
	type from = networkingv1.NetworkPolicyIngressRule
	type to = networkingv1.NetworkPolicyEgressRule
	peers := func(all ...networkingv1.NetworkPolicyPeer) []networkingv1.NetworkPolicyPeer { return all }
	ports := func(all ...networkingv1.NetworkPolicyPort) []networkingv1.NetworkPolicyPort { return all }
	everywhere := metav1.LabelSelector{}
	system, kubeDNS := labelled("kubernetes.io/metadata.name", "kube-system"), labelled("k8s-app", "kube-dns")
	block := &networkingv1.IPBlock{CIDR: "10.250.0.0/24", Except: []string{"10.250.0.11/32", "10.250.0.12/32"}}

	for name, test := range map[string]struct {
		pod  Pod
		spec networkingv1.NetworkPolicySpec
		want []string
	}{
		"nothing is allowed":                   {web, ingress(), nil},
		"a rule without peers allows all":      {web, ingress(from{}), []string{"return"}},
		"pods of the same namespace":           {web, ingress(from{From: peers(pods(labelled("app", "db")))}), []string{"ip saddr { 10.244.2.2, 10.244.2.3 } return"}},
		"a selector that no pod has":           {web, ingress(from{From: peers(pods(labelled("app", "none")))}), nil},
		"all pods of all namespaces":           {db, ingress(from{From: peers(networkingv1.NetworkPolicyPeer{NamespaceSelector: &everywhere})}), []string{"ip saddr { 10.244.1.2, 10.244.1.3, 10.244.2.2, 10.244.2.3 } return"}},
		"pods of a namespace":                  {web, egress(to{To: peers(networkingv1.NetworkPolicyPeer{NamespaceSelector: &system, PodSelector: &kubeDNS}), Ports: ports(port("UDP", 53), port("TCP", 53))}), []string{"ip daddr { 10.244.1.3 } tcp dport 53 return", "ip daddr { 10.244.1.3 } udp dport 53 return"}},
		"a block with holes":                   {web, ingress(from{From: peers(networkingv1.NetworkPolicyPeer{IPBlock: block})}), []string{"ip saddr 10.250.0.0/24 ip saddr != 10.250.0.11/32 ip saddr != 10.250.0.12/32 return"}},
		"a block of addresses that no pod has": {web, ingress(from{From: peers(networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: "fd00::/8"}})}), nil},
		"a range of ports":                     {web, ingress(from{Ports: ports(port("TCP", 8000, 9000))}), []string{"tcp dport 8000-9000 return"}},
		"any port of a protocol":               {web, ingress(from{Ports: ports(port("SCTP", nil))}), []string{"meta l4proto sctp return"}},
		"a named port of the isolated pod":     {web, ingress(from{Ports: ports(port("TCP", "http"))}), []string{"tcp dport 8080 return"}},
		"a named port of another protocol":     {web, ingress(from{Ports: ports(port("UDP", "http"))}), nil},
		"a named port of each peer":            {web, egress(to{To: peers(pods(labelled("app", "db"))), Ports: ports(port("TCP", "sql"))}), []string{"ip daddr { 10.244.2.2 } tcp dport 5432 return", "ip daddr { 10.244.2.3 } tcp dport 5433 return"}},
		"a named port of whoever has it":       {web, egress(to{Ports: ports(port("TCP", "sql"))}), []string{"ip daddr { 10.244.2.2 } tcp dport 5432 return", "ip daddr { 10.244.2.3 } tcp dport 5433 return"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := rulesFor(t, test.pod, policy(test.pod.Labels["app"], test.spec))
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestPoliciesAddUp(t *testing.T) {
	one := policy("web", ingress(networkingv1.NetworkPolicyIngressRule{Ports: []networkingv1.NetworkPolicyPort{port("TCP", 80)}}))
	other := policy("", ingress(networkingv1.NetworkPolicyIngressRule{Ports: []networkingv1.NetworkPolicyPort{port("TCP", 443)}}))
	got := rulesFor(t, web, one, other)
	if want := []string{"tcp dport 443 return", "tcp dport 80 return"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestIsolatesOnlyWhatIsSelected(t *testing.T) {
	result, err := Compile(cluster(policy("", ingress())), "node1", nodes1)
	if err != nil {
		t.Fatal(err)
	}
	if want := []netip.Addr{web.Address, dns.Address}; !slices.Equal(result.Known, want) {
		t.Errorf("known are %v, want %v", result.Known, want)
	}
	// The policy is of the namespace shop and of one direction; db is on the other node.
	if len(result.Ingress) != 1 || result.Ingress[0].Pod != web.Address || len(result.Egress) != 0 {
		t.Errorf("isolated are %v and %v, want ingress of web alone", result.Ingress, result.Egress)
	}
}
