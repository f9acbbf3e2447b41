package audit

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

func TestRepeat(t *testing.T) {
	u, err := deliver.ParseURL("http://user:pass@localhost:3000/hooks")
	if err != nil {
		t.Fatal(err)
	}
	target := deliver.Target{URL: u, Headers: []deliver.Header{{Name: "X-Api-Key", Value: "s3cret"}, {Name: "X-Team", Value: "b'lue"}, {Name: "X-Gone", Remove: true}}}
	event := []byte(`{"event":"update","time":1,"object":"ticket","objectId":1,"props":{"state":"open"}}`)
	const to = " -t 'http://user:****@localhost:3000/hooks' -H 'X-Api-Key: ****' -H 'X-Team: ****' -H X-Gone: --timeout 5s"
	for want, request := range map[string]audit.Request{
		"apizee-hooks send --data '" + string(event) + "'" + to:                                                                                                                          {Body: event},
		"apizee-hooks send --data '{}' --allow-undocumented" + to:                                                                                                                        {Body: []byte("{}")},
		"apizee-hooks send --data ''$'\\x01''{}' --allow-undocumented" + to:                                                                                                              {Body: []byte("\x01{}")},
		strings.Replace("apizee-hooks send --data '"+string(event)+"'"+to, " --timeout", " --fault truncate --count 50 --parallel 50 --timeout", 1):                                      {Body: event, Fault: "truncate", Count: 50, AtOnce: true},
		"curl --request GET -H 'Content-Type: application/JSON' -H 'User-Agent: Cloud Apizee' -H 'X-Api-Key: ****' -H 'X-Team: ****' -H X-Gone: 'http://user:****@localhost:3000/hooks'": {Method: "GET"},
	} {
		o := options{App: &cli.App{System: cli.System{Catalog: apizee.Documented()}}, secretHeader: "x-team", connection: []string{"--timeout", "5s"}}
		request.Target = target
		if got := o.repeat(request); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	o := options{App: &cli.App{System: cli.System{Catalog: apizee.Documented()}}}
	slow := o.repeat(audit.Request{Target: target, Body: []byte("{}"), During: &audit.Request{Target: target, Body: []byte("[]"), Fault: "slow-body"}})
	if first, second, ok := strings.Cut(slow, " & sleep 1; apizee-hooks send "); !ok || !strings.HasSuffix(first, " --fault slow-body") || !strings.Contains(second, "'{}'") {
		t.Errorf("got %s", slow)
	}
	event2 := audit.Request{Target: target, Body: []byte("[2]"), AtOnce: true}
	probe := audit.Request{Target: target, Method: "GET", Earlier: []audit.Request{{Target: target, Body: []byte("[1]"), Fault: "chunked"}, event2, event2}}
	got := o.repeat(probe)
	for _, part := range []string{"'[1]'", "--fault chunked; ", "'[2]'", " & ", "'[2]'", " & wait; curl --request GET "} {
		_, rest, ok := strings.Cut(got, part)
		if !ok {
			t.Errorf("no %q in %s", part, got)
		}
		got = rest
	}
	pair := o.repeat(audit.Request{Target: target, Body: []byte("{}"), Before: &audit.Request{Target: target, Body: []byte("[]")}})
	if first, second, ok := strings.Cut(pair, " --next --request POST "); !ok || !strings.HasPrefix(first, "curl ") || !strings.Contains(first, "'[]'") || !strings.Contains(second, "'{}'") {
		t.Errorf("got %s", pair)
	}
}

// A long body is printed by short commands.
func TestPrinted(t *testing.T) {
	for _, body := range []string{
		`{"name":"` + strings.Repeat("name ", 40_000) + `"}`, strings.Repeat("x", 30_000) + "'", strings.Repeat(`%\`, 20_000), `{"a":"b"}`,
	} {
		command := printed([]byte(body))
		out, err := exec.Command("bash", "-c", command).Output()
		if err != nil || !bytes.Equal(out, []byte(body)) || len(command) > 200 {
			t.Errorf("%d bytes by a command of %d, %v: %.200s", len(out), len(command), err, command)
		}
	}
}
