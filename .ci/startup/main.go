// Startup fails when what every command pays has grown: the initialization of packages, the page
// faults of a `send`, and the size of the program. It compares with figures.json beside it; -update
// writes that file.
//
//	go -C .ci run ./startup [-update]
//
// Times are minima of 20 runs. On another machine they are scaled by what the standard library's
// packages take there, which this project does not change.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"math"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

const (
	file = "startup/figures.json"
	runs = 20

	slack      = 0.1  // milliseconds that all packages together may take longer
	maxNew     = 0.05 // milliseconds that a package may take that is not in the file
	listed     = 0.005
	percentage = 3 // by which page faults and size may grow
)

// figures are what is kept in the file.
type figures struct {
	Init       float64            `json:"initMilliseconds"`
	PageFaults int64              `json:"sendPageFaults"`
	Size       int64              `json:"programBytes"`
	Packages   map[string]float64 `json:"packageMilliseconds"` // from 0.005 up
}

func main() {
	update := flag.Bool("update", false, "write the figures")
	flag.Parse()
	now := measured()
	if *update {
		text, err := json.MarshalIndent(now, "", "  ")
		measure.Must(err)
		measure.Must(os.WriteFile(file, append(text, '\n'), 0o644))
		return
	}
	text, err := os.ReadFile(file)
	measure.Must(err)
	var kept figures
	measure.Must(json.Unmarshal(text, &kept))
	fmt.Printf("initialization %.2f ms, kept %.2f ms; %d page faults, kept %d; %d bytes, kept %d\n",
		now.Init, kept.Init, now.PageFaults, kept.PageFaults, now.Size, kept.Size)
	if grown := kept.compare(now); len(grown) > 0 {
		log.Fatalf("start-up has grown:\n  %s\nFind out why; if it must be, run: go -C .ci run ./startup -update", strings.Join(grown, "\n  "))
	}
}

// compare returns what has grown.
func (kept figures) compare(now figures) (grown []string) {
	factor := max(1, standard(now.Packages, kept.Packages)/standard(kept.Packages, now.Packages))
	if limit := factor*kept.Init + slack; now.Init > limit {
		grown = append(grown, fmt.Sprintf("initialization takes %.2f ms; the limit is %.2f ms", now.Init, limit))
		for _, name := range slices.Sorted(maps.Keys(now.Packages)) {
			if more := now.Packages[name] - factor*kept.Packages[name]; more > listed {
				grown = append(grown, fmt.Sprintf("  %s: %.3f ms more", name, more))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now.Packages)) {
		if _, known := kept.Packages[name]; !known && now.Packages[name] > factor*maxNew {
			grown = append(grown, fmt.Sprintf("%s is new and takes %.3f ms; the limit is %.3f ms", name, now.Packages[name], factor*maxNew))
		}
	}
	for _, size := range []struct {
		what      string
		now, kept int64
	}{
		{"page faults of send", now.PageFaults, kept.PageFaults},
		{"bytes of the program", now.Size, kept.Size},
	} {
		if limit := size.kept + size.kept*percentage/100; size.now > limit {
			grown = append(grown, fmt.Sprintf("%d %s; the limit is %d", size.now, size.what, limit))
		}
	}
	return grown
}

// standard is the time of the standard library's packages that are in both lists.
func standard(times, others map[string]float64) (sum float64) {
	for name, time := range times {
		if _, both := others[name]; both && !strings.Contains(name, ".") {
			sum += time
		}
	}
	return sum
}

// measured returns the figures of the program as it is.
func measured() figures {
	program, dir, done := measure.Program("startup")
	defer done()
	endpoint := measure.Endpoint()
	defer endpoint.Close()
	info, err := os.Stat(program)
	measure.Must(err)
	now := figures{Size: info.Size(), Packages: map[string]float64{}}
	all := map[string]float64{}
	for range runs {
		now.send(program, dir, endpoint.URL, all)
	}
	for name, time := range all {
		now.Init += time
		if time >= listed {
			now.Packages[name] = time
		}
	}
	now.Init = math.Round(now.Init*1000) / 1000
	return now
}

// send runs the program once, and keeps what is less than before.
func (f *figures) send(program, dir, url string, times map[string]float64) {
	send := func(environment string) (trace string, faults int64) {
		c := exec.Command(program, "send", "ticket", "-q", "-t", url)
		var problems strings.Builder
		c.Dir, c.Env, c.Stderr = dir, []string{"HOME=" + dir, environment}, &problems
		if err := c.Run(); err != nil {
			log.Fatalf("send: %v\n%s", err, &problems)
		}
		return problems.String(), c.ProcessState.SysUsage().(*syscall.Rusage).Minflt
	}
	trace, _ := send("GODEBUG=inittrace=1")
	for _, m := range initialized().FindAllStringSubmatch(trace, -1) {
		time, err := strconv.ParseFloat(m[2], 64)
		measure.Must(err)
		if before, known := times[m[1]]; !known || time < before {
			times[m[1]] = time
		}
	}
	if len(times) == 0 {
		log.Fatalf("there is no trace of initialization in %q", trace)
	}
	// Without the trace, which costs memory too; and on one processor, since each thread that the
	// scheduler starts on a busy machine costs pages.
	_, faults := send("GOMAXPROCS=1")
	if f.PageFaults == 0 || faults < f.PageFaults {
		f.PageFaults = faults
	}
}

// initialized matches a line such as: init net/http @0.5 ms, 0.012 ms clock, 40 bytes, 2 allocs
func initialized() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^init (\S+) @\S+ ms, (\S+) ms clock`)
}
