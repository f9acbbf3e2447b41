package fault

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
)

const (
	headLimit  = 256 << 10                                                       // of deliver's transports
	faultyBody = `{"event":"update","objectId":100,"props":{"state":"invited"}}` // 61 bytes
	faultyHead = "POST /hooks?x=1 HTTP/1.1\r\nHost: ADDR\r\nUser-Agent: Cloud Apizee\r\nContent-Length: 61\r\n" +
		"Accept: */*\r\nContent-Type: application/JSON\r\nX-Team: blue\r\n\r\n"
)

func parse(t testing.TB, name string) Fault {
	t.Helper()
	f, err := Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func faultyClient(t testing.TB, fault string, options deliver.Network, sleep func(context.Context, time.Duration) error) *deliver.Client {
	t.Helper()
	base, err := deliver.NewTransport(t.Context(), options, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(base.CloseIdleConnections)
	return parse(t, fault).Client(base, time.Now, Options{Seed: 1, Sleep: sleep})
}

func request(t testing.TB, rawURL, body string) deliver.Request {
	t.Helper()
	u, err := deliver.ParseURL(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	return deliver.Request{Target: deliver.Target{URL: u}, Body: []byte(body)}
}

// send delivers to a URL and fails the test when it takes far too long.
func send(t testing.TB, client *deliver.Client, rawURL, body string) deliver.Result {
	t.Helper()
	return client.Deliver(t.Context(), request(t, rawURL, body), 10*time.Second)
}

func noSleep(context.Context, time.Duration) error { return nil }

// readAll reads size bytes, or until the sender ends.
func readAll(conn net.Conn, size int) string {
	got := make([]byte, size)
	n, err := io.ReadFull(conn, got)
	text := string(got[:n])
	if err != nil {
		text += "|" + howEnded(err)
	}
	return text
}

func howEnded(err error) string {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return "end"
	}
	return "reset"
}

// The exact bytes on the wire, and how the sender ends.
func TestFaultsOnTheWire(t *testing.T) {
	whole := faultyHead + faultyBody
	truncated := faultyHead + faultyBody[:30]
	tests := map[string]struct {
		want string // after the bar: how the sender ended
		kind deliver.Kind
	}{
		"duplicate":    {want: whole},
		"delay":        {want: whole},
		"reorder":      {want: whole},
		"truncate":     {want: truncated + "|end"},
		"abort":        {want: truncated + "|reset", kind: KindAborted},
		"slow-body":    {want: whole},
		"wrong-length": {want: strings.Replace(whole, "Content-Length: 61", "Content-Length: 30", 1)},
		"plain-type":   {want: strings.Replace(whole, "application/JSON", "application/json", 1)},
		"chunked": {want: strings.Replace(faultyHead, "Content-Length: 61", "Transfer-Encoding: chunked", 1) +
			"3d\r\n" + faultyBody + "\r\n0\r\n\r\n"},
	}
	config, caFile := delivertest.SelfSigned(t)
	for name, test := range tests {
		for scheme, over := range map[string]func(net.Listener) net.Listener{
			"http":  func(l net.Listener) net.Listener { return l },
			"https": func(l net.Listener) net.Listener { return tls.NewListener(l, config) },
		} {
			t.Run(name+" "+scheme, func(t *testing.T) {
				l := delivertest.Listen(t)
				want := strings.ReplaceAll(test.want, "ADDR", l.Addr().String())
				size := len(want)
				if strings.Contains(want, "|") {
					size = 4096
				}
				received := make(chan string, 1)
				delivertest.Serve(over(l), func(conn net.Conn) {
					got := readAll(conn, size)
					io.WriteString(conn, delivertest.NoContent)
					received <- got
				})
				client := faultyClient(t, name, deliver.Network{CAFile: caFile}, noSleep)
				event := request(t, scheme+"://"+l.Addr().String()+"/hooks?x=1", faultyBody)
				event.Headers = []deliver.Header{{Name: "X-Team", Value: "blue"}}
				result := client.Deliver(t.Context(), event, 10*time.Second)
				if diff := cmp.Diff(want, <-received); diff != "" {
					t.Error(diff)
				}
				checkFaulty(t, result, test.kind)
			})
		}
	}
}

func checkFaulty(t *testing.T, result deliver.Result, kind deliver.Kind) {
	t.Helper()
	switch {
	case kind == "" && (result.Status != 204 || result.Timings.FirstByte <= 0 || result.Timings.Connect <= 0):
		t.Errorf("%+v, %+v", result, result.Failure)
	case kind != "" && (result.Failure == nil || result.Failure.Kind != kind):
		t.Errorf("%+v", result.Failure)
	}
}

// sent is the body that a server got, and whether it was complete.
func sent(t *testing.T, fault, body string) string {
	t.Helper()
	bodies := make(chan string, 1)
	l := delivertest.Listen(t)
	delivertest.Serve(l, func(conn net.Conn) {
		req, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		got, _ := io.ReadAll(req.Body)
		io.WriteString(conn, delivertest.NoContent)
		bodies <- string(got)
	})
	result := send(t, faultyClient(t, fault, deliver.Network{}, noSleep), "http://"+l.Addr().String()+"/", body)
	checkFaulty(t, result, "")
	return <-bodies
}

func TestFaultsInTheBody(t *testing.T) {
	corrupt := sent(t, "corrupt", faultyBody)
	if len(corrupt) != len(faultyBody) || corrupt == faultyBody || json.Valid([]byte(corrupt)) {
		t.Errorf("corrupt sent %q", corrupt)
	}
	if again := sent(t, "corrupt", faultyBody); again != corrupt {
		t.Errorf("the same seed sent %q, then %q", corrupt, again)
	}
	oversize := sent(t, "oversize", faultyBody)
	if !json.Valid([]byte(oversize)) || len(oversize) != len(faultyBody)+oversized || strings.TrimRight(oversize, " ") != faultyBody {
		t.Errorf("oversize sent %d bytes", len(oversize))
	}
	for _, body := range []string{faultyBody, "{}", "", `[1]`, `{"a":"b"}`} {
		bad := sent(t, "bad-utf8", body)
		if utf8.ValidString(bad) || strings.ReplaceAll(bad, "\xff", "") != body {
			t.Errorf("bad-utf8 sent %q", bad)
		}
	}
	if got := sent(t, "bad-utf8", `{"a":"b"}`); got != "{\"a\":\"\xffb\"}" {
		t.Errorf("bad-utf8 sent %q", got)
	}
}

func TestFaultsWithoutABody(t *testing.T) {
	for _, fault := range All() {
		if fault.Name == "abort" || fault.Name == "truncate" {
			continue // they end before a response
		}
		t.Run(fault.Name, func(t *testing.T) {
			url := delivertest.Respond(t, delivertest.NoContent)
			checkFaulty(t, send(t, faultyClient(t, fault.Name, deliver.Network{}, noSleep), url, ""), "")
		})
	}
}

func TestSlowBodyIsSlow(t *testing.T) {
	// The server proves that the pauses come between the parts: it lets each end only
	// after it has read what was sent before.
	l := delivertest.Listen(t)
	next := make(chan struct{})
	var got []int
	delivertest.Serve(l, func(conn net.Conn) {
		reader := bufio.NewReader(conn)
		req, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		for range SlowParts {
			next <- struct{}{}
			piece := make([]byte, len(faultyBody))
			n, err := req.Body.Read(piece)
			if err != nil && n == 0 {
				return
			}
			got = append(got, n)
		}
		io.WriteString(conn, delivertest.NoContent)
	})
	pauses := 0
	sleep := func(_ context.Context, d time.Duration) error {
		if d != slowPause {
			t.Errorf("paused for %v", d)
		}
		pauses++
		<-next
		return nil
	}
	result := send(t, faultyClient(t, "slow-body", deliver.Network{}, sleep), "http://"+l.Addr().String()+"/", faultyBody)
	checkFaulty(t, result, "")
	if pauses != SlowParts || !slices.Equal(got, []int{6, 6, 6, 6, 6, 6, 6, 6, 6, 7}) {
		t.Errorf("%d pauses, pieces of %v", pauses, got)
	}
}

func TestEarlyReplyEndsASlowBody(t *testing.T) {
	url := respondAtOnce(t, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 408 deliver.Request Timeout\r\nContent-Length: 4\r\nConnection: close\r\n\r\nslow")
	sleep := func(ctx context.Context, _ time.Duration) error {
		<-ctx.Done() // until the response
		return ctx.Err()
	}
	result := send(t, faultyClient(t, "slow-body", deliver.Network{}, sleep), url, faultyBody)
	if result.Status != 408 || string(result.Body) != "slow" {
		t.Errorf("%+v, %+v", result, result.Failure)
	}
}

// respondAtOnce responds after the request headers.
func respondAtOnce(t *testing.T, resp string) string {
	l := delivertest.Listen(t)
	delivertest.Serve(l, func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			io.WriteString(conn, resp)
		}
	})
	return "http://" + l.Addr().String() + "/"
}

func TestFaultyDeliveryFailsLikeAnyOther(t *testing.T) {
	closing := func(t *testing.T) string {
		l := delivertest.Listen(t)
		delivertest.Serve(l, func(conn net.Conn) { delivertest.ReadRequest(conn) })
		return "http://" + l.Addr().String() + "/"
	}
	plain := func(t *testing.T) string {
		l := delivertest.Listen(t)
		delivertest.Serve(l, func(conn net.Conn) { io.WriteString(conn, delivertest.NoContent) })
		return "https://" + l.Addr().String() + "/"
	}
	untrusted := func(t *testing.T) string {
		config, _ := delivertest.SelfSigned(t)
		l := delivertest.Listen(t)
		delivertest.Serve(tls.NewListener(l, config), func(conn net.Conn) { delivertest.ReadRequest(conn) })
		return "https://" + l.Addr().String() + "/"
	}
	nobody := func(t *testing.T) string {
		l := delivertest.Listen(t)
		l.Close()
		return "http://" + l.Addr().String() + "/"
	}
	tests := map[string]struct {
		url  func(*testing.T) string
		kind deliver.Kind
	}{
		"closed":       {closing, deliver.KindReset},
		"refused":      {nobody, deliver.KindRefused},
		"no TLS":       {plain, deliver.KindTLS},
		"untrusted":    {untrusted, deliver.KindTLS},
		"bad response": {func(t *testing.T) string { return delivertest.Respond(t, "SMTP ready\r\n") }, deliver.KindBadResponse},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result := send(t, faultyClient(t, "slow-body", deliver.Network{}, noSleep), test.url(t), faultyBody)
			checkFaulty(t, result, test.kind)
		})
	}
}

