package inspect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// filterKey is a key of a filter, which is followed by a colon.
type filterKey struct {
	name  string
	about string
	words []string // possible values; nil is any
	parse func(p *parser, t token, value string) *FilterError
}

const headerKey = "header."

func filterKeys() []filterKey {
	return []filterKey{
		{"is", "a state of the exchange", stateNames(), (*parser).state},
		{"status", "status of the response", []string{"2xx", "4xx", "5xx", "none"}, (*parser).status},
		{"path", "text in the path", nil, (*parser).path},
		{"method", "HTTP method", nil, (*parser).method},
		{"took", "time until the response", []string{">500ms", "<10ms"}, (*parser).took},
		{"after", "received at or after a time", []string{"-5m", "-1h"}, (*parser).after},
		{"before", "received before a time", []string{"-5m", "-1h"}, (*parser).before},
		{"id", "number of the exchange", nil, (*parser).id},
		{"file", "recording that it is from", nil, (*parser).file},
	}
}

// keyParser returns what parses the value of a key, or nil if it is none.
func keyParser(key string) func(p *parser, t token, value string) *FilterError {
	if name, found := strings.CutPrefix(key, headerKey); found && name != "" {
		return func(p *parser, t token, value string) *FilterError { return p.header(t, name, value) }
	}
	for _, k := range filterKeys() {
		if k.name == key {
			return k.parse
		}
	}
	return nil
}

// isHeader reports whether a key is that of a header, also without the name of one.
func isHeader(key string) bool { return strings.HasPrefix(key+".", headerKey) }

func keyNames(keys []filterKey) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return names
}

// state is a value of is:.
type state struct {
	name, about string
	holds       func(q *query, id int, r *record) bool
}

func states() []state {
	flag := func(f flags) func(*query, int, *record) bool {
		return func(_ *query, _ int, r *record) bool { return r.is(f) }
	}
	return []state{
		{"invalid", "has errors", func(_ *query, _ int, r *record) bool { return r.errors > 0 }},
		{"valid", "has no errors", func(_ *query, _ int, r *record) bool { return r.errors == 0 }},
		{"warning", "has warnings", func(_ *query, _ int, r *record) bool { return r.warnings > 0 }},
		{"drift", "differs from the baseline", func(_ *query, _ int, r *record) bool { return r.drift > 0 }},
		{"duplicate", "has the same body as an earlier one", func(_ *query, _ int, r *record) bool { return r.duplicateOf > 0 }},
		{"late", "is older than an event of the same object before it", flag(isLate)},
		{"gap", "came after a minute or more without any", func(q *query, id int, r *record) bool { return q.gap(id, r) > 0 }},
		{"pinned", "is pinned", func(q *query, id int, _ *record) bool { return q.pins[id] }},
		{"sent", "was sent from this page", flag(isSent)},
		{"forwarded", "was forwarded", flag(isForwarded)},
		{"failed", "did not get the planned response", func(_ *query, _ int, r *record) bool { return r.failed() }},
	}
}

// failed reports whether the exchange failed.
func (r *record) failed() bool {
	return r.is(isFailed) || r.is(isForwarded) && (r.forwarded == 0 || r.forwarded >= 400)
}

func stateNames() []string {
	var names []string
	for _, s := range states() {
		names = append(names, s.name)
	}
	return names
}

func (p *parser) state(t token, value string) *FilterError {
	var any []func(q *query, id int, r *record) bool
	for word := range strings.SplitSeq(value, ",") {
		i := slices.IndexFunc(states(), func(s state) bool { return s.name == word })
		if i < 0 {
			return invalid("is", word, "use "+strings.Join(stateNames(), ", ")+".", stateNames())
		}
		p.filter.passing = p.filter.passing || word == "pinned"
		any = append(any, states()[i].holds)
	}
	p.quick(t.negate, func(q *query, id int, r *record) bool {
		return slices.ContainsFunc(any, func(holds func(*query, int, *record) bool) bool { return holds(q, id, r) })
	})
	return nil
}

// invalid returns the error about a value, with the nearest of the possible ones.
func invalid(key, value, hint string, words []string) *FilterError {
	if near := apizee.Nearest(value, words); near != "" {
		hint = fmt.Sprintf("did you mean %q? ", near) + hint
	}
	return &FilterError{Message: fmt.Sprintf("%s: %q is not a valid value", key, value), Hint: hint}
}

