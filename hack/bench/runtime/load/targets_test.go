package main

import (
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

func TestPatternIsGoneRoundWithATokenEach(t *testing.T) {
	plan := Plan{
		URL:     "http://host",
		Tokens:  []string{"a", "b"},
		Pattern: []string{"read-hot", "delete", "read-hot"},
		Hot:     Range{From: 1, To: 2},
		Spare:   Range{From: 255, To: 255},
	}
	targeter, err := newTargeter(plan)
	if err != nil {
		t.Fatal(err)
	}
	id := "http://host/api/v1/profiles/00000000-0000-4000-8000-0000000000"
	want := []struct{ method, url, authorization string }{
		{"GET", id + "01", "Bearer a"},
		{"DELETE", id + "ff", "Bearer b"},
		{"GET", id + "02", "Bearer a"},
		{"GET", id + "01", "Bearer b"},
	}
	for i, one := range want {
		var target vegeta.Target
		if err := targeter(&target); err != nil {
			t.Fatal(err)
		}
		if target.Method != one.method || target.URL != one.url || target.Header.Get("Authorization") != one.authorization {
			t.Errorf("request %d: got %s %s with %s, want %+v", i, target.Method, target.URL, target.Header, one)
		}
	}
	var target vegeta.Target
	if err := targeter(&target); err != vegeta.ErrNoTargets {
		t.Errorf("got %v when nothing is left to delete, want %v", err, vegeta.ErrNoTargets)
	}
}

func TestUnknownOperationsAreRefused(t *testing.T) {
	if _, err := newTargeter(Plan{Tokens: []string{"a"}, Pattern: []string{"reads"}}); err == nil {
		t.Error("want an error")
	}
}

func TestEachRequestIsDueAtItsTime(t *testing.T) {
	pacer := steady{interval: 10 * time.Millisecond}
	if wait, stop := pacer.Pace(25*time.Millisecond, 3); wait != 5*time.Millisecond || stop {
		t.Errorf("got %v, %v; want to wait 5 ms", wait, stop)
	}
	if wait, _ := pacer.Pace(45*time.Millisecond, 3); wait > 0 {
		t.Errorf("got %v; want no wait for what is late", wait)
	}
}
