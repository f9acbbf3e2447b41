package apizee

import (
	"fmt"
	"strings"
)

// Request is the part of an HTTP request that the contract speaks about. The
// names of headers are canonical, as net/http has them.
type Request struct {
	Method  string
	Headers map[string][]string
	Body    []byte
}

// ValidateRequest holds a whole request against the contract. What it finds in
// the body comes first, then the method, the Content-Type and the User-Agent.
func (c *Catalog) ValidateRequest(r Request) Report {
	report := c.Validate(r.Body)
	if r.Method != Method {
		report.Findings = append(report.Findings, differs(Error, "method", r.Method, Method))
	}
	report.checkHeader("Content-Type", r.Headers, ContentType, gradeContentType)
	report.checkHeader("User-Agent", r.Headers, UserAgent, gradeUserAgent)
	return report
}

// checkHeader checks that a header is there once with the documented value.
// Another value, or none, is as bad as grade says.
func (r *Report) checkHeader(name string, headers map[string][]string, documented string, grade func(string) Severity) {
	values := headers[name]
	switch len(values) {
	case 0:
		message := "the header is missing; Apizee sends " + quote(documented)
		r.Findings = append(r.Findings, Finding{Severity: grade(""), Path: name, Message: message})
	case 1:
	default:
		message := fmt.Sprintf("the header comes %d times; Apizee sends it once", len(values))
		r.Findings = append(r.Findings, Finding{Severity: Notice, Path: name, Message: message})
	}
	for _, value := range values {
		if value != documented {
			r.Findings = append(r.Findings, differs(grade(value), name, value, documented))
		}
	}
}

// gradeContentType lets JSON pass in other capitals and with parameters.
func gradeContentType(value string) Severity {
	mediaType, _, _ := strings.Cut(value, ";")
	if strings.EqualFold(strings.TrimSpace(mediaType), ContentType) {
		return Notice
	}
	return Error
}

func gradeUserAgent(string) Severity { return Notice }

func differs(s Severity, path, got, documented string) Finding {
	return Finding{Severity: s, Path: path, Message: quote(got) + "; Apizee sends " + quote(documented)}
}
