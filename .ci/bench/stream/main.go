// Stream measures generate and validate in events and bytes per second of one core,
// and the size of the program on disk and in memory.
//
//	go -C .ci run ./bench/stream
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

func main() {
	rounds := flag.Int("rounds", 5, "runs of each")
	events := flag.Int("events", 1_000_000, "number of events")
	flag.Parse()
	program, dir, done := measure.Program()
	defer done()

	file := filepath.Join(dir, "events.jsonl")
	generate := []string{program, "generate", "--seed", "1", "--count", strconv.Itoa(*events)}
	var generated, validated []measure.Usage
	for range *rounds {
		out, err := os.Create(file)
		measure.Must(err)
		generated = append(generated, measure.Run(out, generate...))
		measure.Must(out.Close())
		validated = append(validated, measure.Run(nil, program, "validate", "--strict", file))
	}
	info, err := os.Stat(file)
	measure.Must(err)
	fmt.Printf("%d events, %.0f MB, median of %d\n", *events, float64(info.Size())/1e6, *rounds)
	line("generate", generated, *events, info.Size())
	line("validate --strict", validated, *events, info.Size())

	size, err := os.Stat(program)
	measure.Must(err)
	fmt.Printf("sizes\n  program on disk           %5.1f MiB\n", float64(size.Size())/(1<<20))
	fmt.Printf("  memory of version         %5.1f MiB\n", memory(program, "version"))
	fmt.Printf("  memory of listen at rest  %5.1f MiB\n", memory(program, "listen", "--addr", "127.0.0.1:0", "--timeout", "500ms"))
}

// memory is the most that a command takes, in MiB.
func memory(command ...string) float64 {
	return float64(measure.Run(nil, command...).Memory) / (1 << 20)
}

func line(name string, all []measure.Usage, events int, size int64) {
	var walls, cpus []time.Duration
	var memory int64
	for _, u := range all {
		walls, cpus, memory = append(walls, u.Wall), append(cpus, u.CPU), max(memory, u.Memory)
	}
	wall, cpu := measure.Median(walls).Seconds(), measure.Median(cpus).Seconds()
	fmt.Printf("  %-18s %9.0f events/s  %4.0f MB/s  %4.0f MB/s per core  %3.0f MiB\n", name,
		float64(events)/wall, float64(size)/1e6/wall, float64(size)/1e6/cpu, float64(memory)/(1<<20))
}
