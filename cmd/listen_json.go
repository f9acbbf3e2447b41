package cmd

import (
	"encoding/json"
	"net"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// jsonPrinter shows a request as one JSON object on one line.
type jsonPrinter struct{ headerPrinter }

// received is a request as `listen -o json` prints it. Times are in milliseconds.
type received struct {
	N          int64            `json:"n"`
	ReceivedAt string           `json:"receivedAt"`
	Remote     string           `json:"remote"`
	Method     string           `json:"method"`
	Path       string           `json:"path"`
	Proto      string           `json:"proto"`
	Headers    http.Header      `json:"headers"`
	Event      json.RawMessage  `json:"event,omitempty"`      // the body, when it is JSON
	Body       *string          `json:"body,omitempty"`       // when it is not
	BodyBase64 []byte           `json:"bodyBase64,omitempty"` // when it is not even UTF-8
	Findings   []apizee.Finding `json:"findings"`
	Outcome    receive.Outcome  `json:"outcome"`
	Problem    string           `json:"problem,omitempty"`
	Status     int              `json:"status"`
	Took       float64          `json:"took"`
	Forwarded  *forwarded       `json:"forwarded,omitempty"`
}

type forwarded struct {
	Status  int              `json:"status"`
	Took    float64          `json:"took"`
	Failure *deliveryFailure `json:"failure,omitempty"`
}

func (p jsonPrinter) reception(dst []byte, r *receive.Reception) []byte {
	out := received{
		N: r.N, ReceivedAt: r.At.UTC().Format(time.RFC3339Nano), Remote: r.Remote,
		Method: r.Method, Path: p.path(r), Proto: r.Proto, Headers: p.mask(r.Headers),
		Findings: nonNil(r.Report.Findings), Outcome: r.Outcome, Problem: r.Problem,
		Status: r.Status, Took: milliseconds(r.Took),
	}
	switch {
	case !utf8.Valid(r.Body):
		out.BodyBase64 = r.Body
	case json.Valid(r.Body):
		out.Event = r.Body
	default:
		text := string(r.Body)
		out.Body = &text
	}
	if f := r.Forwarded; f != nil {
		out.Forwarded = &forwarded{Status: f.Status, Took: milliseconds(f.Took)}
		if f.Failure != nil {
			out.Forwarded.Failure = &deliveryFailure{Kind: f.Failure.Kind, Message: f.Failure.Message}
		}
	}
	return appendJSONLine(dst, out)
}

func (p jsonPrinter) malformed(dst []byte, m receive.Malformed) []byte {
	return appendJSONLine(dst, struct {
		Malformed  string `json:"malformed"`
		ReceivedAt string `json:"receivedAt"`
		Remote     string `json:"remote"`
	}{m.Reason, m.At.UTC().Format(time.RFC3339Nano), m.Remote})
}

func (p jsonPrinter) leftOut(n int) []byte {
	return appendJSONLine(nil, struct {
		LeftOut int `json:"leftOut"`
	}{n})
}

// listeningJSON is the first line, for a script that has to know the address.
func listeningJSON(p *listenPlan, url string, bound net.Addr) []byte {
	out := struct {
		Listening   string `json:"listening"`
		Addr        string `json:"addr"`
		Path        string `json:"path,omitempty"`
		Fingerprint string `json:"fingerprint,omitempty"`
		Pin         string `json:"pin,omitempty"`
	}{Listening: url, Addr: bound.String(), Path: p.config.Path}
	if p.selfMade != nil {
		out.Fingerprint = receive.Fingerprint(*p.selfMade)
		out.Pin, _ = receive.Pin(*p.selfMade)
	}
	return appendJSONLine(nil, out)
}

// appendJSONLine adds a value that holds nothing JSON cannot: texts, numbers, and JSON
// that was found valid.
func appendJSONLine(dst []byte, value any) []byte {
	text, err := cli.Marshal(value)
	if err != nil {
		panic(err)
	}
	return append(append(dst, console.SafeJSON(text)...), '\n')
}