func (p *parser) status(t token, value string) *FilterError {
	var ranges [][2]uint16
	for word := range strings.SplitSeq(value, ",") {
		n, err := strconv.ParseUint(strings.TrimSuffix(strings.ToLower(word), "xx"), 10, 16)
		switch isClass := len(word) == 3 && strings.HasSuffix(strings.ToLower(word), "xx"); {
		case word == "none":
			ranges = append(ranges, [2]uint16{})
		case err != nil || isClass && (n < 1 || n > 9) || !isClass && n > 999:
			return invalid("status", word, "use a status such as 404, a class such as 5xx, or none.", nil)
		case isClass:
			ranges = append(ranges, [2]uint16{uint16(n) * 100, uint16(n)*100 + 99})
		default:
			ranges = append(ranges, [2]uint16{uint16(n), uint16(n)})
		}
	}
	p.quick(t.negate, func(_ *query, _ int, r *record) bool {
		return slices.ContainsFunc(ranges, func(s [2]uint16) bool { return s[0] <= r.status && r.status <= s[1] })
	})
	return nil
}

func (p *parser) took(t token, value string) *FilterError {
	sign := strings.TrimRight(value[:min(len(value), 2)], "0123456789.")
	limit, err := time.ParseDuration(value[len(sign):])
	less := map[string]bool{"<": true, "<=": true, ">": false, ">=": false, "": false}
	isLess, ok := less[sign]
	if err != nil || !ok || limit < 0 {
		return invalid("took", value, "use a duration such as took:>500ms or took:<1s.", nil)
	}
	p.quick(t.negate, func(_ *query, _ int, r *record) bool {
		took := time.Duration(r.took) * time.Microsecond
		switch {
		case isLess:
			return r.took > 0 && (took < limit || sign == "<=" && took == limit)
		case sign == ">":
			return took > limit
		}
		return took >= limit
	})
	return nil
}

func (p *parser) after(t token, value string) *FilterError { return p.time(t, "after", value) }

func (p *parser) before(t token, value string) *FilterError { return p.time(t, "before", value) }

func (p *parser) time(t token, key, value string) *FilterError {
	at, ok := p.instant(value)
	if !ok {
		return invalid(key, value, "use a time such as 12:04, 12:04:05, -5m or 2026-11-28T12:04:05Z.", nil)
	}
	limit := at.UnixMicro()
	p.quick(t.negate, func(_ *query, _ int, r *record) bool { return (r.at >= limit) == (key == "after") })
	return nil
}

// instant reads a time.
func (p *parser) instant(value string) (time.Time, bool) {
	if strings.HasPrefix(value, "-") {
		ago, err := time.ParseDuration(value)
		p.filter.passing = true
		return p.now.Add(ago), err == nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, value, p.now.Location()); err == nil {
			return at, true
		}
	}
	for _, layout := range []string{"15:04", time.TimeOnly} {
		if clock, err := time.Parse(layout, value); err == nil {
			p.filter.passing = true // the day may change
			day := p.store.lastDay(p.now)
			return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), clock.Second(), clock.Nanosecond(), p.now.Location()), true
		}
	}
	return time.Time{}, false
}

// lastDay returns the time of the last exchange, or now without one.
func (s *Store) lastDay(now time.Time) time.Time {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.index.n == 0 {
		return now
	}
	return time.UnixMicro(s.index.get(s.index.n).at).In(now.Location())
}

func (p *parser) id(t token, value string) *FilterError {
	var ids []int
	for word := range strings.SplitSeq(value, ",") {
		id, err := strconv.Atoi(strings.TrimPrefix(word, "#"))
		if err != nil {
			return invalid("id", word, "use the number of an exchange, such as id:12.", nil)
		}
		ids = append(ids, id)
	}
	p.quick(t.negate, func(_ *query, id int, _ *record) bool { return slices.Contains(ids, id) })
	return nil
}

func (p *parser) file(t token, value string) *FilterError {
	var sources []uint16
	for i, f := range p.store.files {
		if strings.Contains(f.name, value) {
			sources = append(sources, uint16(i+1)) //nolint:gosec // a few files
		}
	}
	p.quick(t.negate, func(_ *query, _ int, r *record) bool { return slices.Contains(sources, r.source) })
	return nil
}
