// Run compares `apizee-hooks run` on a scenario of many send steps with
// expectations, as a whole process, with a plain loop over net/http that makes
// the same requests on one connection and looks at the status. The two take
// turns, so that a noisy machine is noisy for both.
//
//	go -C .ci run ./bench/run
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	event = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`
	step  = "  - send: ticket update\n    id: 100\n    props: {state: invited}\n    expect: {status: 204, within: 2s}\n"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 15, "how often each of the two runs")
	steps := flag.Int("steps", 1000, "how many events each sends")
	loop := flag.String("loop", "", "be the plain loop, to this URL")
	flag.Parse()
	if *loop != "" {
		plainLoop(*loop, *steps)
		return
	}

	dir, err := os.MkdirTemp("", "bench-run-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	program, file := filepath.Join(dir, "apizee-hooks"), filepath.Join(dir, "many.yaml")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, ".")
	build.Dir = ".."
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("steps:\n"+strings.Repeat(step, *steps)), 0o644); err != nil {
		log.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()

	run := []string{program, "run", file, "--to", server.URL}
	plain := []string{self, "-loop", server.URL, "-steps", fmt.Sprint(*steps)}
	var ours, theirs []time.Duration
	for range *rounds {
		ours = append(ours, timed(run))
		theirs = append(theirs, timed(plain))
	}
	a, b := median(ours), median(theirs)
	fmt.Printf("%d events, whole process, median of %d\n", *steps, *rounds)
	fmt.Printf("  apizee-hooks run  %7.1f ms\n", milliseconds(a))
	fmt.Printf("  net/http loop     %7.1f ms\n", milliseconds(b))
	fmt.Printf("  ratio             %7.2f\n", float64(a)/float64(b))
}

func plainLoop(url string, steps int) {
	for range steps {
		reply, err := http.Post(url, "application/JSON", bytes.NewReader([]byte(event)))
		if err != nil {
			log.Fatal(err)
		}
		io.Copy(io.Discard, reply.Body)
		reply.Body.Close()
		if reply.StatusCode != http.StatusNoContent {
			log.Fatal(reply.Status)
		}
	}
}

func timed(command []string) time.Duration {
	cmd := exec.Command(command[0], command[1:]...)
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		log.Fatalf("%s: %v\n%s", command[0], err, out)
	}
	return time.Since(start)
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
