// The load generator of the services' benchmark. It reads a plan as JSON from standard input, sends what the plan says,
// and writes what became of it as JSON to standard output.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
)

func main() {
	// One processor is what it may take: more would be missing to what is measured.
	runtime.GOMAXPROCS(1)
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var plan Plan
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&plan); err != nil {
		return fmt.Errorf("while reading the plan: %w", err)
	}
	targeter, err := newTargeter(plan)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(send(plan, targeter))
}
