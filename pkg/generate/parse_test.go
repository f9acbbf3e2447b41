package generate

import (
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseRate(t *testing.T) {
	tests := map[string]struct {
		want  Rate
		shown string
	}{
		"500/s":    {Rate{500, time.Second}, "500/s"},
		"500":      {Rate{500, time.Second}, "500/s"},
		" 30 / m ": {Rate{30, time.Minute}, "30/m"},
		"2/h":      {Rate{2, time.Hour}, "2/h"},
		"3/5s":     {Rate{3, 5 * time.Second}, "3/5s"},
		"1/250ms":  {Rate{1, 250 * time.Millisecond}, "1/250ms"},
		"0.5/s":    {Rate{5, 10 * time.Second}, "0.5/s"},
		"1.50/s":   {Rate{15, 10 * time.Second}, "1.5/s"},
		"2.0/m":    {Rate{2, time.Minute}, "2/m"},
		"20/10s":   {Rate{20, 10 * time.Second}, "2/s"},
		"0.0001/s": {Rate{1, 10_000 * time.Second}, "0.0001/s"},
	}
	for in, test := range tests {
		t.Run(in, func(t *testing.T) {
			got, err := ParseRate(in)
			if err != nil || got != test.want || got.String() != test.shown {
				t.Fatalf("got %+v, shown as %s, %v", got, got, err)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	rate := func(s string) error { _, err := ParseRate(s); return err }
	mix := func(s string) error { _, err := ParseMix(apizee.Documented(), s); return err }
	tests := map[string]struct {
		parse func(string) error
		in    string
		want  string
	}{
		"no rate":        {rate, "", "such as 500/s"},
		"zero":           {rate, "0", "the rate must be greater than zero"},
		"zero a minute":  {rate, "0.0/m", "the rate must be greater than zero"},
		"negative":       {rate, "-3/s", "must start with a number"},
		"no number":      {rate, "fast", "must start with a number"},
		"two points":     {rate, "1.2.3/s", "must start with a number"},
		"too many":       {rate, "1000000001/s", "must be at most"},
		"too fine":       {rate, "0.00001/s", "must be at most"},
		"beyond integer": {rate, "99999999999999999999/s", "must be at most"},
		"near unit":      {rate, "5/sec", `did you mean "s"?`},
		"mistyped unit":  {rate, "5/minuts", `did you mean "m"?`},
		"no unit":        {rate, "5/fortnight", "use s, m, h"},
		"no span":        {rate, "5/0s", "must be from 1ms to 24h"},
		"span too long":  {rate, "5/25h", "must be from 1ms to 24h"},
		"no mix":         {mix, "", "such as ticket=70,media=20,conversation=10"},
		"no weight":      {mix, "ticket", "such as ticket=70"},
		"near object":    {mix, "tickets=1", `did you mean "ticket"?`},
		"no object":      {mix, "elephant=1", "documented: ticket, media, conversation"},
		"all zero":       {mix, "ticket=0,media=0", "at least one must be greater"},
		"negative share": {mix, "ticket=-1", "must be an integer from 0"},
		"not a number":   {mix, "ticket=many", "must be an integer from 0"},
		"twice":          {mix, "ticket=1,ticket=2", "ticket is given twice"},
		"trailing comma": {mix, "ticket=1,", `"" is not of the form name=weight`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if err := test.parse(test.in); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want it to say %q", err, test.want)
			}
		})
	}
}

func TestParseMix(t *testing.T) {
	got, err := ParseMix(apizee.Documented(), "media=1, ticket=3")
	if err != nil || !slices.Equal(got, Mix{{"ticket", 3}, {"media", 1}}) || got.String() != "ticket=3,media=1" {
		t.Fatalf("got %v, %v", got, err)
	}
}

func FuzzParseRate(f *testing.F) {
	for _, s := range []string{"500/s", "0.5/m", "3/5s", "1000000000/1ms", "0.0001/24h", "/", "."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rate, err := ParseRate(s)
		if err != nil {
			return
		}
		if rate.Count <= 0 || rate.Per <= 0 {
			t.Fatalf("%q became %+v", s, rate)
		}
		New(Options{Start: start, Rate: rate}).Next()
	})
}

func FuzzParseMix(f *testing.F) {
	for _, s := range []string{"ticket=70,media=20,conversation=10", "ticket=1", "=", ",,", "ticket=0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		mix, err := ParseMix(apizee.Documented(), s)
		if err != nil {
			return
		}
		if again, err := ParseMix(apizee.Documented(), mix.String()); err != nil || !slices.Equal(again, mix) {
			t.Fatalf("%q became %v, then %v, %v", s, mix, again, err)
		}
	})
}
