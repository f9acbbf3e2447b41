package audit

import (
	"strings"
	"unicode"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

func secretRules() []Rule {
	rules := []Rule{
		{
			Name: "secret-missing", Title: "The secret header is missing",
			Why:  "No signature is documented: a static header is the one way to tell Apizee from anybody who knows the URL.",
			Good: "401 or 403", want: mustRefuse(),
			try: func(p *probe) []attempt {
				return one("", p.sendTo(p.withSecret(), p.ordinary()))
			},
		},
		{
			Name: "secret-wrong", Title: "The secret header holds another value",
			Why:  "An endpoint that only looks whether the header is there lets everybody in.",
			Good: "401 or 403", want: mustRefuse(),
			try: func(p *probe) []attempt {
				longer := deliver.Header{Name: p.secret.Name, Value: p.secret.Value + "x"}
				shorter := deliver.Header{Name: p.secret.Name, Value: p.secret.Value[:len(p.secret.Value)-1] + "\x7e"}
				return []attempt{
					{label: "a longer value", result: p.sendTo(p.withSecret(longer), p.ordinary())},
					{label: "another last character", result: p.sendTo(p.withSecret(shorter), p.ordinary())},
				}
			},
		},
		{
			Name: "secret-doubled", Title: "The secret header comes twice, right and wrong",
			Why:  "Proxies and frameworks disagree on which of two headers counts; a request that has two is no honest one.",
			Good: "400, 401 or 403", want: shouldRefuse(),
			try: func(p *probe) []attempt {
				wrong := deliver.Header{Name: p.secret.Name, Value: "wrong"}
				return []attempt{
					{label: "the wrong one first", result: p.sendTo(p.withSecret(wrong, p.secret), p.ordinary())},
					{label: "the right one first", result: p.sendTo(p.withSecret(p.secret, wrong), p.ordinary())},
				}
			},
		},
		{
			Name: "secret-case", Title: "The secret header's name in other letters",
			Why:  "Names of headers do not depend on letter case, and proxies change it.",
			Good: "2xx", want: mustAccept(),
			try: func(p *probe) []attempt {
				return []attempt{
					{label: "small letters", result: p.sendTo(p.withSecret(p.renamed(strings.ToLower)), p.ordinary())},
					{label: "capital letters", result: p.sendTo(p.withSecret(p.renamed(strings.ToUpper)), p.ordinary())},
					{label: "swapped letters", result: p.sendTo(p.withSecret(p.renamed(swapCase)), p.ordinary())},
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
