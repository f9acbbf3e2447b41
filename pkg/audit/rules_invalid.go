package audit

func invalidRequestRules() []Rule {
	return []Rule{
		{
			Name: "get", Group: invalid, Title: "GET request",
			Why:      "Browsers, scanners and health checks find the URL. A GET must not be processed as an event.",
			Expected: "405, another 4xx, or 501", want: shouldReject(),
			try: func(p *probe) []attempt { return one("", p.get()) },
		},
		{
			Name: "empty-body", Group: invalid, Title: "Empty body",
			Why:      "Proxies drop bodies, and scanners send none.",
			Expected: "4xx; 2xx for the next event", want: mustReject(),
			try: func(p *probe) []attempt { return p.withNextEvent(attempt{label: "empty body", result: p.send(nil)}) },
		},
		{
			Name: "not-an-event", Group: invalid, Title: "JSON that is not an event",
			Why:      "Code that assumes the shape of the JSON fails with a 500, and a 500 makes senders retry.",
			Expected: "4xx or 2xx; 2xx for the next event", want: acceptOrReject(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for _, body := range []string{"[]", "{}", "null", "42", `"event"`, `{"props":"text"}`, `{"event":{},"props":[]}`} {
					attempts = append(attempts, attempt{label: body, result: p.send([]byte(body))})
				}
				return p.withNextEvent(attempts...)
			},
		},
		{
			Name: "not-json", Group: invalid, Title: "Body that is not JSON",
			Why:      "An invalid event must be rejected visibly, so that someone notices, and must not affect the next one.",
			Expected: "4xx; 2xx for the next event", want: mustReject(),
			try: faultAndNextEvent("corrupt", "corrupt body"),
		},
		{
			Name: "bad-utf8", Group: invalid, Title: "Text that is not UTF-8",
			Why:      "What a decoder accepts, a database or a log may reject later, where nobody looks.",
			Expected: "4xx, or 2xx with the bytes replaced; 2xx for the next event", want: acceptOrReject(),
			try: faultAndNextEvent("bad-utf8", "bad text"),
		},
		{
			Name: "truncated-body", Group: invalid, Title: "Truncated body",
			Why:      "Connections break. A truncated event must not be processed as a complete one, nor crash the process.",
			Expected: "4xx or a closed connection; 2xx for the next event", want: rejectOrReset(),
			try: faultAndNextEvent("truncate", "truncated body"),
		},
		{
			Name: "reset-body", Group: invalid, Title: "Connection reset in the middle of a body",
			Why:      "An unhandled error on a closed connection crashes the process.",
			Expected: "2xx for the next event", want: mustAccept(),
			try: func(p *probe) []attempt {
				p.sendFaulty("abort", p.ordinary()) // the connection is reset, so there is no response
				return []attempt{{label: "next event", result: p.send(p.ordinary()), within: responseDeadline}}
			},
		},
	}
}

// faultAndNextEvent sends an event with a fault, and the next without.
func faultAndNextEvent(fault, label string) func(*probe) []attempt {
	return func(p *probe) []attempt {
		return p.withNextEvent(attempt{label: label, result: p.sendFaulty(fault, p.ordinary())})
	}
}
