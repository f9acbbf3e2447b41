package audit

import (
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

func secretRules() []Rule {
	rules := []Rule{
		{
			Name: "secret-missing", Title: "Missing secret header",
			Why:      "No signature is documented. A static header is the only way to tell Apizee from anyone else who knows the URL.",
			Expected: "401 or 403", want: mustDeny(),
			try: func(s *session) []attempt { return []attempt{s.testSecrets()} },
		},
		{
			Name: "secret-wrong", Title: "Wrong secret",
			Why:      "An endpoint that checks only that the header is present, or a part of its value, accepts requests from anyone.",
			Expected: "401 or 403 for a value that is longer, shorter, empty, or differs in one character or in letter case", want: mustDeny(),
			try: func(s *session) []attempt {
				var attempts []attempt
				for _, secret := range s.secrets {
					labels, values := wrongValues(secret)
					for _, label := range labels {
						if s.options.Secrets != nil && label != emptyValue { // as the endpoint may repeat it
							s.options.Secrets.Add(values[label])
							s.options.Secrets.AddHeader(secret.Name, values[label])
						}
						target := s.with(secret, deliver.Header{Name: secret.Name, Value: values[label]})
						attempts = append(attempts, s.do(Request{Label: secret.Name + ", " + label, Target: target, Body: s.ordinary()}))
					}
				}
				return attempts
			},
		},
		{
			Name: "secret-duplicated", Title: "Two secret headers, one right and one wrong",
			Why:      "Proxies and frameworks disagree on which of two headers applies. A genuine request has only one.",
			Expected: "400, 401 or 403", want: shouldReject(),
			try: func(s *session) []attempt {
				secret := s.secrets[0]
				wrong := deliver.Header{Name: secret.Name, Value: "wrong"}
				return []attempt{
					s.do(Request{Label: "wrong one first", Target: s.with(secret, wrong, secret), Body: s.ordinary()}),
					s.do(Request{Label: "right one first", Target: s.with(secret, secret, wrong), Body: s.ordinary()}),
				}
			},
		},
		{
			Name: "secret-case", Title: "Secret header name in different letter case",
			Why:      "Header names are case-insensitive, and proxies change their case.",
			Expected: "2xx", want: mustAccept(),
			try: func(s *session) []attempt {
				secret := s.secrets[0]
				renamed := func(label string, rename func(string) string) attempt {
					header := deliver.Header{Name: rename(secret.Name), Value: secret.Value}
					return s.do(Request{Label: label, Target: s.with(secret, header), Body: s.ordinary()})
				}
				return []attempt{
					renamed("lowercase", strings.ToLower), renamed("uppercase", strings.ToUpper), renamed("swapped case", swapCase),
				}
			},
		},
	}
	for i := range rules {
		rules[i].needs = needsSecret
		if i > 0 {
			rules[i].pointless = checksNoSecret
		}
	}
	return rules
}
