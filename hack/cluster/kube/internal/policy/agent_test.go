package policy

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	corelisters "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
)

func pod(name, address string, created time.Time) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name), CreationTimestamp: metav1.NewTime(created)},
		Spec:       corev1.PodSpec{NodeName: "node1"},
		Status:     corev1.PodStatus{PodIP: address, Phase: corev1.PodRunning},
	}
}

func indexer(objects ...any) cache.Indexer {
	index := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	for _, object := range objects {
		if err := index.Add(object); err != nil {
			panic(err)
		}
	}
	return index
}

func listersOf(pods ...any) listers {
	return listers{
		corelisters.NewPodLister(indexer(pods...)),
		corelisters.NewNamespaceLister(indexer()),
		networkinglisters.NewNetworkPolicyLister(indexer()),
	}
}

// start runs an agent whose rules go to the channel returned.
func start(t *testing.T, from listers, load func(string) error) (*agent, chan string) {
	t.Helper()
	loaded := make(chan string, 16)
	a := newAgent("node1", nodes1, from, func(_ context.Context, text string) error {
		if err := load(text); err != nil {
			return err
		}
		loaded <- text
		return nil
	})
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go a.run(ctx)
	return a, loaded
}

func accept(string) error { return nil }

func TestAnnounceReturnsOnceThePodIsInTheRules(t *testing.T) {
	a, loaded := start(t, listersOf(pod("web", "", time.Now())), accept)
	if err := a.announce(t.Context(), "web", "sandbox", addr("10.244.1.7")); err != nil {
		t.Fatal(err)
	}
	if text := <-loaded; !strings.Contains(text, "10.244.1.7") {
		t.Errorf("the pod is missing in\n%s", text)
	}
}

func TestAnnounceFailsWhileRulesCannotBeLoaded(t *testing.T) {
	a, _ := start(t, listersOf(pod("web", "", time.Now())), func(string) error { return errors.New("no nft") })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := a.announce(ctx, "web", "sandbox", addr("10.244.1.7")); err == nil {
		t.Error("a pod whose policies are not in force was let in")
	}
}

func TestAnnounceWaitsForAPodThatTheAPIServerHasNotShownYet(t *testing.T) {
	a, _ := start(t, listersOf(), accept)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := a.announce(ctx, "web", "sandbox", addr("10.244.1.7")); err == nil {
		t.Error("a pod of unknown labels was let in")
	}
}

func TestForgetKeepsANewerSandbox(t *testing.T) {
	a, _ := start(t, listersOf(pod("web", "", time.Now())), accept)
	for _, sandbox := range []string{"old", "new"} {
		if err := a.announce(t.Context(), "web", sandbox, addr("10.244.1.7")); err != nil {
			t.Fatal(err)
		}
	}
	a.forget("web", "old")
	if a.announced["web"].id != "new" {
		t.Error("the end of the old sandbox took the new one along")
	}
	a.forget("web", "new")
	if _, known := a.announced["web"]; known {
		t.Error("a sandbox that ended is still known")
	}
}

func TestSnapshotGivesAnAddressToItsNewestOwner(t *testing.T) {
	now := time.Now()
	gone := pod("gone", "10.244.1.9", now)
	gone.Status.Phase = corev1.PodSucceeded
	host := pod("host", "10.250.0.11", now)
	host.Spec.HostNetwork = true
	from := listersOf(pod("old", "10.244.1.7", now.Add(-time.Hour)), pod("new", "10.244.1.7", now), gone, host)

	for name, announced := range map[string]map[types.UID]string{"new": nil, "old": {"old": "10.244.1.7"}} {
		addresses := announcedAddresses(announced)
		snapshot, err := from.snapshot(addresses)
		if err != nil {
			t.Fatal(err)
		}
		if len(snapshot.Pods) != 1 || snapshot.Pods[0].Name != name {
			t.Errorf("got %v, want %s alone", snapshot.Pods, name)
		}
	}
}

func TestHandleRefusesWhatIsNoPodOfTheNode(t *testing.T) {
	a := newAgent("node1", nodes1, listersOf(), nil)
	for _, body := range []string{"", "{}", `{"uid":"u"}`, `{"uid":"u","sandbox":"s","address":"10.244.2.1"}`, `{"uid":"u","sandbox":"s","address":"x"}`} {
		response := httptest.NewRecorder()
		a.handle(response, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
		if response.Code != http.StatusBadRequest {
			t.Errorf("%q is answered with %d", body, response.Code)
		}
	}
}

func announcedAddresses(texts map[types.UID]string) map[types.UID]netip.Addr {
	result := map[types.UID]netip.Addr{}
	for uid, text := range texts {
		result[uid] = addr(text)
	}
	return result
}
