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
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

const step = "  - send: ticket update\n    id: 100\n    props: {state: invited}\n    expect: {status: 204, within: 2s}\n"

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 15, "runs of each")
	steps := flag.Int("steps", 1000, "events per run")
	loop := flag.String("loop", "", "be the plain loop, to this URL")
	flag.Parse()
	if *loop != "" {
		plainLoop(*loop, *steps)
		return
	}

	program, dir, done := measure.Program()
	defer done()
	file := filepath.Join(dir, "many.yaml")
	if err := os.WriteFile(file, []byte("steps:\n"+strings.Repeat(step, *steps)), 0o644); err != nil {
		log.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	server := measure.Endpoint()
	defer server.Close()

	run := []string{program, "run", file, "--to", server.URL}
	plain := []string{self, "-loop", server.URL, "-steps", fmt.Sprint(*steps)}
	var ours, theirs []time.Duration
	for range *rounds {
		ours = append(ours, measure.Timed(run))
		theirs = append(theirs, measure.Timed(plain))
	}
	a, b := measure.Median(ours), measure.Median(theirs)
	fmt.Printf("%d events, whole process, median of %d\n", *steps, *rounds)
	fmt.Printf("  apizee-hooks run  %7.1f ms\n", measure.Milliseconds(a))
	fmt.Printf("  net/http loop     %7.1f ms\n", measure.Milliseconds(b))
	fmt.Printf("  ratio             %7.2f\n", float64(a)/float64(b))
}

func plainLoop(url string, steps int) {
	for range steps {
		reply, err := http.Post(url, "application/JSON", bytes.NewReader([]byte(measure.Event)))
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
