package policy

import (
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
)

func TestText(t *testing.T) {
	rules := Ruleset{
		PodRange: nodes1,
		Known:    []netip.Addr{web.Address, dns.Address},
		Ingress:  []Isolation{{web.Address, "ingress-1"}},
		Chains:   []Chain{{"ingress-1", []string{"tcp dport 80 return"}}},
	}
	want := `table ip network-policy
delete table ip network-policy
table ip network-policy {
  chain ingress-1 {
    tcp dport 80 return
    counter drop
  }
  set known {
    type ipv4_addr
    elements = { 10.244.1.2, 10.244.1.3 }
  }
  map ingress {
    type ipv4_addr : verdict
    elements = { 10.244.1.2 : jump ingress-1 }
  }
  map egress {
    type ipv4_addr : verdict
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
    ip saddr 10.244.1.0/24 ip saddr != @known counter drop
    ip daddr 10.244.1.0/24 ip daddr != @known counter drop
    ip saddr 10.244.1.2 ip daddr 10.244.1.2 accept
    ip saddr vmap @egress
    ip daddr vmap @ingress
  }
  chain input {
    type filter hook input priority filter; policy accept;
    ct state established,related accept
    ip saddr vmap @egress
  }
}
`
	if got := rules.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The kernel has the last word on whether the rules are rules.
func TestKernelAcceptsText(t *testing.T) {
	if _, err := exec.LookPath("nft"); err != nil || os.Getuid() != 0 {
		t.Skip("needs nft and root")
	}
	block := networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: "0.0.0.0/0", Except: []string{"10.0.0.0/8"}}}
	databases := labelled("app", "db")
	everyone := networkingv1.NetworkPolicyPeer{PodSelector: &databases}
	ports := []networkingv1.NetworkPolicyPort{port("TCP", 80, 90), port("UDP", 53), port("SCTP", nil), port("TCP", "sql")}
	spec := egress(networkingv1.NetworkPolicyEgressRule{To: []networkingv1.NetworkPolicyPeer{block, everyone}, Ports: ports})
	rules, err := Compile(cluster(policy("web", spec), policy("", ingress())), "node1", nodes1)
	if err != nil {
		t.Fatal(err)
	}
	check := exec.Command("nft", "--check", "--file", "-")
	check.Stdin = strings.NewReader(rules.Text())
	if output, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v: %s\n%s", err, output, rules.Text())
	}
}
