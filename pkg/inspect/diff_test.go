package inspect

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestCompare(t *testing.T) {
	const big = "123456789012345678901234567890"
	tests := map[string]struct {
		a, b    string
		ignore  []string
		changes []Change
		ignored int
	}{
		"equal":          {`{"a":1, "b":[1,2]}`, `{"b":[1,2],"a":1}`, nil, nil, 0},
		"digits":         {`{"a":` + big + `}`, `{"a":` + big + `1}`, nil, []Change{{"replace", "a", big, big + "1"}}, 0},
		"another digit":  {`{"a":1.0}`, `{"a":1}`, nil, []Change{{"replace", "a", "1.0", "1"}}, 0},
		"nested":         {`{"props":{"state":"new"}}`, `{"props":{"state":"open","x":null}}`, nil, []Change{{"replace", "props.state", `"new"`, `"open"`}, {"add", "props.x", "", "null"}}, 0},
		"ignored":        {`{"time":1,"props":{"geoloc":{"lat":1}}}`, `{"time":2,"props":{"geoloc":{"lat":2}}}`, []string{"time", "props.geo", "props.geoloc"}, nil, 2},
		"array grows":    {`{"l":[1,2]}`, `{"l":[1,2,3,4]}`, nil, []Change{{"add", "l.2", "", "3"}, {"add", "l.3", "", "4"}}, 0},
		"array shrinks":  {`{"l":[1,2,3]}`, `{"l":[1]}`, nil, []Change{{"remove", "l.1", "2", ""}, {"remove", "l.2", "3", ""}}, 0},
		"types":          {`{"a":{"b":1}}`, `{"a":[1]}`, nil, []Change{{"replace", "a", `{"b":1}`, "[1]"}}, 0},
		"root":           {`[]`, `{}`, nil, []Change{{"replace", "", "[]", "{}"}}, 0},
		"odd names":      {`{"a/b":1,"~":1}`, `{"a/b":2,"~":1}`, nil, []Change{{"replace", "a/b", "1", "2"}}, 0},
		"not escaped":    {`{"a":"<"}`, `{"a":">"}`, nil, []Change{{"replace", "a", `"<"`, `">"`}}, 0},
		"not JSON":       {`{"a":1}`, `{"a":`, nil, []Change{{"replace", "", `"{\"a\":1}"`, `"{\"a\":"`}}, 0},
		"two equal ones": {`x`, `x`, nil, nil, 0},
		"empty":          {``, `{}`, nil, []Change{{"replace", "", `""`, `"{}"`}}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := compare([]byte(test.a), []byte(test.b), test.ignore)
			if err != nil {
				t.Fatal(err)
			}
			if test.changes == nil {
				test.changes = []Change{}
			}
			if diff := cmp.Diff(test.changes, d.Changes); diff != "" || d.Ignored != test.ignored || d.Equal != (len(test.changes) == 0) {
				t.Errorf("ignored %d, equal %t (-want +got):\n%s", d.Ignored, d.Equal, diff)
			}
		})
	}
}

// A difference is shown wherever it is in the values.
func TestCompareLong(t *testing.T) {
	long := strings.Repeat("é", mostChangeText)
	for name, test := range map[string]struct{ a, b, from, to string }{
		"at the end":        {`{"a":"` + long + `1"}`, `{"a":"` + long + `2"}`, `é1"`, `é2"`},
		"one is shorter":    {`{"a":"` + long + `"}`, `{"a":"` + long + `2"}`, `é"`, `é2"`},
		"not JSON":          {long + "1 and more", long + "2 and more", `é1 and more"`, `é2 and more"`},
		"within characters": {long + "\xff", long + "\xfe", `\xff"`, `\xfe"`},
		"not UTF-8":         {"\xff", "\xfe", `"\xff"`, `"\xfe"`},
	} {
		d, err := compare([]byte(test.a), []byte(test.b), nil)
		if err != nil || len(d.Changes) != 1 {
			t.Fatalf("%s: %v %+v", name, err, d)
		}
		c := d.Changes[0]
		if !strings.HasSuffix(c.From, test.from) || !strings.HasSuffix(c.To, test.to) || !utf8.ValidString(c.From+c.To) || len(c.From)+len(c.To) > 2*mostChangeText {
			t.Errorf("%s: from %s to %s", name, c.From, c.To)
		}
	}
	d, err := compare([]byte(`"1`+long+`"`), []byte(`"2"`), nil)
	if c := d.Changes[0]; err != nil || !strings.HasPrefix(c.From, `"1é`) || !strings.HasSuffix(c.From, "é…") || c.To != `"2"` {
		t.Errorf("%v %+v", err, d)
	}
}

// What is compared takes a bounded time, whatever a sender makes.
func TestCompareHostile(t *testing.T) {
	many := func(value string) string {
		var b strings.Builder
		for i := range 100_000 {
			b.WriteString(`,"k` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i%11) + `":` + value)
		}
		return `{"a":1` + b.String() + `}`
	}
	nested := func(depth int, inner string) string {
		return strings.Repeat(`{"a":[`, depth) + inner + strings.Repeat(`]}`, depth)
	}
	tests := map[string][2]string{
		"100,000 keys":    {many("1"), many("2")},
		"10,000 levels":   {nested(5000, "1"), nested(5000, "2")},
		"far more levels": {nested(100_000, "1"), nested(100_000, "2")},
		"deep and wide":   {nested(1000, many("1")), nested(1000, many("2"))},
		"10 MB":           {`{"a":"` + strings.Repeat("x", 10<<20) + `"}`, `{"a":"` + strings.Repeat("y", 10<<20) + `"}`},
		"long array":      {"[" + strings.Repeat("1,", 500_000) + "1]", "[" + strings.Repeat("2,", 400_000) + "1]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := cpu(t)
			d, err := compare([]byte(test[0]), []byte(test[1]), nil)
			if took := cpu(t) - before; took > tooLong {
				t.Errorf("it took %s", took)
			}
			if err == nil && d.Equal {
				t.Error("they are not equal")
			}
			for _, c := range d.Changes {
				if len(c.From)+len(c.To) > 3*mostChangeText {
					t.Errorf("a change of %d bytes", len(c.From)+len(c.To))
				}
			}
		})
	}
}
