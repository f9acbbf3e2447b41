package apizee

import (
	"fmt"
	"strings"
	"testing"
)

// A body may be made to use much time, or to flood a terminal.
func TestValidateHostile(t *testing.T) {
	manyNames := func(n int) string {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf(`"p%d":1`, i))
		}
		return strings.Join(names, ",")
	}
	long := strings.Repeat("é", 1<<17)
	deep := strings.Repeat(`{"a":`, 20_000)
	tests := []struct{ name, body string }{
		{"deep arrays", strings.Repeat("[", 20_000)},
		{"deep objects", deep},
		{"deep props", `{"event":"update","time":1,"object":"ticket","objectId":1,"props":` + deep},
		{"many fields", "{" + manyNames(20_000) + "}"},
		{"many props", body("ticket", "1", "{"+manyNames(20_000)+"}")},
		{"many props in a group", body("ticket", "1", `{"geoloc":{`+manyNames(20_000)+"}}")},
		{"long names", body("ticket", "1", `{"`+long+`":1,"geoloc":{"`+long+`":1}}`)},
		{"long words", body(long, `"`+long+`"`, `{"state":"`+long+`"}`)},
		{"long number", `{"event":"update","time":` + strings.Repeat("1", 1<<17) + `.5,"object":"ticket","objectId":1,"props":{}}`},
		{"long latitude", body("ticket", "1", `{"geoloc.lat":90.`+strings.Repeat("0", 1<<20)+"1}")},
		{"long exponent", body("ticket", "1e-"+strings.Repeat("9", 1<<17), "{}")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := catalog.Validate([]byte(test.body))
			if len(report.Findings) == 0 || len(report.Findings) > mostUnknown+10 {
				t.Errorf("%d findings", len(report.Findings))
			}
			for _, f := range report.Findings {
				if len(f.String()) > 1000 {
					t.Errorf("a finding of %d bytes: %.100s", len(f.String()), f)
				}
			}
		})
	}
}

func TestValidateCountsUnknownNames(t *testing.T) {
	names := `"p0":1`
	for i := range mostUnknown + 1 {
		names += fmt.Sprintf(`,"p%d":1`, i+1)
	}
	report := catalog.Validate([]byte(body("ticket", "1", "{"+names+"}")))
	last := report.Findings[len(report.Findings)-1]
	if want := "2 more names are not documented"; last.Message != want || last.Severity != Warning {
		t.Errorf("last of %d findings is %v, want %q", len(report.Findings), last, want)
	}
	if !report.OK() {
		t.Error("undocumented names are an error")
	}
}
