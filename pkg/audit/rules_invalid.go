package audit

import (
	"bytes"
	"net/http"
)

func invalidRequestRules() []Rule {
	return []Rule{
		{
			Name: "get", Title: "GET request",
			Why:      "Browsers, scanners and health checks find the URL. A GET must not be processed as an event.",
			Expected: "405, another 4xx, 501, or a page", want: shouldReject().with(Passed, unimplemented, contradicted).orWarn(redirected),
			try: func(s *session) []attempt { return []attempt{s.do(Request{Method: http.MethodGet})} },
		},
		{
			Name: "empty-body", Title: "Empty body",
			Why:      "Proxies drop bodies, and scanners send none.",
			Expected: "4xx; 2xx for the next event", want: shouldReject(),
			try: func(s *session) []attempt { return []attempt{s.send("empty body", nil)} },
		},
		{
			Name: "not-an-event", Title: "JSON that is not an event",
			Why:      "Code that assumes the shape of the JSON fails with a 500, and a 500 makes senders retry.",
			Expected: "4xx; 2xx for the next event", want: shouldReject(),
			try: func(s *session) []attempt {
				var attempts []attempt
				for _, body := range []string{"[]", "{}", "null", "42", `"event"`, `{"props":"text"}`, `{"event":{},"props":[]}`} {
					attempts = append(attempts, s.send(body, []byte(body)))
				}
				return attempts
			},
		},
		{
			Name: "not-json", Title: "Body that is not JSON",
			Why:      "An invalid event must be rejected visibly, so that someone notices, and must not affect the next one.",
			Expected: "4xx, wherever the invalid byte is; 2xx for the next event", want: mustReject(),
			try: func(s *session) []attempt {
				body := s.ordinary()
				struck := func(label string, at int) attempt {
					b := bytes.Clone(s.ordinary())
					b[at] = 0x01 // is valid nowhere in JSON
					return s.send(label, b)
				}
				return []attempt{
					struck("at the beginning", 0),
					struck("in a string", bytes.Index(body, []byte(`:"`))+len(`:"x`)),
					struck("between two fields", bytes.IndexByte(body, ',')),
					struck("at the end", len(body)-1),
				}
			},
		},
		{
			Name: "trailing-text", Title: "Text after the JSON",
			Why:      "Many parsers stop after the first value. What follows may be a second event, which is lost.",
			Expected: "4xx; 2xx for the next event", want: shouldReject(),
			try: func(s *session) []attempt {
				return []attempt{
					s.send("a word", append(s.ordinary(), " end"...)),
					s.send("a second event", append(s.ordinary(), s.ordinary()...)),
				}
			},
		},
		{
			Name: "byte-order-mark", Title: "Byte order mark before the JSON",
			Why:      "Editors and scripts on Windows write one. Parsers disagree on it.",
			Expected: "2xx or 4xx; 2xx for the next event", want: acceptOrReject(),
			try: func(s *session) []attempt {
				return []attempt{s.send("byte order mark", append([]byte("\ufeff"), s.ordinary()...))}
			},
		},
		{
			Name: "duplicate-keys", Title: "The same key twice in the JSON",
			Why:      "Parsers disagree on which of the two applies, so that two parts of a system may act on different events.",
			Expected: "2xx or 4xx; 2xx for the next event", want: acceptOrReject(),
			try: func(s *session) []attempt {
				return []attempt{s.send("two events", append([]byte(`{"event":"delete",`), s.ordinary()[1:]...))}
			},
		},
		{
			Name: "bad-utf8", Title: "Text that is not UTF-8",
			Why:      "What a decoder accepts, a database or a log may reject later, where nobody looks.",
			Expected: "4xx, or 2xx with the bytes replaced; 2xx for the next event", want: acceptOrReject(),
			try: func(s *session) []attempt {
				struck := func(label string, body []byte, key string) attempt {
					return s.send(label, bytes.Replace(body, []byte(key), []byte(key+"\xff"), 1))
				}
				return []attempt{
					struck("in a state", s.ordinary(), `"state":"`),
					struck("in a name", s.withName("support"), `"name":"`),
				}
			},
		},
		{
			Name: "truncated-body", Title: "Truncated body",
			Why:      "Connections break. A truncated event must not be processed as a complete one, nor crash the process.",
			Expected: "4xx or a closed connection; 2xx for the next event", want: rejectOrReset(),
			needs: needsNoProxy,
			try:   func(s *session) []attempt { return []attempt{s.sendFaulty("truncated body", "truncate")} },
		},
		{
			Name: "reset-body", Title: "Connection reset in the middle of a body",
			Why:      "An unhandled error on a closed connection crashes the process.",
			Expected: "2xx for the next event", want: mustAccept(),
			needs: needsNoProxy,
			try: func(s *session) []attempt {
				a := s.sendFaulty("reset", "abort")
				if a.result.Failure == nil || !a.result.Failure.Kind.IsUnsent() {
					a.verdict, a.actual = Passed, "no response, as the audit reset the connection"
				}
				return []attempt{a}
			},
		},
		{
			Name: "large-body", Title: "Body of 2 MiB",
			Why:      "An endpoint without a limit lets anyone fill its memory; one with a limit must survive it.",
			Expected: "413, another 4xx, 2xx or a closed connection; 2xx for the next event", want: acceptOrReject().with(Passed, reset),
			try: func(s *session) []attempt { return []attempt{s.sendFaulty("large body", "oversize")} },
		},
	}
}
