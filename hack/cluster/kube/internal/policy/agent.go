package policy

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
)

// A change is mostly one of several, a Deployment's pods say: they are compiled together.
const settle = 20 * time.Millisecond

// retry is the pause after rules could not be loaded.
const retry = time.Second

// sandbox is one life of a pod's network: a pod whose sandbox ends gets another.
type sandbox struct {
	id      string
	address netip.Addr
}

// agent keeps the rules of its node equal to what the cluster's policies demand.
type agent struct {
	node     string
	podRange netip.Prefix
	listers  listers
	load     func(ctx context.Context, text string) error

	changed chan struct{} // holds at most one: a change that is waiting stands for all that follow

	mutex     sync.Mutex
	announced map[types.UID]sandbox
	enforced  map[netip.Addr]bool // pods of this node in the rules that are loaded
	progress  chan struct{}       // closed, and replaced, each time rules were loaded
}

func newAgent(node string, podRange netip.Prefix, from listers, load func(context.Context, string) error) *agent {
	return &agent{
		node: node, podRange: podRange, listers: from, load: load,
		changed:   make(chan struct{}, 1),
		announced: map[types.UID]sandbox{},
		progress:  make(chan struct{}),
	}
}

// touch asks for the rules to be computed again.
func (a *agent) touch() {
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

// run computes and loads rules until the context ends.
func (a *agent) run(ctx context.Context) {
	var loaded string
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.changed:
		}
		pause := settle
		text, err := a.sync(ctx, loaded)
		if err != nil {
			klog.ErrorS(err, "The rules stay as they were")
			a.touch()
			pause = retry
		} else {
			loaded = text
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func (a *agent) sync(ctx context.Context, loaded string) (string, error) {
	a.mutex.Lock()
	announced := make(map[types.UID]netip.Addr, len(a.announced))
	for uid, sandbox := range a.announced {
		announced[uid] = sandbox.address
	}
	a.mutex.Unlock()

	cluster, err := a.listers.snapshot(announced)
	if err != nil {
		return "", err
	}
	rules, err := Compile(cluster, a.node, a.podRange)
	if err != nil {
		return "", err
	}
	text := rules.Text()
	if text != loaded {
		if err := a.load(ctx, text); err != nil {
			return "", err
		}
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.enforced = map[netip.Addr]bool{}
	for _, address := range rules.Known {
		a.enforced[address] = true
	}
	close(a.progress)
	a.progress = make(chan struct{})
	return text, nil
}

// announce tells of a new pod of this node and returns once its policies are in force.
func (a *agent) announce(ctx context.Context, uid types.UID, id string, address netip.Addr) error {
	a.mutex.Lock()
	a.announced[uid] = sandbox{id, address}
	// Rules that were loaded for an earlier pod with this address say nothing about the new one.
	delete(a.enforced, address)
	a.mutex.Unlock()
	a.touch()
	for {
		a.mutex.Lock()
		done, next := a.enforced[address], a.progress
		a.mutex.Unlock()
		if done {
			return nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return errors.New("the policies of the pod are not in force yet")
		}
	}
}

// forget drops what was announced of a pod whose sandbox has gone. Without an id any sandbox of the pod is meant.
func (a *agent) forget(uid types.UID, id string) {
	a.mutex.Lock()
	if known := a.announced[uid]; id == "" || known.id == id {
		delete(a.announced, uid)
	}
	a.mutex.Unlock()
	a.touch()
}
