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
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
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
	log.SetFlags(0)
	update := flag.Bool("update", false, "write the figures")
	flag.Parse()
	measured, err := measure()
	if err != nil {
		log.Fatal(err)
	}
	if *update {
		if err := write(measured); err != nil {
			log.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	var kept figures
	if err := json.Unmarshal(text, &kept); err != nil {
		log.Fatal(err)
	}
	grown := kept.compare(measured)
	fmt.Printf("initialization %.2f ms, kept %.2f ms; %d page faults, kept %d; %d bytes, kept %d\n",
		measured.Init, kept.Init, measured.PageFaults, kept.PageFaults, measured.Size, kept.Size)
	if len(grown) > 0 {
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

func measure() (figures, error) {
	dir, err := os.MkdirTemp("", "startup-")
	if err != nil {
		return figures{}, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "apizee-hooks")
	// As a release is built.
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	build.Dir, build.Env = "..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return figures{}, fmt.Errorf("build: %w\n%s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		return figures{}, err
	}
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer endpoint.Close()
	now := figures{Size: info.Size()}
	all := map[string]float64{}
	for range runs {
		if err := now.send(program, dir, endpoint.URL, all); err != nil {
			return figures{}, err
		}
	}
	now.Packages = map[string]float64{}
	for name, time := range all {
		now.Init += time
		if time >= listed {
			now.Packages[name] = time
		}
	}
	now.Init = round(now.Init)
	return now, nil
}

// send runs the program once, and keeps what is less than before.
func (f *figures) send(program, dir, url string, times map[string]float64) error {
	c := exec.Command(program, "send", "ticket", "-q", "-t", url)
	c.Dir, c.Env = dir, []string{"HOME=" + dir, "GODEBUG=inittrace=1"}
	var trace strings.Builder
	c.Stderr = &trace
	if err := c.Run(); err != nil {
		return fmt.Errorf("%w\n%s", err, &trace)
	}
	for _, m := range initialized().FindAllStringSubmatch(trace.String(), -1) {
		time, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return err
		}
		if before, known := times[m[1]]; !known || time < before {
			times[m[1]] = time
		}
	}
	if len(times) == 0 {
		return fmt.Errorf("there is no trace of initialization in %q", &trace)
	}
	// Without the trace, which costs memory too; and on one processor, since each thread that the
	// scheduler starts on a busy machine costs pages.
	c = exec.Command(program, c.Args[1:]...)
	c.Dir, c.Env = dir, []string{"HOME=" + dir, "GOMAXPROCS=1"}
	if err := c.Run(); err != nil {
		return err
	}
	faults := c.ProcessState.SysUsage().(*syscall.Rusage).Minflt
	if f.PageFaults == 0 || faults < f.PageFaults {
		f.PageFaults = faults
	}
	return nil
}

// initialized matches a line such as: init net/http @0.5 ms, 0.012 ms clock, 40 bytes, 2 allocs
func initialized() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^init (\S+) @\S+ ms, (\S+) ms clock`)
}

func round(ms float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(ms, 'f', 3, 64), 64)
	return rounded
}

func write(f figures) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
