package apizee

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValidateRequest(t *testing.T) {
	headers := func(contentType, userAgent string) map[string][]string {
		return map[string][]string{"Content-Type": {contentType}, "User-Agent": {userAgent}, "Accept": {"*/*"}}
	}
	right := headers(ContentType, UserAgent)
	sound := body("ticket", "100", `{"state":"invited"}`)
	with := func(name, value string) Request {
		headers := headers(ContentType, UserAgent)
		headers[name] = []string{value}
		return Request{"POST", headers, []byte("\x1f\x8b")}
	}
	tests := []struct {
		name    string
		request Request
		want    []string
	}{
		{"as Apizee sends it", Request{"POST", right, []byte(sound)}, nil},
		{"as an HTML form", Request{"PUT", headers("application/x-www-form-urlencoded", UserAgent), []byte("event=update")}, []string{
			"error not JSON: invalid character 'e' at start of value (line 1, column 1)",
			`error method: "PUT"; Apizee sends "POST"`,
			`error Content-Type: "application/x-www-form-urlencoded"; Apizee sends "application/JSON"`,
		}},
		{"nothing at all", Request{}, []string{
			"error the body is empty; a JSON event is documented",
			`error method: ""; Apizee sends "POST"`,
			`error Content-Type: the header is missing; Apizee sends "application/JSON"`,
			`warning User-Agent: the header is missing; Apizee sends "Cloud Apizee"`,
		}},
		{"curl", Request{"POST", headers("application/json", "curl/8.5.0"), []byte(sound)}, []string{
			`warning Content-Type: "application/json"; Apizee sends "application/JSON"`,
			`warning User-Agent: "curl/8.5.0"; Apizee sends "Cloud Apizee"`,
		}},
		{"method in small letters", Request{"post", right, []byte(sound)}, []string{`error method: "post"; Apizee sends "POST"`}},
		{"a parameter", Request{"POST", headers("application/JSON; charset=utf-8", UserAgent), []byte(sound)}, []string{
			`warning Content-Type: "application/JSON; charset=utf-8"; Apizee sends "application/JSON"`,
		}},
		{"nearly JSON", Request{"POST", headers("application/vnd.api+json", UserAgent), []byte(sound)}, []string{
			`error Content-Type: "application/vnd.api+json"; Apizee sends "application/JSON"`,
		}},
		{"empty values", Request{"POST", headers("", ""), []byte(sound)}, []string{
			`error Content-Type: ""; Apizee sends "application/JSON"`,
			`warning User-Agent: ""; Apizee sends "Cloud Apizee"`,
		}},
		{"a JSON list", Request{"POST", headers("application/json, text/plain", UserAgent), []byte(sound)}, []string{
			`error Content-Type: "application/json, text/plain"; Apizee sends "application/JSON"`,
		}},
		{"compressed", with("Content-Encoding", "gzip"), []string{
			"error Content-Encoding: gzip; Apizee sends plain JSON",
		}},
		{"compressed, it says", Request{"POST", with("Content-Encoding", "GZIP, br").Headers, []byte(sound)}, []string{
			"error Content-Encoding: GZIP, br; Apizee sends plain JSON",
		}},
		{"not compressed", Request{"POST", with("Content-Encoding", "identity").Headers, []byte(sound)}, nil},
		{"a page in a browser", Request{"POST", with("Origin", "http://evil.example").Headers, []byte(sound)}, []string{
			`warning Origin: "http://evil.example"; a web page sent this request: Apizee sends no Origin`,
		}},
		{
			"headers twice",
			Request{"POST", map[string][]string{"Content-Type": {ContentType, "text/plain"}, "User-Agent": {UserAgent, UserAgent}}, []byte(sound)},
			[]string{
				"warning Content-Type: the header appears 2 times; Apizee sends it once",
				`error Content-Type: "text/plain"; Apizee sends "application/JSON"`,
				"warning User-Agent: the header appears 2 times; Apizee sends it once",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := catalog.ValidateRequest(test.request)
			if diff := cmp.Diff(test.want, lines(report.Findings)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if report.OK() == HasError(report.Findings) {
				t.Errorf("OK() = %v", report.OK())
			}
		})
	}
}
