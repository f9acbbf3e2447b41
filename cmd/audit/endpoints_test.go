package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
)

// endpoint is a small endpoint in testdata/endpoints. It keeps tickets in memory, or in SQLite when
// DB names a file, and injects the fault that FAULT names.
type endpoint struct {
	command   string // for the shell, in testdata/endpoints
	installed string // succeeds where all that it needs is installed
	always    bool   // whether it needs no packages, so that any machine with the language runs it
	memory    bool   // whether it can keep tickets in memory

	// misses are the rules that the endpoint does not pass with SQLite and without a fault.
	misses verdicts
	// faults are the rules that each fault fails, in addition.
	faults map[string]verdicts
}

// verdicts are the statuses of the rules that are not passed; those that are not judged are others.
type verdicts map[string]audit.Status

const others = "the others"

func (v verdicts) and(others verdicts) verdicts {
	all := maps.Clone(v)
	if all == nil {
		all = verdicts{}
	}
	maps.Copy(all, others)
	return all
}

// endpoints are audited as a user would, with --probe and --exec.
func endpoints() map[string]endpoint {
	const fails, warns = audit.Failed, audit.Warned
	cut := verdicts{"stop": warns}         // frameworks that end at SIGTERM with requests in flight
	rounded := verdicts{"large-id": fails} // JSON.parse rounds them
	return map[string]endpoint{
		"python http.server": {
			command: "exec python3 python/server.py", installed: "python3 -c 'import sqlite3'", always: true, memory: true,
			faults: map[string]verdicts{
				"truncated": {"partial-body": fails, "not-json": fails, "trailing-text": warns},
				"lenient":   {"trailing-text": warns},
				"unread":    {"unread-body": fails},
			},
		},
		"flask": {
			command: "exec python3 python/flask_app.py", installed: "python3 -c 'import flask'", memory: true, misses: cut,
			faults: map[string]verdicts{"later": {"kill": fails, "stop": fails}, "limit": {"media-events": fails, others: audit.NotJudged}},
		},
		"express": {
			command: "exec node node/express.js", installed: "cd node && node -e 'require(\"express\"); require(\"better-sqlite3\")'", memory: true, misses: rounded,
			faults: map[string]verdicts{"twice": {"duplicate": fails, "same-second": warns}, "crash": {"unknown-state": fails, others: audit.NotJudged}},
		},
		"fastify": {
			command: "exec node node/fastify.js", installed: "cd node && node -e 'require(\"fastify\"); require(\"better-sqlite3\")'", memory: true, misses: rounded,
			faults: map[string]verdicts{"resurrect": {"late-update": fails}},
		},
		"koa": {
			command: "exec node node/koa.js", installed: "cd node && node -e 'require(\"koa\"); require(\"better-sqlite3\")'", memory: true, misses: cut.and(rounded),
			faults: map[string]verdicts{"overwrite": {"out-of-order": fails, "late-update": fails}, "same-second": {"same-second": fails}, "sign-in": {"ordinary-event": fails, others: audit.NotJudged}},
		},
		"php": {
			command: "exec php -S 127.0.0.1:$PORT php/server.php", installed: `php -r 'exit((int) !in_array("sqlite", PDO::getAvailableDrivers()));'`, always: true, misses: cut,
			faults: map[string]verdicts{"letter-case": {"secret-wrong": fails}, "prefix": {"secret-wrong": fails}, "ok-false": {
				"empty-body": warns, "not-an-event": warns, "not-json": warns, "trailing-text": warns, "byte-order-mark": warns, "bad-utf8": warns,
			}},
		},
		"sinatra": {
			command: "exec ruby ruby/sinatra_app.rb", installed: `ruby -e 'require "sinatra/base"; require "puma"; require "sqlite3"'`, memory: true,
			faults: map[string]verdicts{"drop": {"burst": fails, "kill": fails, "stop": fails}},
		},
		"webrick": {
			command: "exec ruby ruby/webrick_app.rb", installed: `ruby -e 'require "webrick"; require "sqlite3"'`, memory: true,
			faults: map[string]verdicts{"server-error": {"quotes": fails}},
		},
		"java": {
			command:   "exec java -cp $CLASSES:$JARS Server",
			installed: "javac -cp $JARS -d $CLASSES java/Server.java && test -r /usr/share/java/sqlite-jdbc.jar", memory: true,
			faults: map[string]verdicts{"write-behind": {"two-senders": fails}},
		},
		"go": {
			command: "exec $ENDPOINT_GO", installed: "go build -C go -o $ENDPOINT_GO .", always: true, memory: true,
			faults: map[string]verdicts{"lenient": {"trailing-text": warns}, "hang": {"response-time": fails, others: audit.NotJudged}, "any-of": {"secret-duplicated": warns}},
		},
		"go sqlite": {
			command: "exec $ENDPOINT_GO_SQLITE", installed: "go build -C go -tags sqlite -o $ENDPOINT_GO_SQLITE .",
		},
	}
}

