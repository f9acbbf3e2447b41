package audit

func brokenRules() []Rule {
	return []Rule{
		{
			Name: "get", Group: broken, Title: "A GET",
			Why:  "Browsers, scanners and health checks find the URL. A GET that is taken for an event is a mistake waiting to happen.",
			Good: "405, another 4xx, or 501", want: shouldRefuse(),
			try: func(p *probe) []attempt { return one("", p.get()) },
		},
		{
			Name: "empty-body", Group: broken, Title: "No body at all",
			Why:  "Proxies drop bodies, and scanners send none.",
			Good: "4xx", want: mustRefuse(),
			try: func(p *probe) []attempt { return p.andGoesOn(attempt{label: "no body", result: p.send(nil)}) },
		},
		{
			Name: "not-an-event", Group: broken, Title: "JSON that is no event",
			Why:  "Code that trusts the shape of the JSON ends in a 500, and a 500 makes senders come back.",
			Good: "4xx; 2xx does no harm", want: mustSurvive(),
			try: func(p *probe) []attempt {
				var attempts []attempt
				for _, body := range []string{"[]", "{}", "null", "42", `"event"`, `{"props":"text"}`, `{"event":{},"props":[]}`} {
					attempts = append(attempts, attempt{label: body, result: p.send([]byte(body))})
				}
				return p.andGoesOn(attempts...)
			},
		},
		{
			Name: "not-json", Group: broken, Title: "A body that is not JSON",
			Why:  "A broken event must be refused with a word, so that somebody sees it, and must not stop the next.",
			Good: "4xx", want: mustRefuse(),
			try: func(p *probe) []attempt {
				return p.andGoesOn(attempt{label: "the corrupt body", result: p.sendFaulty("corrupt", p.ordinary())})
			},
		},
		{
			Name: "bad-utf8", Group: broken, Title: "Text that is not UTF-8",
			Why:  "What a decoder lets pass, a database or a log refuses later, where nobody looks.",
			Good: "4xx, or 2xx with the bytes replaced", want: mustSurvive(),
			try: func(p *probe) []attempt {
				return p.andGoesOn(attempt{label: "the bad text", result: p.sendFaulty("bad-utf8", p.ordinary())})
			},
		},
		{
			Name: "torn-body", Group: broken, Title: "A body that ends in the middle",
			Why:  "Connections break. Half an event must not be taken for a whole, nor end the process.",
			Good: "4xx, or the connection is closed", want: refuseOrHangUp(),
			try: func(p *probe) []attempt {
				return p.andGoesOn(attempt{label: "the torn body", result: p.sendFaulty("truncate", p.ordinary())})
			},
		},
		{
			Name: "broken-off", Group: broken, Title: "A sender that hangs up in the middle of a body",
			Why:  "An exception on a dead connection has ended many a process.",
			Good: "nothing; it goes on with the next event", want: mustAccept(),
			try: func(p *probe) []attempt {
				p.sendFaulty("abort", p.ordinary()) // nobody is left to hear an answer
				return []attempt{{label: "the next event", result: p.send(p.ordinary()), within: patience}}
			},
		},
	}
}
