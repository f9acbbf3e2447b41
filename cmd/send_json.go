package cmd

import (
	"encoding/json"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// delivery is one attempt as `send -o json` prints it. Times are in
// milliseconds.
type delivery struct {
	N          int              `json:"n"`
	Attempt    int              `json:"attempt"`
	StartedAt  string           `json:"startedAt"`
	Method     string           `json:"method"`
	URL        string           `json:"url"`
	Fault      string           `json:"fault,omitempty"`
	Event      json.RawMessage  `json:"event,omitempty"`
	EventText  string           `json:"eventText,omitempty"` // when it is not JSON
	Verdict    deliver.Verdict  `json:"verdict"`
	Status     int              `json:"status"`
	StatusText string           `json:"statusText"`
	Headers    http.Header      `json:"headers,omitempty"`
	Body       string           `json:"body"`
	BodyBase64 []byte           `json:"bodyBase64,omitempty"` // when it is not UTF-8
	Truncated  bool             `json:"truncated"`
	Replaced   bool             `json:"replaced,omitempty"` // the connection, and the event was sent again
	Timings    deliveryTimings  `json:"timings"`
	Failure    *deliveryFailure `json:"failure,omitempty"`
}

type deliveryTimings struct {
	Connect   float64 `json:"connect"`
	TLS       float64 `json:"tls"`
	FirstByte float64 `json:"firstByte"`
	Total     float64 `json:"total"`
	Reused    bool    `json:"reused"`
}

type deliveryFailure struct {
	Kind    deliver.Kind `json:"kind"`
	Message string       `json:"message"`
	Hint    string       `json:"hint,omitempty"`
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// printDelivery prints one attempt on one line, and by what fault it was made.
func (a *app) printDelivery(request deliver.Request, r deliver.Result, fault string) error {
	d := delivery{
		N: r.N, Attempt: r.Attempt, StartedAt: r.Start.UTC().Format(time.RFC3339Nano),
		Method: apizee.Method, URL: deliver.ShowURL(request.URL, a.ShowSecrets), Fault: fault,
		Verdict: r.Verdict(), Status: r.Status, StatusText: r.StatusText,
		Headers: a.shownHeaders(request.Target, r.Headers), Truncated: r.Truncated, Replaced: r.Replaced,
		Timings: deliveryTimings{
			milliseconds(r.Timings.Connect), milliseconds(r.Timings.TLS),
			milliseconds(r.Timings.FirstByte), milliseconds(r.Timings.Total), r.Timings.Reused,
		},
	}
	if json.Valid(request.Body) {
		d.Event = request.Body
	} else {
		d.EventText = string(request.Body)
	}
	if body := a.shownBody(request.Target, r); utf8.ValidString(body) {
		d.Body = body
	} else {
		d.BodyBase64 = []byte(body)
	}
	if r.Failure != nil {
		d.Failure = &deliveryFailure{r.Failure.Kind, r.Failure.Message, r.Failure.Hint}
	}
	return a.PrintLine(d)
}

// shownHeaders are those of a reply, in which an endpoint may repeat what it got.
func (a *app) shownHeaders(t deliver.Target, headers http.Header) http.Header {
	hide, shown := a.hiding(t), headers.Clone()
	for _, values := range shown {
		for i, value := range values {
			values[i] = hide(value) // as a whole, before what is secret by its name
		}
	}
	return headerPrinter{secrets: a.ShowSecrets}.mask(shown)
}
