// Fuzz runs every fuzz target of the module, those that read data from a network for longer.
// Failing inputs are saved beside the target, under testdata/fuzz, where go test runs them.
//
//	go -C .ci run ./soak/fuzz
//	go -C .ci run ./soak/fuzz --network 1h --only 'FuzzValidate$|FuzzSafe$'
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// network matches the targets that read what a sender or an endpoint may send: events, and
// what is shown of them.
var network = regexp.MustCompile(`^Fuzz(Validate|Safe|SafeJSON|JSON|Filter|Mask)$`)

type target struct{ pkg, name string }

func main() {
	log.SetFlags(0)
	each := flag.Duration("each", time.Minute, "time per target")
	long := flag.Duration("network", 5*time.Minute, "time per target that reads data from a network")
	only := flag.String("only", "", "run only the targets that match this `PATTERN`")
	workers := flag.Int("parallel", 2, "processors per target")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil {
		log.Fatal(err)
	}
	failed := 0
	for _, t := range targets() {
		if !pattern.MatchString(t.name) {
			continue
		}
		length := *each
		if network.MatchString(t.name) {
			length = *long
		}
		if !t.run(length, *workers) {
			failed++
		}
	}
	if failed > 0 {
		log.Fatalf("%d targets failed", failed)
	}
}

// targets returns all targets of the module.
func targets() []target {
	var all []target
	for pkg := range strings.FieldsSeq(output("go", "list", "./...")) {
		for name := range strings.FieldsSeq(output("go", "test", "-list", "^Fuzz", pkg)) {
			if strings.HasPrefix(name, "Fuzz") {
				all = append(all, target{pkg, name})
			}
		}
	}
	return all
}

// output returns what a command prints in the directory of the module.
func output(command ...string) string {
	c := exec.Command(command[0], command[1:]...)
	c.Dir, c.Stderr = "..", os.Stderr
	out, err := c.Output()
	if err != nil {
		log.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
	return string(out)
}

var executions = regexp.MustCompile(`execs: (\d+)`)

// run fuzzes, prints the result, and reports whether nothing was found.
func (t target) run(length time.Duration, workers int) bool {
	// Minimizing inputs takes longer than it helps.
	c := exec.Command("go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", length.String(),
		"-fuzzminimizetime", "0x", "-parallel", fmt.Sprint(workers), t.pkg)
	c.Dir = ".."
	out, err := c.CombinedOutput()
	count := "0"
	if all := executions.FindAllSubmatch(out, -1); len(all) > 0 {
		count = string(all[len(all)-1][1])
	}
	// Go sometimes reports the timeout as a failure.
	passed := err == nil || bytes.Contains(out, []byte("context deadline exceeded")) && !bytes.Contains(out, []byte("Failing input"))
	mark := "✓"
	if !passed {
		mark = "✗"
	}
	fmt.Printf("%s %-24s %8s  %12s executions\n", mark, t.name, length, count)
	if !passed {
		fmt.Printf("%s\n", out)
	}
	return passed
}
