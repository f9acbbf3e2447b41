package deliver

import (
	"crypto/tls"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
)

func TestCurlCommand(t *testing.T) {
	tests := map[string]struct {
		url     string
		headers []string
		body    string
		options CurlOptions
		want    string
	}{
		"plain": {
			url: "localhost:3000/apizeehooks/", body: `{"a":"b"}`,
			want: `curl --request POST -H 'Content-Type: application/JSON' -H 'User-Agent: Cloud Apizee' ` +
				`--data-raw '{"a":"b"}' http://localhost:3000/apizeehooks/`,
		},
		"secrets masked": {
			url: "http://me:hunter2@h/", headers: []string{"X-Api-Key: hunter2", "Cookie:"},
			want: `curl --request POST -H 'Content-Type: application/JSON' -H 'User-Agent: Cloud Apizee' ` +
				`-H 'X-Api-Key: ****' -H Cookie: --data-raw '' 'http://me:****@h/'`,
		},
		"secrets shown": {
			url: "http://me:hunter2@h/", headers: []string{"X-Api-Key: hunter2"}, options: CurlOptions{ShowSecrets: true},
			want: `curl --request POST -H 'Content-Type: application/JSON' -H 'User-Agent: Cloud Apizee' ` +
				`-H 'X-Api-Key: hunter2' --data-raw '' http://me:hunter2@h/`,
		},
		"switches": {
			url: "https://h/a/../b?[1-2]", headers: []string{"User-Agent:", "content-type: text/plain"}, body: "x",
			options: CurlOptions{Network: Network{Insecure: true, CAFile: "my ca.pem"}, Timeout: 1500*time.Millisecond + 1},
			want: `curl --request POST -H User-Agent: -H 'Content-Type: text/plain' --globoff --path-as-is --http1.1 ` +
				`--insecure --cacert 'my ca.pem' --max-time 1.501 --data-raw x 'https://h/a/../b?[1-2]'`,
		},
		"HEAD": {
			url: "http://h", options: CurlOptions{Method: "HEAD"},
			want: `curl --head -H 'Content-Type: application/JSON' -H 'User-Agent: Cloud Apizee' http://h`,
		},
		"NUL": {
			url: "http://h", body: "a\x00\\n",
			want: `printf %b 'a\0000\\n' | curl --request POST -H 'Content-Type: application/JSON' ` +
				`-H 'User-Agent: Cloud Apizee' --data-binary @- http://h`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := CurlCommand(parseTarget(t, test.url, test.headers...), []byte(test.body), test.options)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Real curl, run by bash, must send what Client sends.
func TestCurlSendsTheSame(t *testing.T) {
	awkward := "{\"text\":\"it's \\\"$HOME\\\" `id` $(id) !! \\\\ 🎫 é\",\r\n\t\"n\": 1}\n\n"
	tests := map[string]struct {
		path    string
		user    string
		headers []string
		body    string
	}{
		"plain":               {path: "/apizeehooks/", body: ticketEvent},
		"no path":             {body: ticketEvent},
		"awkward body":        {path: "/", body: awkward},
		"body like a file":    {path: "/", body: "@/etc/hostname"},
		"body like an option": {path: "/", body: "--insecure"},
		"empty body":          {path: "/"},
		"not UTF-8":           {path: "/", body: "\xff\xfe\x80"},
		"NUL":                 {path: "/", body: "a\x00b\\0c%s\x001\n"},
		"too long to pass":    {path: "/", body: strings.Repeat(awkward, 5000)},
		"just expected":       {path: "/", body: strings.Repeat("x", expectLimit)},
		"long":                {path: "/", body: strings.Repeat("0123456789abcdef", 3<<16)},
		"globs and query":     {path: "/[1-3]/{a,b}?x=[1-2]&y={c,d}&z=%20+'$HOME'!", body: "{}"},
		"empty query":         {path: "/a?", body: "{}"},
		"dots":                {path: "/a/../b/./%2e%2e/c", body: "{}"},
		"fragment":            {path: "/a?b#c", body: "{}"},
		"custom headers":      {path: "/", body: "{}", headers: []string{"X-Team: it's $HOME \\ !! 🎫", "x-twice: a", "x-twice: b", "X-Api-Key: k"}},
		"replaced":            {path: "/", body: "{}", headers: []string{"user-agent: mine", "content-type: text/plain", "accept: a/b", "Host: example.com"}},
		"removed":             {path: "/", body: "{}", headers: []string{"User-Agent:", "Content-Type:", "Accept:", "X-None:"}},
		"removed and given":   {path: "/", body: "{}", headers: []string{"User-Agent:", "User-Agent: mine", "Accept: a/b", "Accept:"}},
		"own Expect":          {path: "/", body: strings.Repeat("x", expectLimit), headers: []string{"Expect:", "X-A: b"}},
		"user":                {path: "/", body: "{}", user: "me:p%40ss%20'w@"},
		"user without":        {path: "/", body: "{}", user: "me@"},
		"user overruled":      {path: "/", body: "{}", user: "me:pass@", headers: []string{"authorization: Bearer x"}},
		"user removed":        {path: "/", body: "{}", user: "me:pass@", headers: []string{"Authorization:"}},
	}
	config, caFile := delivertest.SelfSigned(t)
	home := t.TempDir()
	for name, test := range tests {
		for _, scheme := range []string{"http", "https"} {
			t.Run(name+" "+scheme, func(t *testing.T) {
				options := CurlOptions{Timeout: 10 * time.Second, ShowSecrets: true}
				l := delivertest.Listen(t)
				rawURL := scheme + "://" + test.user + l.Addr().String() + test.path
				if scheme == "https" {
					options.Network.CAFile = caFile
					l = tls.NewListener(l, config)
				}
				requests := capture(l)
				req := Request{Target: parseTarget(t, rawURL, test.headers...), Body: []byte(test.body)}

				if result := newClient(t, options.Network).Deliver(t.Context(), req, options.Timeout); !result.Accepted() {
					t.Fatalf("%+v", result.Failure)
				}
				want := dissect(<-requests)
				runBash(t, home, CurlCommand(req.Target, req.Body, options))
				if diff := cmp.Diff(want, dissect(<-requests)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// dissected is a request whose headers are sorted, since their order means nothing.
type dissected struct {
	Line    string
	Headers []string
	Body    string
}

func dissect(raw []byte) dissected {
	head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	slices.Sort(lines[1:])
	return dissected{lines[0], lines[1:], body}
}

// runBash runs a script from a file, because it can be too long for an argument.
func runBash(t *testing.T, home, script string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(file, []byte(script+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bash := exec.CommandContext(t.Context(), "bash", "--norc", file)
	bash.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home}
	if out, err := bash.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
