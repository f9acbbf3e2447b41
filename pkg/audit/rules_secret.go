package audit

import (
	"strings"
	"unicode"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

func secretRules() []Rule {
	rules := []Rule{
		{
			Name: "secret-missing", Title: "Missing secret header",
			Why:      "No signature is documented. A static header is the only way to tell Apizee from anyone else who knows the URL.",
			Expected: "401 or 403", want: mustReject(),
			try: func(p *probe) []attempt {
				return one("", p.sendTo(p.withSecret(), p.ordinary()))
			},
		},
		{
			Name: "secret-wrong", Title: "Wrong secret",
			Why:      "An endpoint that only checks that the header is present accepts requests from anyone.",
			Expected: "401 or 403", want: mustReject(),
			try: func(p *probe) []attempt {
				longer := deliver.Header{Name: p.secret.Name, Value: p.secret.Value + "x"}
				shorter := deliver.Header{Name: p.secret.Name, Value: p.secret.Value[:len(p.secret.Value)-1] + "\x7e"}
				return []attempt{
					{label: "longer value", result: p.sendTo(p.withSecret(longer), p.ordinary())},
					{label: "different last character", result: p.sendTo(p.withSecret(shorter), p.ordinary())},
				}
			},
		},
		{
			Name: "secret-duplicated", Title: "Two secret headers, one right and one wrong",
			Why:      "Proxies and frameworks disagree on which of two headers applies. A genuine request has only one.",
			Expected: "400, 401 or 403", want: shouldReject(),
			try: func(p *probe) []attempt {
				wrong := deliver.Header{Name: p.secret.Name, Value: "wrong"}
				return []attempt{
					{label: "wrong one first", result: p.sendTo(p.withSecret(wrong, p.secret), p.ordinary())},
					{label: "right one first", result: p.sendTo(p.withSecret(p.secret, wrong), p.ordinary())},
				}
			},
		},
		{
			Name: "secret-case", Title: "Secret header name in different letter case",
			Why:      "Header names are case-insensitive, and proxies change their case.",
			Expected: "2xx", want: mustAccept(),
			try: func(p *probe) []attempt {
				return []attempt{
					{label: "lowercase", result: p.sendTo(p.withSecret(p.renamed(strings.ToLower)), p.ordinary())},
					{label: "uppercase", result: p.sendTo(p.withSecret(p.renamed(strings.ToUpper)), p.ordinary())},
					{label: "swapped case", result: p.sendTo(p.withSecret(p.renamed(swapCase)), p.ordinary())},
				}
			},
		},
	}
	for i := range rules {
		rules[i].Group, rules[i].secret = security, true
	}
	return rules
}

func (p *probe) renamed(rename func(string) string) deliver.Header {
	return deliver.Header{Name: rename(p.secret.Name), Value: p.secret.Value}
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}
