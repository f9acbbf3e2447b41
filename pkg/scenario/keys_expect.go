package scenario

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

func expectKeys() []key[expectation] {
	return []key[expectation]{
		{
			name: "status", about: "The status of the reply: 204, 2xx, or a list of those; 2xx when left out.",
			schema: statusSchema(), read: (*reader).status,
		},
		{
			name: "within", about: "How long the reply may take, for example 2s; of a probe, how long it is tried.",
			schema: delaySchema(),
			read:   func(r *reader, f field, x *expectation) { x.within = r.limit(f.value, "within") },
		},
		{
			name: "header", about: "Headers of the reply: a name, and a text or matchers.",
			schema: mapSchema(ref("matchers")),
			read:   func(r *reader, f field, x *expectation) { x.headers = r.checks(f, true) },
		},
		{
			name: "json", about: "Values of the reply's JSON: a path, and a value or matchers.",
			schema: mapSchema(ref("matchers")),
			read:   func(r *reader, f field, x *expectation) { x.json = r.checks(f, false) },
		},
		{
			name: "body", about: "The reply's body: a text or matchers.",
			schema: ref("matchers"),
			read: func(r *reader, f field, x *expectation) {
				x.body = &check{name: "body", tests: r.tests(f.value, true)}
			},
		},
		{
			name: "error", about: "The kind of failure that is meant to happen instead of a reply.",
			schema: enumSchema(failures()),
			read: func(r *reader, f field, x *expectation) {
				x.failure = r.choice(f.value, "a kind of failure", failures())
			},
		},
	}
}

const anyFailure = "any"

// failures are the kinds of failure that can be expected.
func failures() []string {
	kinds := []deliver.Kind{
		deliver.KindRefused, deliver.KindTimeout, deliver.KindDNS, deliver.KindTLS, deliver.KindReset,
		deliver.KindBadReply, deliver.KindUnreachable, deliver.KindOther,
	}
	names := []string{anyFailure}
	for _, k := range kinds {
		names = append(names, string(k))
	}
	return names
}

// expect reads what a reply must be like.
func (r *reader) expect(f field) *expectation {
	x := &expectation{}
	readKeys(r, f, "expect", r.keys.expect, x)
	if x.failure != "" && x.asksReply() {
		r.problem(at(f.key), "a delivery that fails has no reply: error stands alone or with within")
	}
	return x
}

func (r *reader) status(f field, x *expectation) {
	r.resolved(f.value, func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			x.status = append(x.status, r.statusRange(n))
			return
		}
		if len(n.Content) == 0 {
			r.problem(at(n), "the list of status codes is empty")
		}
		for _, item := range n.Content {
			r.resolved(item, func(n *yaml.Node) { x.status = append(x.status, r.statusRange(n)) })
		}
	})
}

var statusPattern = lazily(`^[1-5]([0-9][0-9]|xx)$`)

func (r *reader) statusRange(n *yaml.Node) statusRange {
	text, _ := scalarOf(n)
	text = strings.ToLower(text)
	if !statusPattern().MatchString(text) {
		r.problem(at(n), "a status is a code such as 204, or a class such as 2xx, not %s", describe(n))
		return statusRange{}
	}
	low, _ := strconv.Atoi(strings.ReplaceAll(text, "xx", "00"))
	high, _ := strconv.Atoi(strings.ReplaceAll(text, "xx", "99"))
	return statusRange{low, high, text}
}
