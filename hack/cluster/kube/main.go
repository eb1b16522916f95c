// The whole control plane and node of the local cluster in one program. The first argument, or the name that the
// program is called by, says which part runs.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

func main() {
	name, args := filepath.Base(os.Args[0]), os.Args
	if _, known := parts[name]; !known && len(os.Args) > 1 {
		name, args = os.Args[1], os.Args[1:]
	}
	part, known := parts[name]
	if !known {
		names := make([]string, 0, len(parts))
		for name := range parts {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "%q is no part of this program: give one of %s\n", name, strings.Join(names, ", "))
		os.Exit(2)
	}
	// Every part reads its own flags from os.Args, as it does when it is a program of its own.
	os.Args = args
	os.Exit(part())
}
