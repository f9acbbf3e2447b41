// Send compares one `apizee-hooks send`, as a whole process, with the curl
// command that Apizee documents, against the same server on loopback. The two
// take turns, so that a noisy machine is noisy for both.
//
//	go -C .ci run ./bench/send
package main

import (
	"flag"
	"fmt"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

func main() {
	rounds := flag.Int("rounds", 100, "runs of each")
	flag.Parse()
	measure.Need("curl")
	program, _, done := measure.Program()
	defer done()
	server := measure.Endpoint()
	defer server.Close()
	url := server.URL + "/apizeehooks/"

	send := []string{program, "send", "ticket", "update", "--state", "invited", "--to", url}
	curl := []string{"curl", "-s", "--request", "POST", "-H", "Content-Type: application/JSON", "-H", "User-Agent: Cloud Apizee",
		"--data", measure.Event, url}
	var ours, theirs []time.Duration
	for range *rounds {
		ours = append(ours, measure.Timed(send))
		theirs = append(theirs, measure.Timed(curl))
	}
	a, b := measure.Median(ours), measure.Median(theirs)
	fmt.Printf("one event, whole process, median of %d\n", *rounds)
	fmt.Printf("  apizee-hooks send  %6.2f ms\n", measure.Milliseconds(a))
	fmt.Printf("  curl               %6.2f ms\n", measure.Milliseconds(b))
	fmt.Printf("  ratio              %6.2f\n", float64(a)/float64(b))
}
