// Load compares `apizee-hooks load`, each event different, with vegeta and hey
// that send one fixed body, all as fast as 32 workers can, against the same
// server. The three take turns.
//
//	go -C .ci run ./bench/load
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

// far more than any of them can send
const rate = "200000"

func main() {
	rounds := flag.Int("rounds", 5, "runs of each")
	length := flag.Duration("length", 4*time.Second, "time per run")
	flag.Parse()
	program, dir, done := measure.Program()
	defer done()
	server := measure.Endpoint()
	defer server.Close()

	body, targets := filepath.Join(dir, "event.json"), filepath.Join(dir, "targets.txt")
	measure.Must(os.WriteFile(body, []byte(measure.Event), 0o600))
	target := "POST " + server.URL + "\nContent-Type: application/JSON\nUser-Agent: Cloud Apizee\n@" + body + "\n"
	measure.Must(os.WriteFile(targets, []byte(target), 0o600))
	report, results := filepath.Join(dir, "report.json"), filepath.Join(dir, "results.bin")
	vegeta, hey := measure.Tool("vegeta"), measure.Tool("hey")

	contenders := []struct {
		name  string
		run   func() float64 // requests per second
		rates []float64
	}{
		{name: "apizee-hooks load, unique events", run: func() float64 {
			measure.Run(nil, program, "load", "-q", "-t", server.URL, "--rate", rate+"/s", "--duration", length.String(), "--fail-if", "p99>1h",
				"--max-workers", "32", "--report", "json="+report)
			return jsonRate(report)
		}},
		{name: "vegeta, one body", run: func() float64 {
			measure.Run(nil, vegeta, "attack", "-targets", targets, "-rate", "0", "-duration", length.String(),
				"-max-workers", "32", "-workers", "32", "-output", results)
			var out bytes.Buffer
			measure.Run(&out, vegeta, "report", "-type", "json", results)
			measure.Must(os.WriteFile(report, out.Bytes(), 0o600))
			return jsonRate(report)
		}},
		{name: "hey, one body", run: func() float64 {
			var out bytes.Buffer
			measure.Run(&out, hey, "-z", length.String(), "-c", "32", "-m", "POST", "-T", "application/JSON", "-d", measure.Event, server.URL)
			return heyRate(out.Bytes())
		}},
	}
	for range *rounds {
		for i := range contenders {
			contenders[i].rates = append(contenders[i].rates, contenders[i].run())
		}
	}
	base := measure.Median(contenders[1].rates)
	fmt.Printf("32 workers, as fast as they can, median of %d\n", *rounds)
	for _, c := range contenders {
		r := measure.Median(c.rates)
		fmt.Printf("  %-34s %8.0f requests/s  %5.2f of vegeta\n", c.name, r, r/base)
	}
}

// jsonRate reads the throughput of a report, whose name vegeta's shares.
func jsonRate(file string) float64 {
	text, err := os.ReadFile(file)
	measure.Must(err)
	var report struct {
		Throughput float64 `json:"throughput"`
	}
	measure.Must(json.Unmarshal(text, &report))
	return report.Throughput
}

func heyRate(text []byte) float64 {
	found := regexp.MustCompile(`Requests/sec:\s+([\d.]+)`).FindSubmatch(text)
	if found == nil {
		log.Fatalf("hey names no rate:\n%s", text)
	}
	value, err := strconv.ParseFloat(string(found[1]), 64)
	measure.Must(err)
	return value
}
