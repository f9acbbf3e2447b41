// Growth measures how time and memory grow with the number of events, and speed with the number of
// connections, and prints the tables of .github/BENCHMARKS.md.
//
//	go -C .ci run ./bench/growth [-most 10000000] [-limit 2m] [-only events,connections] [-rows 'generate|listen']
package main

import (
	"flag"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

// bench is where the commands run.
type bench struct {
	program, dir string
	rounds       int
	limit        time.Duration // for the runs of one figure; one is made in any case
	length       time.Duration // of a run over many connections
	rows         *regexp.Regexp
}

func main() {
	most := flag.Int("most", 1_000_000, "largest number of events")
	connections := flag.Int("connections", 10_000, "largest number of connections")
	rounds := flag.Int("rounds", 3, "runs of each, as far as -limit allows")
	limit := flag.Duration("limit", time.Minute, "time for each figure; a run that would take longer is left out")
	length := flag.Duration("length", 4*time.Second, "time of a run over many connections")
	only := flag.String("only", "events,connections", "names of tables, separated by commas")
	rows := flag.String("rows", "", "of the table of events, measure only the rows that match this `PATTERN`")
	flag.Parse()
	pattern, err := regexp.Compile(*rows)
	measure.Must(err)
	measure.AllowFiles()
	measure.Need("wrk")
	program, dir, done := measure.Program("growth")
	defer done()
	b := &bench{program: program, dir: dir, rounds: *rounds, limit: *limit, length: *length, rows: pattern}
	for _, command := range [][]string{{"uname", "-srm"}, {program, "version"}} {
		out, err := exec.Command(command[0], command[1:]...).Output()
		measure.Must(err)
		first, _, _ := strings.Cut(string(out), "\n")
		fmt.Println(first)
	}
	tables := strings.Split(*only, ",")
	if slices.Contains(tables, "events") {
		b.events(steps(1000, *most))
	}
	if slices.Contains(tables, "connections") {
		b.connections(steps(10, *connections))
	}
}

// steps returns powers of ten.
func steps(from, to int) (all []int) {
	for n := from; n <= to; n *= 10 {
		all = append(all, n)
	}
	return all
}

func (b *bench) file(name string) string { return filepath.Join(b.dir, name) }

// median runs something until the rounds are made or the limit is reached, and returns the medians.
func (b *bench) median(run func() measure.Usage) measure.Usage {
	var times []time.Duration
	var memory []int64
	for start := time.Now(); len(times) == 0 || len(times) < b.rounds && time.Since(start) < b.limit/2; {
		u := run()
		times, memory = append(times, u.Wall), append(memory, u.Memory)
	}
	return measure.Usage{Wall: measure.Median(times), Memory: measure.Median(memory)}
}

// row prints a row of a table.
func row(cells ...string) { fmt.Println("| " + strings.Join(cells, " | ") + " |") }

// thousands writes a number as 1,000,000.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// figure writes a number with two or three significant digits.
func figure(x float64) string {
	switch {
	case x < 1:
		return fmt.Sprintf("%.2f", x)
	case x < 10:
		return fmt.Sprintf("%.1f", x)
	}
	unit := 1.0
	for x/unit >= 1000 {
		unit *= 10
	}
	return thousands(int(math.Round(x/unit) * unit))
}

func mebibytes(bytes int64) string { return figure(float64(bytes)/(1<<20)) + " MiB" }