func TestFaultyDeliveryTakesNoEndlessHead(t *testing.T) {
	for name, resp := range map[string]string{
		"header": "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2*headLimit),
		"hints":  strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", headLimit/20),
	} {
		t.Run(name, func(t *testing.T) {
			result := send(t, faultyClient(t, "slow-body", deliver.Network{}, noSleep), delivertest.Respond(t, resp), faultyBody)
			if f := result.Failure; f == nil || f.Kind != deliver.KindBadResponse || !strings.Contains(f.Message, "are longer than 256 KiB") {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestFaultyDeliveryTakesALongBody(t *testing.T) {
	resp := "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + strings.Repeat("x", 2*headLimit)
	result := send(t, faultyClient(t, "slow-body", deliver.Network{}, noSleep), delivertest.Respond(t, resp), faultyBody)
	if result.Failure != nil || result.BodyBytes != 2*headLimit {
		t.Errorf("%d bytes, %+v", result.BodyBytes, result.Failure)
	}
}

// The time that the fault itself uses is not the endpoint's.
func TestSlowBodyHasItsOwnTime(t *testing.T) {
	const timeout = time.Second
	sleep := func(ctx context.Context, _ time.Duration) error {
		if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) < timeout+SlowParts*slowPause/2 {
			t.Errorf("it has to end by %v", deadline)
		}
		return nil
	}
	client := faultyClient(t, "slow-body", deliver.Network{}, sleep)
	event := request(t, delivertest.Respond(t, delivertest.NoContent), faultyBody)
	if got := client.Deliver(t.Context(), event, timeout); !got.Accepted() {
		t.Errorf("%+v", got.Failure)
	}
}

func TestFaultyDeliveryStops(t *testing.T) {
	l := delivertest.Listen(t)
	arrived := make(chan struct{}, 2)
	delivertest.Serve(l, func(conn net.Conn) {
		http.ReadRequest(bufio.NewReader(conn))
		arrived <- struct{}{}
		io.Copy(io.Discard, conn)
	})
	ctx, cancel := context.WithCancel(t.Context())
	client := faultyClient(t, "wrong-length", deliver.Network{}, noSleep)
	go func() {
		<-arrived
		cancel()
	}()
	event := request(t, "http://"+l.Addr().String(), faultyBody)
	checkFaulty(t, client.Deliver(ctx, event, 10*time.Second), deliver.KindCanceled)
	checkFaulty(t, client.Deliver(t.Context(), event, time.Millisecond), deliver.KindTimeout)
}

func TestParse(t *testing.T) {
	for _, f := range All() {
		got, err := Parse(f.Name)
		if err != nil || got.Name != f.Name || f.Description == "" || f.Expected == "" {
			t.Errorf("%s: %+v, %v", f.Name, got, err)
		}
	}
	for name, want := range map[string]string{
		"trunkate": `unknown fault "trunkate"`,
		"":         `unknown fault ""`,
	} {
		if _, err := Parse(name); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestPlan(t *testing.T) {
	options := deliver.Options{Count: 3, Every: time.Second}
	twice, late := options, options
	twice.Count, late.Late = 6, 5*time.Second
	for name, want := range map[string]deliver.Options{duplicate: twice, delay: late, reorder: options, "truncate": options} {
		if got := parse(t, name).Plan(options); got != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := parse(t, duplicate).Plan(deliver.Options{}); got.Count != 2 {
		t.Errorf("%+v", got)
	}
}

func TestArrange(t *testing.T) {
	tests := map[string]struct {
		fault string
		n     int
		want  string
	}{
		"duplicate":   {duplicate, 3, "1 1 2 2 3 3"},
		"reorder":     {reorder, 4, "2 1 4 3"},
		"reorder odd": {reorder, 3, "2 1 3"},
		"delay":       {delay, 21, "1 2 3 4 6 7 8 9 11 12 13 14 16 5 17 18 19 21 10 15 20"},
		"delay few":   {delay, 6, "1 2 3 4 6 5"},
		"no fault":    {"", 3, "1 2 3"},
		"other fault": {"truncate", 3, "1 2 3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var source []string
			for i := range test.n {
				source = append(source, strconv.Itoa(i+1))
			}
			arranged := Arrange(Fault{Name: test.fault}, slices.Values(source))
			got := slices.Collect(arranged)
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
			for n := range got {
				i := 0
				for range arranged {
					if i++; i > n {
						break
					}
				}
			}
		})
	}
}

func FuzzFaults(f *testing.F) {
	for _, body := range []string{faultyBody, "", "{", `:":":"`, "\r\n\r\n"} {
		f.Add([]byte(body), uint64(1))
	}
	f.Fuzz(func(t *testing.T, body []byte, seed uint64) {
		for _, fault := range All() {
			if fault.content != nil {
				c := content{header: http.Header{}, body: bytes.Clone(body)}
				fault.content(&c, newSeededRand(seed))
				if len(c.body) < len(body) {
					t.Fatalf("%s lost a part of %q", fault.Name, body)
				}
			}
			if fault.wire == nil {
				continue
			}
			head := []byte("POST / HTTP/1.1\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n")
			wire := bytes.Join(fault.wire(message{head, body}).parts, nil)
			_, tail, _ := bytes.Cut(wire, []byte("\r\n\r\n"))
			if !bytes.HasPrefix(body, tail) {
				t.Fatalf("%s made %q of %q", fault.Name, tail, body)
			}
		}
	})
}
