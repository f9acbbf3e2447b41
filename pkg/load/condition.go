package load

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
)

// Condition is an expression such as "p99>200ms" that an outcome meets or not.
type Condition struct {
	text     string
	measure  measure
	quantile float64 // for the measure p
	operator string
	limit    float64 // in the measure's unit
}

// measure is a number that an expression can name.
type measure struct {
	name, meaning string
	unit          unit
	value         func(o *Outcome, quantile float64) float64
}

// unit describes the limit of a measure.
type unit string

const (
	inTime    unit = "a duration such as 200ms"
	inPercent unit = "a percentage such as 99.9%"
	inRate    unit = "a rate such as 500/s"
	inInteger unit = "an integer"
)

// percentile is the name of the measure that is followed by a number, as in p99.9.
const percentile = "p"

func measures() []measure {
	return []measure{
		{percentile, "latency that N percent of the requests did not exceed, such as p99 or p99.9", inTime,
			func(o *Outcome, q float64) float64 { return float64(o.Quantile(q)) }},
		{"mean", "mean latency", inTime, func(o *Outcome, _ float64) float64 { return float64(o.Mean) }},
		{"min", "lowest latency", inTime, func(o *Outcome, _ float64) float64 { return float64(o.Min) }},
		{"max", "highest latency", inTime, func(o *Outcome, _ float64) float64 { return float64(o.Max) }},
		{"success", "percentage of the requests due that were accepted", inPercent,
			func(o *Outcome, _ float64) float64 { return o.Success() }},
		{"errors", "requests sent that were not accepted, except those that a fault aborts", inInteger,
			func(o *Outcome, _ float64) float64 { return float64(o.Failed()) }},
		{"sent", "requests sent", inInteger, func(o *Outcome, _ float64) float64 { return float64(o.Sent) }},
		{"rate", "requests sent per second", inRate, func(o *Outcome, _ float64) float64 { return o.Rate }},
		{"throughput", "requests accepted per second", inRate, func(o *Outcome, _ float64) float64 { return o.Throughput }},
	}
}

// Measure describes a name that a condition can begin with.
type Measure struct{ Name, Meaning, Unit string }

// Measures returns the names that a condition can begin with, for help.
func Measures() []Measure {
	var list []Measure
	for _, m := range measures() {
		list = append(list, Measure{m.shown(), m.meaning, string(m.unit)})
	}
	return list
}

func (m measure) shown() string {
	if m.name == percentile {
		return "pN"
	}
	return m.name
}

// expression is a name, an operator and a limit, with optional spaces around them.
var expression = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*([A-Za-z][A-Za-z0-9.]*)\s*(<=|>=|<|>)\s*(\S+)\s*$`)
})

// ParseCondition parses a measure, one of < <= > >=, and a limit. Errors do not include the
// expression.
func ParseCondition(s string) (Condition, error) {
	parts := expression().FindStringSubmatch(s)
	if parts == nil {
		return Condition{}, errors.New("must be a measure, one of < <= > >= and a limit, such as p99>200ms or success<99.9%")
	}
	c := Condition{text: strings.TrimSpace(s), operator: parts[2]}
	var err error
	if c.measure, c.quantile, err = lookupMeasure(parts[1]); err != nil {
		return Condition{}, err
	}
	if c.limit, err = c.measure.unit.parse(parts[3]); err != nil {
		return Condition{}, fmt.Errorf("the limit of %s must be %s, not %q", parts[1], c.measure.unit, parts[3])
	}
	return c, nil
}

func lookupMeasure(name string) (measure, float64, error) {
	quantile, isQuantile, err := parsePercentile(name)
	if err != nil {
		return measure{}, 0, err
	}
	if isQuantile {
		name = percentile
	}
	known := []string{"p50", "p90", "p95", "p99"}
	for _, m := range measures() {
		if m.name == name && (isQuantile || name != percentile) {
			return m, quantile, nil
		}
		if m.name != percentile {
			known = append(known, m.name)
		}
	}
	return measure{}, 0, fmt.Errorf("unknown measure %q%s", name,
		cmp.Or(apizee.DidYouMean(name, known), "; the measures are "+strings.Join(known, ", ")))
}

// parsePercentile parses a name such as p99; is reports whether it is one.
func parsePercentile(name string) (quantile float64, is bool, err error) {
	digits, found := strings.CutPrefix(name, percentile)
	if !found || digits == "" || strings.Trim(digits, "0123456789.") != "" {
		return 0, false, nil
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || n <= 0 || n > 100 {
		return 0, false, fmt.Errorf("%s is not a valid percentile; the number must be above 0 and at most 100", name)
	}
	return n / 100, true, nil
}

func (u unit) parse(s string) (float64, error) {
	switch u {
	case inTime:
		d, err := time.ParseDuration(s)
		return float64(d), err
	case inPercent:
		return parsePercentage(s)
	case inRate:
		rate, err := generate.ParseRate(s)
		return rate.PerSecond(), err
	}
	n, err := strconv.ParseUint(s, 10, 53)
	return float64(n), err
}

// parsePercentage requires the percent sign, since 0.99 may be meant as 99%.
func parsePercentage(s string) (float64, error) {
	digits, found := strings.CutSuffix(s, "%")
	if !found {
		return 0, errors.New("the percent sign is missing")
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err == nil && !(n >= 0 && n <= 100) {
		err = errors.New("must be between 0% and 100%")
	}
	return n, err
}

func (u unit) format(v float64) string {
	switch u {
	case inTime:
		return time.Duration(v).Round(10 * time.Microsecond).String()
	case inPercent:
		return percent(v)
	case inRate:
		return strconv.FormatFloat(v, 'f', 1, 64) + "/s"
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// String returns the expression as it was written.
func (c Condition) String() string { return c.text }

// Met reports whether the outcome meets the condition, and returns the measured value.
func (c Condition) Met(o *Outcome) (met bool, actual string) {
	v := c.measure.value(o, c.quantile)
	switch c.operator {
	case "<":
		met = v < c.limit
	case "<=":
		met = v <= c.limit
	case ">":
		met = v > c.limit
	case ">=":
		met = v >= c.limit
	}
	return met, c.measure.unit.format(v)
}
