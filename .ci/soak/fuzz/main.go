// Fuzz runs every fuzz target of the module, which it finds by name; those that read what comes from a
// network or a capture for longer, which is all but those of some packages. Failing inputs are saved beside the target, under testdata/fuzz, where go test runs them.
//
//	go -C .ci run ./soak/fuzz
//	go -C .ci run ./soak/fuzz --network 30m --only 'apizee.FuzzValidate$|console'
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strings"
	"time"
)

// written matches the packages that read what their user writes: flags, configuration, scenarios. What a
// package reads that is not named here may come from anybody.
var written = regexp.MustCompile(`/pkg/(config|yamlfile|scenario/.*|load|generate)$`)

type target struct{ pkg, name string }

// String returns a name such as shape.FuzzRead: several packages have one of that name.
func (t target) String() string { return path.Base(t.pkg) + "." + t.name }

func main() {
	log.SetFlags(0)
	each := flag.Duration("each", time.Minute, "time per target")
	long := flag.Duration("network", 5*time.Minute, "time per target that reads what comes from a network or a capture")
	only := flag.String("only", "", "run only the targets that match this `PATTERN`")
	workers := flag.Int("parallel", 2, "processors per target")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil {
		log.Fatal(err)
	}
	failed := 0
	for _, t := range targets() {
		if !pattern.MatchString(t.String()) {
			continue
		}
		length := *each
		if !written.MatchString(t.pkg) {
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
	passed = passed && count != "0"
	mark := "✓"
	if !passed {
		mark = "✗"
	}
	used := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	fmt.Printf("%s %-32s %8s of CPU  %12s executions\n", mark, t, used.Round(time.Second), count)
	if !passed {
		fmt.Printf("%s\n", out)
	}
	return passed
}
