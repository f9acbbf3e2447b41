// Listen compares `apizee-hooks listen`, which checks each event and shows a line, with
// a bare net/http handler that reads the body and returns 204. wrk sends the documented
// request over 32 connections to one after the other, in turns, so that a noisy machine
// is noisy for all.
//
//	go -C .ci run ./bench/listen
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

const script = `wrk.method = "POST"
wrk.body = '` + measure.Event + `'
wrk.headers["Content-Type"] = "application/JSON"
wrk.headers["User-Agent"] = "Cloud Apizee"
wrk.headers["Accept"] = "*/*"
`

// bareFlag makes this program the bare handler, so that it is a process of its own too.
const bareFlag = "-bare"

type contender struct {
	name   string
	start  []string  // an address comes behind it
	rates  []float64 // requests per second
	costs  []float64 // processor time of a request, in microseconds
	memory int64     // peak, in bytes
}

func main() {
	log.SetFlags(0)
	if len(os.Args) == 3 && os.Args[1] == bareFlag {
		bare(os.Args[2])
		return
	}
	rounds := flag.Int("rounds", 7, "runs of each")
	length := flag.Duration("length", 4*time.Second, "time per run")
	flag.Parse()
	measure.Need("wrk")
	program, dir, done := measure.Program()
	defer done()
	contenders := prepare(program, dir)
	for range *rounds {
		for _, c := range contenders {
			c.run(dir, *length)
		}
	}
	report(contenders, *rounds)
}

func prepare(program, dir string) []*contender {
	if err := os.WriteFile(filepath.Join(dir, "post.lua"), []byte(script), 0o600); err != nil {
		log.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	recording := filepath.Join(dir, "events.ndjson")
	return []*contender{
		{name: "bare net/http handler", start: []string{self, bareFlag}},
		{name: "listen >/dev/null", start: []string{program, "listen", "--addr"}},
		{name: "listen --record FILE >/dev/null", start: []string{program, "listen", "--record", recording, "--addr"}},
	}
}

// bare serves until it is killed.
func bare(addr string) {
	log.Fatal(http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	})))
}

var (
	rate  = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	total = regexp.MustCompile(`(\d+) requests in`)
	bad   = regexp.MustCompile(`Socket errors.*|Non-2xx.*`)
)

// run starts the contender, loads it, and stops it.
func (c *contender) run(dir string, length time.Duration) {
	addr := freeAddress()
	cmd := exec.Command(c.start[0], append(c.start[1:len(c.start):len(c.start)], addr)...)
	cmd.Stderr = os.Stderr // its output goes to the null device
	if err := cmd.Start(); err != nil {
		log.Fatal(err)
	}
	awaitServer(addr)
	wrk := exec.Command("wrk", "-t1", "-c32", "-d"+length.String(), "-s", filepath.Join(dir, "post.lua"), "http://"+addr+"/apizeehooks/")
	out, err := wrk.CombinedOutput()
	if err != nil {
		log.Fatalf("wrk: %v\n%s", err, out)
	}
	if trouble := bad.Find(out); trouble != nil {
		log.Fatalf("%s: %s", c.name, trouble)
	}
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	c.rates = append(c.rates, number(rate, out))
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	c.costs = append(c.costs, float64(used.Nanoseconds())/1000/number(total, out))
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.memory = max(c.memory, usage.Maxrss*1024)
	}
	os.Remove(filepath.Join(dir, "events.ndjson"))
}

// number returns a figure of the output of wrk.
func number(pattern *regexp.Regexp, out []byte) float64 {
	found := pattern.FindSubmatch(out)
	if found == nil {
		log.Fatalf("wrk names no figure:\n%s", out)
	}
	value, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func awaitServer(addr string) {
	for range 500 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	log.Fatalf("no response from %s", addr)
}

func report(contenders []*contender, rounds int) {
	base := measure.Median(contenders[0].rates)
	fmt.Printf("32 connections, median of %d\n", rounds)
	fmt.Printf("  %-34s %10s %6s %12s %8s\n", "", "requests/s", "ratio", "CPU/request", "memory")
	for _, c := range contenders {
		rate := measure.Median(c.rates)
		fmt.Printf("  %-34s %10.0f %6.2f %9.1f µs %4.0f MiB\n", c.name, rate, rate/base, measure.Median(c.costs), float64(c.memory)/(1<<20))
	}
}
