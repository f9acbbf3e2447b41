package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

// operation is what is done with n events.
type operation struct {
	name  string
	file  string // with the events
	makes bool   // writes the file, which it else reads
	run   func(n int) measure.Usage
}

// operations returns all of them, each after those whose files it needs.
func (b *bench) operations() []operation {
	events, recording, learned := b.file("events.jsonl"), b.file("events.ndjson"), b.file("learned")
	server := measure.Endpoint()
	command := func(args ...string) func(int) measure.Usage {
		return func(int) measure.Usage { return measure.Run(nil, append([]string{b.program}, args...)...) }
	}
	all := []operation{
		{"`generate`", events, true, func(n int) measure.Usage {
			out, err := os.Create(events)
			measure.Must(err)
			defer out.Close()
			return measure.Run(out, b.program, "generate", "--seed", "1", "--count", strconv.Itoa(n))
		}},
		{"`validate`", events, false, command("validate", events)},
		{"`learn`", events, false, command("learn", events, "--out", learned, "--force")},
		{"`validate --baseline`", events, false, command("validate", events, "--baseline", learned+"/baseline.json")},
		{"`listen --record`", recording, true, func(n int) measure.Usage { return b.listen(n, events, recording) }},
		{"`replay --loopback`", recording, false, command("replay", recording, "--speed", "max", "--loopback")},
		{"`replay --keep-alive`", recording, false, command("replay", recording, "--speed", "max", "--keep-alive", "--to", server.URL)},
		{"`inspect`", recording, false, func(n int) measure.Usage { return b.inspect(n, recording) }},
	}
	return slices.DeleteFunc(all, func(o operation) bool { return !b.rows.MatchString(o.name) })
}

// events prints a table of time and memory by number of events.
func (b *bench) events(numbers []int) {
	operations := b.operations()
	results := make([][]measure.Usage, len(operations)) // fewer than numbers where one is left out
	sizes := make([]int64, len(operations))             // of the files of the last results
	held := map[string]int{}                            // numbers of events in files
	for i, n := range numbers {
		for j, o := range operations {
			tooLong := i > 0 && (len(results[j]) < i || 10*results[j][i-1].Wall > b.limit)
			if tooLong || !o.makes && held[o.file] != n {
				continue
			}
			held[o.file] = n
			results[j] = append(results[j], b.median(func() measure.Usage { return o.run(n) }))
			info, err := os.Stat(o.file)
			measure.Must(err)
			sizes[j] = info.Size()
		}
	}
	head, line := []string{""}, []string{"---"}
	for _, n := range numbers {
		head, line = append(head, thousands(n)), append(line, "---:")
	}
	fmt.Printf("\nEvents: time, and the peak of memory; the rates are those of the last figure\n\n")
	row(append(head, "events/s", "MB/s")...)
	row(append(line, "---:", "---:")...)
	for j, o := range operations {
		if len(results[j]) == 0 {
			log.Fatalf("%s reads a file that another row makes: add that to -rows", o.name)
		}
		cells := []string{o.name}
		for i := range numbers {
			cell := "–"
			if i < len(results[j]) {
				cell = figure(results[j][i].Wall.Seconds()) + " s, " + mebibytes(results[j][i].Memory)
			}
			cells = append(cells, cell)
		}
		last := len(results[j]) - 1
		took := results[j][last].Wall.Seconds()
		row(append(cells, figure(float64(numbers[last])/took), figure(float64(sizes[j])/1e6/took))...)
	}
}

// listen posts the events of a file to a listener, which records them.
func (b *bench) listen(n int, events, recording string) measure.Usage {
	os.Remove(recording)
	server := measure.Serve(b.program, "listen", "--record", recording, "--addr")
	start := time.Now()
	post(server.Addr, events)
	took := time.Since(start)
	u := server.Stop()
	u.Wall = took
	if lines := count(recording); lines != n {
		log.Fatalf("%d of %d events are recorded", lines, n)
	}
	return u
}

// count returns the number of lines of a file.
func count(path string) (lines int) {
	f, err := os.Open(path)
	measure.Must(err)
	defer f.Close()
	for block := make([]byte, 1<<16); ; {
		n, err := f.Read(block)
		lines += bytes.Count(block[:n], []byte{'\n'})
		if err == io.EOF {
			return lines
		}
		measure.Must(err)
	}
}

// post posts the lines of a file over 32 connections, each after the response to the one before.
func post(addr, events string) {
	f, err := os.Open(events)
	measure.Must(err)
	defer f.Close()
	lines := make(chan []byte, 1024)
	var all sync.WaitGroup
	for range 32 {
		c, err := net.Dial("tcp", addr)
		measure.Must(err)
		all.Go(func() {
			defer c.Close()
			in := bufio.NewReader(c)
			for line := range lines {
				_, err := fmt.Fprintf(c, "POST /apizeehooks/ HTTP/1.1\r\nHost: %s\r\nUser-Agent: Cloud Apizee\r\nAccept: */*\r\nContent-Type: application/JSON\r\nContent-Length: %d\r\n\r\n%s", addr, len(line), line)
				measure.Must(err)
				response, err := http.ReadResponse(in, nil)
				measure.Must(err)
				measure.Must(response.Body.Close())
				if response.StatusCode != http.StatusNoContent {
					log.Fatal(response.Status)
				}
			}
		})
	}
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		lines <- bytes.Clone(scanner.Bytes())
	}
	measure.Must(scanner.Err())
	close(lines)
	all.Wait()
}

// inspect measures the time until the inspector's API knows all events of a recording.
func (b *bench) inspect(n int, recording string) measure.Usage {
	c := exec.Command(b.program, "inspect", recording, "--addr", "127.0.0.1:0", "-o", "json")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	measure.Must(err)
	start := time.Now()
	measure.Must(c.Start())
	var ready struct{ Inspect string }
	measure.Must(json.NewDecoder(out).Decode(&ready))
	page, err := url.Parse(ready.Inspect)
	measure.Must(err)
	request, err := http.NewRequest(http.MethodGet, page.ResolveReference(&url.URL{Path: "/api/status"}).String(), nil)
	measure.Must(err)
	request.Header.Set("Authorization", "Bearer "+page.Query().Get("token"))
	for {
		response, err := http.DefaultClient.Do(request)
		measure.Must(err)
		var status struct{ Total int }
		measure.Must(json.NewDecoder(response.Body).Decode(&status))
		response.Body.Close()
		if status.Total == n {
			break
		}
		time.Sleep(time.Millisecond)
	}
	took := time.Since(start)
	measure.Must(c.Process.Signal(os.Interrupt))
	measure.Must(c.Wait())
	u := measure.Used(c.ProcessState)
	u.Wall = took
	return u
}
