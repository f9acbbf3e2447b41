package audit

import (
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

func connectionRules() []Rule {
	return []Rule{
		{
			Name: "chunked-body", Title: "Body in chunks, without a Content-Length",
			Why:      "A proxy in front of the endpoint may send the body on in chunks. Code that reads as many bytes as Content-Length says reads none.",
			Expected: "2xx", want: shouldAccept(),
			try: func(s *session) []attempt { return []attempt{s.sendFaulty("", "chunked")} },
		},
		{
			Name: "trailing-slash", Title: "URL with and without a slash at the end",
			Why:      "Frameworks redirect one form to the other. A redirect is not followed, so that every event is lost when the URL is typed in that form.",
			Expected: "2xx or 4xx; no redirect", want: acceptOrReject().orWarn(redirected),
			needs: func(s *session) string {
				if strings.Trim(s.options.Target.URL.Path, "/") == "" {
					return "the URL has no path"
				}
				return ""
			},
			try: func(s *session) []attempt {
				target := withPath(s.options.Target, toggleSlash)
				return []attempt{s.do(Request{Target: target, Body: s.ordinary()})}
			},
		},
		{
			Name: "unread-body", Title: "Event after a rejected one, on the same connection",
			Why:      "A server that rejects a request without reading its body takes the body for the next request, and loses that.",
			Expected: "2xx for the event after each rejected one; or a connection that is closed with an announcement", want: mustAccept(),
			needs: needsNoProxy,
			try:   afterRejected,
		},
		{
			Name: "unannounced-close", Title: "Connection closed without an announcement",
			Why:      "A sender that keeps the connection, as Apizee may and proxies do, sends the next event into a closed one, and loses it.",
			Expected: "a connection that stays open, or a response with Connection: close", want: mustAccept(),
			needs: needsNoProxy,
			try: func(s *session) []attempt {
				k := s.keptConnection()
				defer k.close()
				first := s.doWith(k.client(s), Request{Label: "first event", Body: s.ordinary()})
				_ = s.options.Sleep(s.ctx, s.options.Settle)
				second := s.doWith(k.client(s), Request{Label: "second event", Body: s.ordinary(), Before: &first.request})
				if k.unannounced && second.judgeAs(mustAccept()) == Passed {
					second.verdict, second.actual = Warned, "the connection had been closed without an announcement; on a new one "+second.describe()
				}
				return []attempt{first, second}
			},
		},
		{
			Name: "body-after-204", Title: "204 No Content with a body",
			Why:      "A 204 ends after its headers. A body is taken for the start of the next response on the connection.",
			Expected: "nothing after the headers of a 204", want: mustAccept(),
			needs: needsNoProxy,
			try: func(s *session) []attempt {
				k := s.keptConnection()
				defer k.close()
				a := s.doWith(k.client(s), Request{Body: s.ordinary()})
				_ = s.options.Sleep(s.ctx, s.options.Settle)
				if extra := k.surplus(); len(extra) > 0 && a.judgeAs(mustAccept()) == Passed {
					a.verdict, a.actual = Warned, a.describe()+", followed by "+a.firstLines(extra)
				}
				return []attempt{a}
			},
		},
	}
}

// afterRejected sends events that a server may reject before it reads the body, each followed by an
// ordinary event on the same connection. It returns the ordinary ones.
func afterRejected(s *session) []attempt {
	endpoint := s.options.Target
	rejected := []Request{
		{Label: "another path", Target: withPath(endpoint, func(path string) string { return strings.TrimSuffix(path, "/") + "/not-found" })},
		{Label: "another content type", Target: withHeader(endpoint, deliver.Header{Name: "Content-Type", Value: "text/plain"})},
	}
	if len(s.secrets) > 0 {
		rejected = append(rejected, Request{Label: "no secret", Target: s.without(s.secrets...)})
	}
	var attempts []attempt
	for _, r := range rejected {
		r.Body = s.ordinary()
		k := s.keptConnection()
		first := s.doWith(k.client(s), r)
		second := s.doWith(k.client(s), Request{
			Label: "after " + r.Label + " (" + first.describe() + ")", Body: s.ordinary(), Before: &first.request,
		})
		k.close()
		attempts = append(attempts, second)
	}
	return attempts
}

// withPath returns the target with its path changed.
func withPath(t deliver.Target, change func(string) string) deliver.Target {
	u := *t.URL
	u.Path = change(u.Path)
	if u.RawPath != "" {
		u.RawPath = change(u.RawPath)
	}
	t.URL = &u
	return t
}

func toggleSlash(path string) string {
	if short, ok := strings.CutSuffix(path, "/"); ok {
		return short
	}
	return path + "/"
}

// withHeader returns the target with a header in place of those of its name.
func withHeader(t deliver.Target, headers ...deliver.Header) deliver.Target {
	t.Headers = slices.DeleteFunc(slices.Clone(t.Headers), func(h deliver.Header) bool {
		return slices.ContainsFunc(headers, func(other deliver.Header) bool { return strings.EqualFold(h.Name, other.Name) })
	})
	t.Headers = append(t.Headers, headers...)
	return t
}
