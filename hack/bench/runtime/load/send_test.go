package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

func TestLatencyCountsFromWhenARequestWasDue(t *testing.T) {
	began := time.Now()
	tally := newTally()
	// Due at once, sent 30 ms later, answered 10 ms after that.
	tally.add(&vegeta.Result{
		Method:    http.MethodPut,
		Code:      200,
		Timestamp: began.Add(30 * time.Millisecond),
		Latency:   10 * time.Millisecond,
	}, began, true)
	outcome := tally.outcome(began, 0)
	if got := outcome.Operations["update"]; got.Most != 40 || outcome.Late != 1 {
		t.Errorf("got %+v, %d late; want 40 ms, 1 late", got, outcome.Late)
	}
}

func TestPercentilesAreValuesThatWereMeasured(t *testing.T) {
	var latencies []time.Duration
	for i := 200; i >= 1; i-- {
		latencies = append(latencies, time.Duration(i)*time.Millisecond)
	}
	got := summarize(latencies)
	want := Latencies{Requests: 200, Least: 1, P50: 100, P99: 198, Most: 200}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAStallCountsForAllThatItHeldUp(t *testing.T) {
	stalled := time.Now().Add(150 * time.Millisecond)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(time.Until(stalled))
		fmt.Fprint(w, `{"source":"cache"}`)
	}))
	defer server.Close()
	plan := Plan{URL: server.URL, Tokens: []string{"t"}, Seconds: 0.3, Rate: 100, Connections: 1, Pattern: []string{"read-hot"}, Hot: Range{From: 1, To: 10}}
	targeter, err := newTargeter(plan)
	if err != nil {
		t.Fatal(err)
	}
	outcome := send(plan, targeter)
	got := outcome.Operations["cachedRead"]
	if outcome.Requests < 28 || outcome.Errors != 0 || got.Requests != outcome.Requests {
		t.Errorf("got %+v; want about 30 reads of the cache", outcome)
	}
	// Half of the requests were due within the stall, at even times: the median is near its end, the longest all of it.
	if got.Most < 100 {
		t.Errorf("the longest took %v ms; want the length of the stall", got.Most)
	}
}

func TestErrorsAreCountedAndTold(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	plan := Plan{URL: server.URL, Tokens: []string{"t"}, Seconds: 0.1, Connections: 2, Pattern: []string{"delete"}, Spare: Range{From: 5, To: 7}}
	targeter, err := newTargeter(plan)
	if err != nil {
		t.Fatal(err)
	}
	outcome := send(plan, targeter)
	if outcome.Requests != 3 || outcome.Errors != 3 || outcome.ErrorTexts["DELETE 404 404 Not Found"] != 3 {
		t.Errorf("got %+v; want three deletions that failed, and no more", outcome)
	}
}
