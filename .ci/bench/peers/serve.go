package main

import (
	"bytes"
	"encoding/json"
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
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

// script makes wrk send the documented request.
const script = `wrk.method = "POST"
wrk.body = '` + measure.Event + `'
wrk.headers["Content-Type"] = "application/JSON"
wrk.headers["User-Agent"] = "Cloud Apizee"
wrk.headers["Accept"] = "*/*"
`

func (b *bench) listen() comparison {
	openapi := filepath.Join(b.dir, "openapi.json")
	measure.Must(os.WriteFile(openapi, b.openAPI(), 0o600))
	return comparison{name: "listen", what: "events per second over 32 connections", unit: "events/s", more: true, contenders: []contender{
		{"`listen`", b.serves(b.program, "listen", "--addr")},
		{"`listen --record`", b.serves(b.program, "listen", "--record", b.recording(), "--addr")},
		{"a net/http handler that returns 204", b.serves(b.bare())},
		{"Express, which parses and prints", b.serves("node", "bench/peers/express.mjs")},
		{"Prism with our OpenAPI document", b.serves(b.modules+"/.bin/prism", "mock", openapi, "--verboseLevel", "silent", "--host", "127.0.0.1", "--port")},
	}}
}

// openAPI returns our document with an operation in place of its webhooks, which Prism does not mock.
func (b *bench) openAPI() []byte {
	var out bytes.Buffer
	measure.Run(&out, b.program, "schema", "openapi")
	var document map[string]any
	measure.Must(json.Unmarshal(out.Bytes(), &document))
	document["paths"] = map[string]any{"/apizeehooks/": document["webhooks"].(map[string]any)["ticket"]}
	text, err := json.Marshal(document)
	measure.Must(err)
	return text
}

func (b *bench) forward() comparison {
	flows := filepath.Join(b.dir, "flows")
	return comparison{name: "forward", what: "events per second that are recorded and forwarded over 32 connections", unit: "events/s", more: true, contenders: []contender{
		{"`listen --forward-to --record`", b.serves(b.program, "listen", "--forward-to", b.endpoint, "--record", b.recording(), "--addr")},
		{"mitmdump", b.serves("mitmdump", "--mode", "reverse:"+b.endpoint, "--save-stream-file", flows, "--listen-host", "127.0.0.1", "--listen-port")},
	}}
}

func (b *bench) recording() string { return filepath.Join(b.dir, "events.ndjson") }

// bare returns the program of the bare handler, a process of its own too.
func (b *bench) bare() string {
	file := filepath.Join(b.dir, "bare")
	build := exec.Command("go", "build", "-o", file, "./bench/peers/bare")
	build.Stderr = os.Stderr
	measure.Must(build.Run())
	return file
}

// serves returns how many events per second a server takes, which is started with its address, or
// its port, at the end.
func (b *bench) serves(command ...string) func() float64 {
	lua := filepath.Join(b.dir, "post.lua")
	measure.Must(os.WriteFile(lua, []byte(script), 0o600))
	return func() float64 {
		defer os.Remove(b.recording())
		addr := freeAddress()
		last := addr
		if strings.HasSuffix(command[len(command)-1], "port") {
			_, last, _ = net.SplitHostPort(addr)
		}
		server := exec.Command(command[0], append(command[1:len(command):len(command)], last)...)
		server.Stderr = os.Stderr // its output goes to the null device
		measure.Must(server.Start())
		defer func() {
			server.Process.Signal(os.Interrupt)
			time.AfterFunc(5*time.Second, func() { server.Process.Kill() })
			server.Wait()
		}()
		awaitServer(addr)
		out, err := exec.Command("wrk", "-t1", "-c32", "-d"+b.length.String(), "-s", lua, "http://"+addr+"/apizeehooks/").CombinedOutput()
		if err != nil {
			log.Fatalf("wrk: %v\n%s", err, out)
		}
		if trouble := regexp.MustCompile(`Socket errors.*|Non-2xx.*`).Find(out); trouble != nil {
			log.Fatalf("%s: %s", command, trouble)
		}
		return number(`Requests/sec:\s+([\d.]+)`, out)
	}
}

// load compares with tools that send one body all the time, as fast as 32 workers can.
func (b *bench) load() comparison {
	const rate = "200000" // far more than any of them can send
	body, targets := filepath.Join(b.dir, "event.json"), filepath.Join(b.dir, "targets.txt")
	measure.Must(os.WriteFile(body, []byte(measure.Event), 0o600))
	target := "POST " + b.endpoint + "\nContent-Type: application/JSON\nUser-Agent: Cloud Apizee\n@" + body + "\n"
	measure.Must(os.WriteFile(targets, []byte(target), 0o600))
	results := filepath.Join(b.dir, "results")
	vegeta, hey := measure.Tool("vegeta"), measure.Tool("hey")
	length := b.length.String()
	return comparison{name: "load", what: "events per second of 32 workers", unit: "events/s", more: true, contenders: []contender{
		{"`load`, distinct events", func() float64 {
			measure.Run(nil, b.program, "load", "-q", "-t", b.endpoint, "--rate", rate+"/s", "--duration", length,
				"--fail-if", "p99>1h", "--max-workers", "32", "--report", "json="+results)
			text, err := os.ReadFile(results)
			measure.Must(err)
			return throughput(text)
		}},
		{"vegeta, one event", func() float64 {
			measure.Run(nil, vegeta, "attack", "-targets", targets, "-rate", "0", "-duration", length,
				"-max-workers", "32", "-workers", "32", "-output", results)
			var out bytes.Buffer
			measure.Run(&out, vegeta, "report", "-type", "json", results)
			return throughput(out.Bytes())
		}},
		{"hey, one event", func() float64 {
			var out bytes.Buffer
			measure.Run(&out, hey, "-z", length, "-c", "32", "-m", "POST", "-T", "application/JSON", "-d", measure.Event, b.endpoint)
			return number(`Requests/sec:\s+([\d.]+)`, out.Bytes())
		}},
	}}
}

// throughput reads a report in vegeta's form.
func throughput(text []byte) float64 {
	var report struct {
		Throughput float64 `json:"throughput"`
	}
	measure.Must(json.Unmarshal(text, &report))
	return report.Throughput
}

// number returns a figure of a tool's output.
func number(pattern string, out []byte) float64 {
	found := regexp.MustCompile(pattern).FindSubmatch(out)
	if found == nil {
		log.Fatalf("there is no figure in:\n%s", out)
	}
	value, err := strconv.ParseFloat(string(found[1]), 64)
	measure.Must(err)
	return value
}

func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	measure.Must(err)
	defer l.Close()
	return l.Addr().String()
}

// awaitServer waits until a server responds to an event.
func awaitServer(addr string) {
	for range 3000 {
		response, err := http.Post("http://"+addr+"/apizeehooks/", "application/JSON", bytes.NewReader([]byte(measure.Event)))
		if err == nil {
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	log.Fatal(fmt.Errorf("no response from %s", addr))
}
