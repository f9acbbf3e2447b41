package validate

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// testOptions are a plain run of validate.
func testOptions(stdin io.Reader, stdout io.Writer) *options {
	system := cli.System{
		Catalog: apizee.Documented(), Stdin: stdin, Stdout: stdout, Stderr: io.Discard,
		LookupEnv: func(string) (string, bool) { return "", false },
	}
	return &options{App: &cli.App{System: system}, files: []string{"-"}}
}

// BenchmarkValidate reads and judges events, one a line.
func BenchmarkValidate(b *testing.B) {
	const event = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`
	text := strings.Repeat(event+"\n", 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := run(b.Context(), testOptions(strings.NewReader(text), io.Discard)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkValidateBaseline also compares events with a baseline.
func BenchmarkValidateBaseline(b *testing.B) {
	const small = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`
	const large = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited","geoloc":{"lat":47.866675,"lng":-3.865805},` +
		`"agent":{"email":"jean.dupont@example.com","phone":"+33612345678","firstname":"Jean","lastname":"Dupont"},"tags":["a","b"],"note":null}}`
	for name, event := range map[string]string{"documented": small, "undocumented": large} {
		b.Run(name, func(b *testing.B) {
			catalog := apizee.Documented()
			learner := shape.NewLearner(shape.New(shape.NewRules(catalog, redact.NewScrubber(redact.ScrubOptions{}))))
			for range 100 {
				learner.Add(event, time.Time{})
			}
			file := filepath.Join(b.TempDir(), "baseline.json")
			if err := os.WriteFile(file, learner.Baseline.Schema(), 0o600); err != nil {
				b.Fatal(err)
			}
			text := strings.Repeat(event+"\n", 10_000)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				o := testOptions(strings.NewReader(text), io.Discard)
				o.drift = cli.Drift{File: file, MinEvents: 20}
				if err := run(b.Context(), o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestValidateLivePipe reads the findings of an event before the next event is written.
func TestValidateLivePipe(t *testing.T) {
	stdin, events := io.Pipe()
	findings, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(t.Context(), testOptions(stdin, stdout)) }()
	go io.WriteString(events, strings.Repeat("nonsense\n", 2))
	lines := bufio.NewScanner(findings)
	for _, line := range []string{"stdin:1: ", "stdin:2: "} {
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), line) {
			t.Errorf("%q does not begin with %q", lines.Text(), line)
		}
	}
	go io.Copy(io.Discard, findings)
	events.Close()
	if code := cli.ExitCode(<-ended); code != cli.ExitNegative {
		t.Errorf("exit code %d", code)
	}
}
