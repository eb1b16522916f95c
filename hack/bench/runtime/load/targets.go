package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

const profiles = "/api/v1/profiles"

// bio is as long as those of the profiles that are there from the start.
const bio = "Writes programs for engines that are not built yet, and notes on those that are. Reads whatever there is to read about it."

// step makes a request of its kind; i counts those of the kind.
type step func(i int, target *vegeta.Target) error

func (p Plan) steps() map[string]step {
	return map[string]step{
		"read-hot":    func(i int, t *vegeta.Target) error { return p.read(t, p.Hot.at(i)) },
		"read-cold":   func(i int, t *vegeta.Target) error { return p.read(t, p.Cold.at(i)) },
		"update-hot":  func(i int, t *vegeta.Target) error { return p.update(t, p.Hot.at(i)) },
		"update-cold": func(i int, t *vegeta.Target) error { return p.update(t, p.Cold.at(i)) },
		"create":      p.create,
		"delete":      p.delete,
		"list": func(_ int, t *vegeta.Target) error {
			t.Method, t.URL = http.MethodGet, p.URL+profiles+"?limit=20"
			return nil
		},
		"task": p.task,
	}
}

func (p Plan) read(target *vegeta.Target, number int) error {
	target.Method, target.URL = http.MethodGet, p.addressOf(number)
	return nil
}

func (p Plan) update(target *vegeta.Target, number int) error {
	target.Method, target.URL = http.MethodPut, p.addressOf(number)
	return body(target, map[string]any{
		"name":  fmt.Sprintf("Person %d", number),
		"email": fmt.Sprintf("person.%d@example.com", number),
		"bio":   bio,
	})
}

func (p Plan) create(i int, target *vegeta.Target) error {
	target.Method, target.URL = http.MethodPost, p.URL+profiles
	return body(target, map[string]any{
		"name":  fmt.Sprintf("Person %s %d", p.Label, i),
		"email": fmt.Sprintf("person.%s.%d@example.org", p.Label, i),
		"bio":   bio,
	})
}

// delete has no targets any more when all that were there for it are gone, which ends the attack.
func (p Plan) delete(i int, target *vegeta.Target) error {
	number := p.Spare.From + i
	if number > p.Spare.To {
		return vegeta.ErrNoTargets
	}
	target.Method, target.URL = http.MethodDelete, p.addressOf(number)
	return nil
}

// task is due between 0.5 and 2.5 seconds later, at all moments alike.
func (p Plan) task(i int, target *vegeta.Target) error {
	target.Method, target.URL = http.MethodPost, p.URL+"/api/v1/tasks/delayed"
	delay := 0.5 + float64(i*617%2000)/1000
	return body(target, map[string]any{"type": "echo", "payload": map[string]any{"index": i}, "delaySeconds": delay})
}

// addressOf is that of a profile that is there from the start; data.ts has the same ids.
func (p Plan) addressOf(number int) string {
	return fmt.Sprintf("%s%s/00000000-0000-4000-8000-%012x", p.URL, profiles, number)
}

func body(target *vegeta.Target, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("while writing a body: %w", err)
	}
	target.Body = text
	target.Header.Set("Content-Type", "application/json")
	return nil
}

// newTargeter goes round the plan's pattern. It is called by all workers at once.
func newTargeter(plan Plan) (vegeta.Targeter, error) {
	known := plan.steps()
	counters := make(map[string]*atomic.Int64, len(known))
	pattern := make([]step, 0, len(plan.Pattern))
	for _, name := range plan.Pattern {
		next, found := known[name]
		if !found {
			return nil, fmt.Errorf("the plan has an unknown operation: %q", name)
		}
		counter := counters[name]
		if counter == nil {
			counter = new(atomic.Int64)
			counters[name] = counter
		}
		pattern = append(pattern, func(_ int, target *vegeta.Target) error {
			return next(int(counter.Add(1))-1, target)
		})
	}
	if len(pattern) == 0 || len(plan.Tokens) == 0 {
		return nil, fmt.Errorf("the plan needs a pattern and tokens")
	}
	authorization := make([]string, len(plan.Tokens))
	for i, token := range plan.Tokens {
		authorization[i] = "Bearer " + token
	}
	var sent atomic.Int64
	return func(target *vegeta.Target) error {
		i := int(sent.Add(1)) - 1
		target.Header = http.Header{"Authorization": {authorization[i%len(authorization)]}}
		return pattern[i%len(pattern)](i, target)
	}, nil
}

// steady sends each request at its time, however long those before take. No rate sends as soon as somebody can.
type steady struct {
	interval time.Duration
}

func (s steady) due(hit uint64) time.Duration {
	return time.Duration(hit) * s.interval
}

// Pace implements vegeta.Pacer.
func (s steady) Pace(elapsed time.Duration, hits uint64) (time.Duration, bool) {
	return s.due(hits) - elapsed, false
}

// Rate implements vegeta.Pacer.
func (s steady) Rate(time.Duration) float64 {
	if s.interval == 0 {
		return 0
	}
	return float64(time.Second) / float64(s.interval)
}
