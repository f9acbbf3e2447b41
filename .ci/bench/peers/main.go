// Peers measures the program and its peers side by side: they take turns, so that a noisy machine is
// noisy for all, and the medians are printed as the tables of .github/BENCHMARKS.md.
//
//	go -C .ci run ./bench/peers [-rounds N] [-length 4s] [-only send,listen,forward,run,validate,load]
//
// It installs the peers from npm and Debian, and prints their versions.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/bench/measure"
)

// comparison is a table: the first contender is ours, the others are its peers.
type comparison struct {
	name, what string
	unit       string
	more       bool // a greater figure is better
	contenders []contender
}

type contender struct {
	name  string
	round func() float64
}

// bench is where the contenders run.
type bench struct {
	program, dir string
	minimal      string // a minimal net/http program
	modules      string // the directory of the npm packages
	bare         string // the bare handler
	endpoint     string // URL of a bare handler
	length       time.Duration
}

func main() {
	rounds := flag.Int("rounds", 7, "runs of each")
	length := flag.Duration("length", 4*time.Second, "time of a run at full load")
	only := flag.String("only", "", "names of tables, separated by commas")
	flag.Parse()
	program, dir, done := measure.Program("peers")
	defer done()
	bare := measure.Bare(dir)
	server := measure.Serve(bare) // a process of its own, as endpoints are
	defer server.Stop()
	b := &bench{program: program, dir: dir, bare: bare, endpoint: "http://" + server.Addr, length: *length}
	b.install()
	for _, c := range []func() comparison{b.send, b.listen, b.forward, b.run, b.validate, b.load} {
		table := c()
		if *only == "" || slices.Contains(strings.Split(*only, ","), table.name) {
			table.print(*rounds)
		}
	}
}

// print measures and prints a comparison.
func (c comparison) print(rounds int) {
	figures := make([][]float64, len(c.contenders))
	for range rounds {
		for i, contender := range c.contenders {
			figures[i] = append(figures[i], contender.round())
		}
	}
	ours := measure.Median(figures[0])
	fmt.Printf("\n%s, median of %d\n\n| | %s | ratio |\n| --- | ---: | ---: |\n", c.what, rounds, c.unit)
	for i, contender := range c.contenders {
		median := measure.Median(figures[i])
		fmt.Printf("| %s | %.*f | %.2f |\n", contender.name, decimals(median), median, ours/median)
	}
}

func decimals(figure float64) int {
	if figure < 100 {
		return 1
	}
	return 0
}

// install installs the peers and prints their versions.
func (b *bench) install() {
	measure.Need("curl", "jq", "wrk", "npm", "mitmdump:mitmproxy")
	b.modules = "bench/peers/node_modules"
	install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--silent")
	install.Dir, install.Stderr = "bench/peers", os.Stderr
	measure.Must(install.Run())
	b.minimal = filepath.Join(b.dir, "minimal")
	measure.Build(b.minimal, "bench/peers/minimal")

	fmt.Println(output("uname", "-srm"))
	for _, command := range [][]string{
		{b.program, "version"}, {"curl", "--version"}, {"jq", "--version"}, {"node", "--version"}, {"mitmdump", "--version"},
		{"node", "-p", `['@stoplight/prism-cli', 'express', 'newman', 'ajv'].map(p => p + ' ' + require('./` + b.modules + `/' + p + '/package.json').version).join('\n')`},
		{"go", "list", "-m", "github.com/tsenart/vegeta/v12", "github.com/rakyll/hey"},
	} {
		text := output(command...)
		if command[0] != "node" && command[0] != "go" {
			text, _, _ = strings.Cut(text, "\n")
		}
		fmt.Println(text)
	}
}

func output(command ...string) string {
	out, err := exec.Command(command[0], command[1:]...).Output()
	if err != nil {
		log.Fatalf("%s: %v", strings.Join(command, " "), err)
	}
	return strings.TrimSpace(string(out))
}

// takes is how many milliseconds a command takes.
func takes(command ...string) func() float64 {
	return func() float64 { return measure.Milliseconds(measure.Timed(command)) }
}

func (b *bench) send() comparison {
	url := b.endpoint + "/apizeehooks/"
	several := func(command ...string) func() float64 { // a single one is too short
		return func() float64 {
			var all []float64
			for range 15 {
				all = append(all, takes(command...)())
			}
			return measure.Median(all)
		}
	}
	return comparison{name: "send", what: "one event, the whole process", unit: "ms", contenders: []contender{
		{"`send`", several(b.program, "send", "ticket", "update", "--state", "invited", "--to", url)},
		{"curl", several("curl", "-s", "--request", "POST", "-H", "Content-Type: application/JSON", "-H", "User-Agent: Cloud Apizee", "--data", measure.Event, url)},
		{"a minimal net/http program", several(b.minimal, url)},
	}}
}

const steps = 1000

func (b *bench) run() comparison {
	scenario, collection := filepath.Join(b.dir, "many.yaml"), filepath.Join(b.dir, "many.json")
	step := "  - send: ticket update\n    id: 100\n    props: {state: invited}\n    expect: {status: 204, within: 2s}\n"
	measure.Must(os.WriteFile(scenario, []byte("steps:\n"+strings.Repeat(step, steps)), 0o600))
	item := fmt.Sprintf(`{"name":"ticket","event":[{"listen":"test","script":{"exec":"pm.test('204', () => pm.response.to.have.status(204))"}}],`+
		`"request":{"method":"POST","url":%q,"header":[{"key":"Content-Type","value":"application/JSON"}],"body":{"mode":"raw","raw":%q}}}`, b.endpoint, measure.Event)
	measure.Must(os.WriteFile(collection, []byte(`{"info":{"name":"many","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[`+
		strings.TrimSuffix(strings.Repeat(item+",", steps), ",")+`]}`), 0o600))
	return comparison{name: "run", what: fmt.Sprintf("%d steps with an expectation, the whole process", steps), unit: "ms", contenders: []contender{
		{"`run`", takes(b.program, "run", scenario, "--to", b.endpoint)},
		{"a net/http loop", takes(b.minimal, "-steps", fmt.Sprint(steps), b.endpoint)},
		{"`run --keep-alive`", takes(b.program, "run", scenario, "--keep-alive", "--to", b.endpoint)},
		{"a net/http loop that keeps its connection", takes(b.minimal, "-steps", fmt.Sprint(steps), "-keep-alive", b.endpoint)},
		{"newman", takes(b.modules+"/.bin/newman", "run", collection, "--silent")},
	}}
}

func (b *bench) validate() comparison {
	file, schema := filepath.Join(b.dir, "events.jsonl"), filepath.Join(b.dir, "schema.json")
	for name, command := range map[string][]string{
		file:   {b.program, "generate", "--seed", "1", "--count", "300000"},
		schema: {b.program, "schema", "json-schema"},
	} {
		out, err := os.Create(name)
		measure.Must(err)
		measure.Run(out, command...)
		measure.Must(out.Close())
	}
	info, err := os.Stat(file)
	measure.Must(err)
	reads := func(command ...string) func() float64 { // MB/s
		return func() float64 { return float64(info.Size()) / 1e6 / measure.Timed(command).Seconds() }
	}
	return comparison{name: "validate", what: "300,000 events in a file, the whole process", unit: "MB/s", more: true, contenders: []contender{
		{"`validate`", reads(b.program, "validate", file)},
		{"jq, which only parses", reads("jq", "-c", "empty", file)},
		{"ajv with the JSON Schema", reads("node", "bench/peers/validate.mjs", schema, file)},
	}}
}
