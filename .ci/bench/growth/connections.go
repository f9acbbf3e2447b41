package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

// connections prints a table of speed and memory by number of connections. The bare handler shows what
// of it the connections themselves cost.
func (b *bench) connections(numbers []int) {
	bare := measure.Bare(b.dir)
	fmt.Printf("\nConnections: events per second, the time of 99%% of the responses, and the peak of memory\n\n")
	row("", "`listen`", "bare handler", "`load`")
	row("---:", "---:", "---:", "---:")
	for _, n := range numbers {
		row(thousands(n), b.serve(n, b.program, "listen", "--addr"), b.serve(n, bare), b.load(n, bare))
	}
}

// serve measures a server.
func (b *bench) serve(connections int, command ...string) string {
	server := measure.Serve(command...)
	full := server.Post(b.dir, connections, b.length)
	u := server.Stop()
	cell := cell(full.Rate, full.P99, u.Memory)
	if full.Lost != "" {
		cell += " (" + full.Lost + ")"
	}
	return cell
}

// load measures `load` with a worker for each connection, which sends the next event after a response.
func (b *bench) load(workers int, bare string) string {
	server := measure.Serve(bare)
	defer server.Stop()
	report := b.file("load.json")
	u := measure.Run(nil, b.program, "load", "-q", "--to", "http://"+server.Addr+"/", "--rate", "200000/s", "--duration", b.length.String(),
		"--fail-if", "p99>1h", "--max-workers", fmt.Sprint(workers), "--report", "json="+report)
	text, err := os.ReadFile(report)
	measure.Must(err)
	var result struct {
		Throughput float64
		Latency    struct{ P99Ms float64 }
	}
	measure.Must(json.Unmarshal(text, &result))
	return cell(result.Throughput, time.Duration(result.Latency.P99Ms*float64(time.Millisecond)), u.Memory)
}

func cell(rate float64, p99 time.Duration, memory int64) string {
	return fmt.Sprintf("%s/s, %s ms, %s", figure(rate), figure(measure.Milliseconds(p99)), mebibytes(memory))
}
