package apizee

import (
	"bytes"
	"fmt"
	"strings"
)

// Request is what the contract defines of an HTTP request. Header names are
// canonical, as in net/http.
type Request struct {
	Method  string
	Headers map[string][]string
	Body    []byte
}

// ValidateRequest checks a whole request against the documented contract. Findings
// about the body come first, then those about the method and the headers.
func (c *Catalog) ValidateRequest(r Request) Report {
	coding := contentCoding(r.Headers)
	var report Report
	if coding == "" || isObject(r.Body) {
		report = c.Validate(r.Body)
	}
	if r.Method != Method {
		report.Findings = append(report.Findings, differs(Error, "method", r.Method, Method))
	}
	report.checkHeader("Content-Type", r.Headers, ContentType, gradeContentType)
	if coding != "" {
		report.addHeader(Error, "Content-Encoding", Clip(coding, longestWord)+"; Apizee sends plain JSON")
	}
	report.checkHeader("User-Agent", r.Headers, UserAgent, gradeUserAgent)
	if origins := r.Headers["Origin"]; len(origins) > 0 {
		report.addHeader(Warning, "Origin", quote(origins[0])+"; a web page sent this request: Apizee sends no Origin")
	}
	return report
}

// contentCoding is the Content-Encoding of the body, or "" when it has none.
func contentCoding(headers map[string][]string) string {
	coding := strings.Join(headers["Content-Encoding"], ", ")
	if strings.EqualFold(coding, "identity") {
		return ""
	}
	return coding
}

// isObject reports whether a body begins as plain JSON, whatever its Content-Encoding.
func isObject(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) }

func (r *Report) addHeader(s Severity, name, message string) {
	r.Findings = append(r.Findings, Finding{Severity: s, Path: name, Message: message})
}

// checkHeader checks that a header is present once and has the documented value.
// The severity of another value, or none, is that of grade.
func (r *Report) checkHeader(name string, headers map[string][]string, documented string, grade func(string) Severity) {
	values := headers[name]
	switch len(values) {
	case 0:
		r.addHeader(grade(""), name, "the header is missing; Apizee sends "+quote(documented))
	case 1:
	default:
		r.addHeader(Warning, name, fmt.Sprintf("the header appears %d times; Apizee sends it once", len(values)))
	}
	for _, value := range values {
		if value != documented {
			r.Findings = append(r.Findings, differs(grade(value), name, value, documented))
		}
	}
}

// gradeContentType accepts JSON in another case and with parameters.
func gradeContentType(value string) Severity {
	mediaType, _, _ := strings.Cut(value, ";")
	if strings.EqualFold(strings.TrimSpace(mediaType), ContentType) {
		return Warning
	}
	return Error
}

func gradeUserAgent(string) Severity { return Warning }

func differs(s Severity, path, got, documented string) Finding {
	return Finding{Severity: s, Path: path, Message: quote(got) + "; Apizee sends " + quote(documented)}
}
