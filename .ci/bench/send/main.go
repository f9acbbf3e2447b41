// Send compares one `apizee-hooks send`, as a whole process, with the curl
// command that Apizee documents, against the same server on loopback. The two
// take turns, so that a noisy machine is noisy for both.
//
//	go -C .ci run ./bench/send
package main

import (
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
	"time"
)

const event = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 100, "how often each of the two runs")
	flag.Parse()

	dir, err := os.MkdirTemp("", "bench-send-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "apizee-hooks")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, ".")
	build.Dir = ".."
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		log.Fatal(err)
	}

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	url := server.URL + "/apizeehooks/"

	send := []string{program, "send", "ticket", "update", "--state", "invited", "--to", url}
	curl := []string{"curl", "-s", "--request", "POST", "-H", "Content-Type: application/JSON", "-H", "User-Agent: Cloud Apizee",
		"--data", event, url}
	var ours, theirs []time.Duration
	for range *rounds {
		ours = append(ours, timed(send))
		theirs = append(theirs, timed(curl))
	}
	a, b := median(ours), median(theirs)
	fmt.Printf("one event, whole process, median of %d\n", *rounds)
	fmt.Printf("  apizee-hooks send  %6.2f ms\n", milliseconds(a))
	fmt.Printf("  curl               %6.2f ms\n", milliseconds(b))
	fmt.Printf("  ratio              %6.2f\n", float64(a)/float64(b))
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
