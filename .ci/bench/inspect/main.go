// Inspect compares `apizee-hooks listen` with and without --inspect, in pairs and in turns: a burst of
// events at a fixed rate, as a client sends it that does not wait for responses, and the rate at which
// 32 connections get responses when they ask for as many as they can.
//
//	go -C .ci run ./bench/inspect
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

const connections = 32

func main() {
	rounds := flag.Int("rounds", 7, "pairs of runs")
	length := flag.Duration("length", 3*time.Second, "time per run")
	burst := flag.Int("rate", 20000, "events per second of the burst")
	flag.Parse()
	program, _, done := measure.Program()
	defer done()
	for _, rate := range []int{*burst, 0} {
		var rates, costs [2][]float64
		var ratios []float64
		for range *rounds {
			for i, arguments := range [][]string{nil, {"--inspect=0"}} {
				got, cost := run(program, arguments, rate, *length)
				rates[i], costs[i] = append(rates[i], got), append(costs[i], cost)
			}
			last := len(rates[0]) - 1
			ratios = append(ratios, rates[1][last]/rates[0][last])
		}
		title := fmt.Sprintf("%d events/s offered", rate)
		if rate == 0 {
			title = "as many as possible"
		}
		fmt.Printf("%-24s plain %6.0f/s %5.1f µs of CPU   --inspect %6.0f/s %5.1f µs   ratio %.3f (median of %d pairs)\n",
			title, measure.Median(rates[0]), measure.Median(costs[0]), measure.Median(rates[1]), measure.Median(costs[1]), measure.Median(ratios), *rounds)
	}
}

// run starts the listener, sends events to it, and returns the responses per second and the processor time
// of one, in microseconds.
func run(program string, arguments []string, rate int, length time.Duration) (perSecond, cost float64) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	measure.Must(err)
	addr := l.Addr().String()
	l.Close()
	cmd := exec.Command(program, append([]string{"listen", "--addr", addr}, arguments...)...)
	measure.Must(cmd.Start())
	for n := 0; ; n++ {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			break
		}
		if n == 500 {
			log.Fatalf("no response from %s", addr)
		}
		time.Sleep(10 * time.Millisecond)
	}
	responses, took := send(addr, rate, length)
	measure.Must(cmd.Process.Signal(os.Interrupt))
	measure.Must(cmd.Wait())
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return float64(responses) / took.Seconds(), float64(used.Microseconds()) / float64(responses)
}

// send sends events over all connections for a time, and returns the responses and the time until the last.
// A rate of 0 sends the next event of a connection after each response.
func send(addr string, rate int, length time.Duration) (responses int64, took time.Duration) {
	request := fmt.Appendf(nil, "POST /apizeehooks/ HTTP/1.1\r\nHost: %s\r\nUser-Agent: Cloud Apizee\r\nAccept: */*\r\nContent-Type: application/JSON\r\nContent-Length: %d\r\n\r\n%s",
		addr, len(measure.Event), measure.Event)
	var received atomic.Int64
	var all sync.WaitGroup
	start := time.Now()
	for i := range connections {
		c, err := net.Dial("tcp", addr)
		measure.Must(err)
		sent := make(chan struct{}, 1<<20)
		all.Go(func() { // reads one response for each request
			defer c.Close()
			in := bufio.NewReader(c)
			for range sent {
				resp, err := http.ReadResponse(in, nil)
				measure.Must(err)
				io.Copy(io.Discard, resp.Body)
				received.Add(1)
				if rate == 0 && time.Since(start) < length {
					sent <- struct{}{}
					_, err := c.Write(request)
					measure.Must(err)
				} else if rate == 0 {
					close(sent)
				}
			}
		})
		if rate == 0 {
			sent <- struct{}{}
			_, err := c.Write(request)
			measure.Must(err)
			continue
		}
		all.Go(func() { // sends what is due, also when it is late
			defer close(sent)
			total := int(length.Seconds()*float64(rate)) / connections
			for n := 0; n < total; {
				due := int(time.Since(start).Seconds()*float64(rate)+float64(i)) / connections
				var batch []byte
				for ; n < min(due, total); n++ {
					batch = append(batch, request...)
					sent <- struct{}{}
				}
				_, err := c.Write(batch)
				measure.Must(err)
				time.Sleep(time.Millisecond)
			}
		})
	}
	all.Wait()
	return received.Load(), time.Since(start)
}
