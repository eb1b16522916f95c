package main

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

const (
	timeout = 10 * time.Second
	// Behind this, a request that was sent later than planned says that the generator could not keep up.
	punctual = 5 * time.Millisecond
	// Kinds of errors that are told.
	toldErrors = 5
	// With a rate, more requests than this under way are too many for any service here.
	mostUnderWay = 2_000
)

// Outcome is what became of a plan.
type Outcome struct {
	// From the first request to the last answer.
	Seconds  float64 `json:"seconds"`
	Requests int     `json:"requests"`
	// Requests without an answer, and answers that do not tell of success.
	Errors     int            `json:"errors"`
	ErrorTexts map[string]int `json:"errorTexts"`
	// CPU time of the generator.
	CPUSeconds float64 `json:"cpuSeconds"`
	// Requests that were sent more than 5 ms after they were due.
	Late int `json:"late"`
	// By what was done, as the answer has it: a read that a cache had is another thing than one that it had not.
	Operations map[string]Latencies `json:"operations"`
}

// Latencies in milliseconds, of answers that tell of success; with a rate, from when a request was due.
type Latencies struct {
	Requests int     `json:"requests"`
	Least    float64 `json:"least"`
	P50      float64 `json:"p50"`
	P99      float64 `json:"p99"`
	Most     float64 `json:"most"`
}

func send(plan Plan, targeter vegeta.Targeter) Outcome {
	options := []func(*vegeta.Attacker){
		vegeta.KeepAlive(true),
		vegeta.HTTP2(false),
		vegeta.Timeout(timeout),
		vegeta.Connections(mostUnderWay),
	}
	var pacer steady
	if plan.Rate > 0 {
		pacer.interval = time.Duration(float64(time.Second) / plan.Rate)
		options = append(options, vegeta.Workers(uint64(plan.Connections)), vegeta.MaxWorkers(mostUnderWay))
	} else {
		options = append(options, vegeta.Workers(uint64(plan.Connections)), vegeta.MaxWorkers(uint64(plan.Connections)))
	}
	duration := time.Duration(plan.Seconds * float64(time.Second))
	tally := newTally()
	before := cpuSeconds()
	began := time.Now()
	for result := range vegeta.NewAttacker(options...).Attack(targeter, pacer, duration, "") {
		tally.add(result, began.Add(pacer.due(result.Seq)), plan.Rate > 0)
	}
	return tally.outcome(began, cpuSeconds()-before)
}

type tally struct {
	last       time.Time
	requests   int
	errors     int
	errorTexts map[string]int
	late       int
	latencies  map[string][]time.Duration
}

func newTally() *tally {
	return &tally{errorTexts: map[string]int{}, latencies: map[string][]time.Duration{}}
}

func (t *tally) add(result *vegeta.Result, due time.Time, atRate bool) {
	if result.Error == vegeta.ErrNoTargets.Error() {
		return
	}
	t.requests++
	began := result.Timestamp
	ended := began.Add(result.Latency)
	if ended.After(t.last) {
		t.last = ended
	}
	if atRate {
		if began.Sub(due) > punctual {
			t.late++
		}
		began = due
	}
	if result.Code < 200 || result.Code >= 300 {
		t.fail(result)
		return
	}
	operation := operationOf(result)
	t.latencies[operation] = append(t.latencies[operation], ended.Sub(began))
}

func (t *tally) fail(result *vegeta.Result) {
	t.errors++
	text := fmt.Sprintf("%s %d %s", result.Method, result.Code, result.Error)
	if _, known := t.errorTexts[text]; known || len(t.errorTexts) < toldErrors {
		t.errorTexts[text]++
	}
}

func operationOf(result *vegeta.Result) string {
	switch result.Method {
	case http.MethodPost:
		if strings.Contains(result.URL, "/tasks/") {
			return "task"
		}
		return "create"
	case http.MethodPut:
		return "update"
	case http.MethodDelete:
		return "delete"
	}
	if strings.Contains(result.URL, "?") {
		return "list"
	}
	if bytes.Contains(result.Body, []byte(`"source":"cache"`)) {
		return "cachedRead"
	}
	return "uncachedRead"
}

func (t *tally) outcome(began time.Time, cpu float64) Outcome {
	outcome := Outcome{
		Seconds:    t.last.Sub(began).Seconds(),
		Requests:   t.requests,
		Errors:     t.errors,
		ErrorTexts: t.errorTexts,
		CPUSeconds: cpu,
		Late:       t.late,
		Operations: map[string]Latencies{},
	}
	for operation, latencies := range t.latencies {
		outcome.Operations[operation] = summarize(latencies)
	}
	return outcome
}

func summarize(latencies []time.Duration) Latencies {
	slices.Sort(latencies)
	at := func(share float64) float64 { return milliseconds(latencies[rank(share, len(latencies))]) }
	return Latencies{
		Requests: len(latencies),
		Least:    milliseconds(latencies[0]),
		P50:      at(0.5),
		P99:      at(0.99),
		Most:     milliseconds(latencies[len(latencies)-1]),
	}
}

// rank is the index of the smallest of n sorted values that the share of all values does not exceed.
func rank(share float64, n int) int {
	return max(int(math.Ceil(share*float64(n)))-1, 0)
}

func milliseconds(duration time.Duration) float64 {
	return float64(duration.Microseconds()) / 1000
}

// cpuSeconds is what this process has used, in user and kernel.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / float64(time.Second)
}