// TestEndpoints audits every endpoint as it is and with each of its faults. With ENDPOINTS=all, as
// .ci/endpoints sets it, all of them must be installed; else those are audited that need no packages,
// without faults.
func TestEndpoints(t *testing.T) {
	all := os.Getenv("ENDPOINTS") == "all"
	dir := t.TempDir()
	program := filepath.Join(dir, "apizee-hooks")
	if out, err := exec.Command("go", "build", "-o", program, "../..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, e := range endpoints() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !all && (!e.always || e.shell(dir, e.installed).Run() != nil) {
				return
			}
			if out, err := e.shell(dir, e.installed).CombinedOutput(); err != nil {
				t.Fatalf("not installed: %v: %s", err, out)
			}
			lost := verdicts{"kill": audit.Failed, "stop": audit.Failed}
			if e.memory && (all || name == "go") {
				t.Run("memory", func(t *testing.T) { e.audit(t, program, dir, "memory", "", e.misses.and(lost)) })
			}
			if name != "go" {
				t.Run("sqlite", func(t *testing.T) { e.audit(t, program, dir, "sqlite", "", e.misses) })
			}
			if !all {
				return
			}
			for fault, found := range e.faults {
				store, misses := "sqlite", e.misses
				if name == "go" {
					store, misses = "memory", misses.and(lost)
				}
				want := misses.and(found)
				if want[others] == audit.NotJudged { // as the restarts are
					want = found
				}
				t.Run(fault, func(t *testing.T) { e.audit(t, program, dir, store, fault, want) })
			}
		})
	}
}

func (e endpoint) shell(dir, line string) *exec.Cmd {
	c := exec.Command("sh", "-c", line)
	c.Dir = filepath.Join("testdata", "endpoints")
	const jars = "/usr/share/java/"
	c.Env = append(os.Environ(), "ENDPOINT_GO="+filepath.Join(dir, "endpoint"), "ENDPOINT_GO_SQLITE="+filepath.Join(dir, "endpoint-sqlite"), "CLASSES="+dir,
		"JARS="+jars+"jackson-databind.jar:"+jars+"jackson-core.jar:"+jars+"jackson-annotations.jar:"+jars+"sqlite-jdbc.jar")
	return c
}

func (e endpoint) audit(t *testing.T, program, dir, store, fault string, want verdicts) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	listener.Close()
	report := filepath.Join(t.TempDir(), "report.json")
	c := e.shell(dir, `exec "$0" "$@"`)
	c.Args = append(c.Args, program, "audit", "-t", "http://"+address.String()+"/hooks/", "-H", "X-Api-Key: s3cret-Key",
		"--probe", "GET http://"+address.String()+"/tickets/{{ .id }}", "--probe-count", "count", "--within", "3s",
		"--exec", e.command, "--wait-for", "http://"+address.String()+"/tickets/1", "--timeout", "5s", "--settle", "50ms", "--skip", "slow-body", "--report", "json="+report)
	c.Env = append(c.Env, fmt.Sprintf("PORT=%d", address.Port), "SECRET=s3cret-Key", "FAULT="+fault, "TMPDIR="+t.TempDir())
	if store == "sqlite" {
		c.Env = append(c.Env, "DB="+filepath.Join(t.TempDir(), "tickets.db"))
	}
	out, err := c.CombinedOutput()
	text, readErr := os.ReadFile(report)
	if readErr != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var outcome struct {
		Rules []struct {
			Name   string
			Status audit.Status
			Actual string
		}
	}
	if err := json.Unmarshal(text, &outcome); err != nil {
		t.Fatal(err)
	}
	got := verdicts{}
	var evidence bytes.Buffer
	for _, r := range outcome.Rules {
		if r.Status == audit.Passed || r.Name == "slow-body" {
			continue
		}
		if r.Status == audit.NotJudged {
			got[others] = r.Status
			continue
		}
		got[r.Name] = r.Status
		fmt.Fprintf(&evidence, "%s %s: %s\n", r.Status, r.Name, r.Actual)
	}
	if want == nil {
		want = verdicts{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s\n%s", diff, &evidence)
	}
}
