package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

func (b *bench) listen() comparison {
	openapi := filepath.Join(b.dir, "openapi.json")
	measure.Must(os.WriteFile(openapi, b.openAPI(), 0o600))
	return comparison{name: "listen", what: "events per second over 32 connections", unit: "events/s", more: true, contenders: []contender{
		{"`listen`", b.serves(b.program, "listen", "--addr")},
		{"`listen --record`", b.serves(b.program, "listen", "--record", b.recording(), "--addr")},
		{"`listen --inspect`", b.serves(b.program, "listen", "--inspect=0", "--addr")},
		{"a net/http handler that returns 204", b.serves(b.bare)},
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

// serves returns how many events per second a server takes.
func (b *bench) serves(command ...string) func() float64 {
	return func() float64 {
		defer os.Remove(b.recording())
		server := measure.Serve(command...)
		defer server.Stop()
		full := server.Post(b.dir, 32, b.length)
		if full.Lost != "" {
			log.Fatalf("%s: %s", command, full.Lost)
		}
		return full.Rate
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
			return measure.Number(`Requests/sec:\s+([\d.]+)`, out.Bytes())
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
