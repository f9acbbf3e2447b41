package report

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// junit writes the XML of Ant's JUnit task, which CI servers read. Elements, attributes and their
// order are those of the strictest schema in use, except for the file and the line of a case, which
// GitLab shows and others ignore.
func junit(w io.Writer, r Report) error {
	x := xmlWriter{to: bufio.NewWriter(w)}
	x.raw(xml.Header + "<testsuites>\n")
	for i, s := range r.Suites {
		x.suite(i, s)
	}
	x.raw("</testsuites>\n")
	return x.to.Flush()
}

// xmlWriter leaves write errors to the final Flush.
type xmlWriter struct{ to *bufio.Writer }

func (x xmlWriter) raw(text string) { _, _ = x.to.WriteString(text) }

// attributes writes pairs of names and values.
func (x xmlWriter) attributes(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		x.raw(" " + pairs[i] + `="`)
		x.text(pairs[i+1])
		x.raw(`"`)
	}
}

func (x xmlWriter) text(s string) { _ = xml.EscapeText(x.to, []byte(legal(s))) }

func (x xmlWriter) suite(id int, s Suite) {
	c := s.Counts()
	x.raw("  <testsuite")
	x.attributes(
		"name", s.Name, "package", s.Name, "id", strconv.Itoa(id), "hostname", "localhost",
		"timestamp", s.Start.UTC().Format("2006-01-02T15:04:05"), "time", seconds(s.Duration),
		"tests", strconv.Itoa(c.Total()), "failures", strconv.Itoa(c.Failed), "errors", "0", "skipped", strconv.Itoa(c.Skipped),
	)
	x.raw(">\n    <properties>\n")
	for _, p := range s.Properties {
		x.raw("      <property")
		x.attributes("name", p.Name, "value", p.Value)
		x.raw("/>\n")
	}
	x.raw("    </properties>\n")
	for _, each := range s.Cases {
		x.testcase(s, each)
	}
	x.raw("    <system-out>")
	for _, c := range s.Cases {
		if c.Status == Warned { // the format has no such status
			x.text("warning: " + c.Name + ": " + c.Message + "\n" + c.Detail + "\n\n")
		}
	}
	x.raw("</system-out>\n    <system-err></system-err>\n  </testsuite>\n")
}

func (x xmlWriter) testcase(s Suite, c Case) {
	x.raw("    <testcase")
	x.attributes("name", c.Name, "classname", s.Name, "time", seconds(c.Duration))
	if c.InWorkspace {
		x.attributes("file", c.File)
	}
	if c.InWorkspace && c.Line > 0 {
		x.attributes("line", strconv.Itoa(c.Line))
	}
	switch c.Status {
	case Failed:
		x.raw(">\n      <failure")
		x.attributes("type", "expectation", "message", c.Message)
		x.raw(">")
		x.text(strings.TrimSpace(c.Place() + "\n" + c.Detail))
		x.raw("</failure>\n    </testcase>\n")
	case Skipped:
		x.raw(">\n      <skipped")
		x.attributes("message", c.Message)
		x.raw("/>\n    </testcase>\n")
	default:
		x.raw("/>\n")
	}
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

// legal escapes characters that XML does not allow, such as ESC as \u001b.
func legal(s string) string {
	if strings.IndexFunc(s, illegal) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case illegal(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// illegal reports whether r is not a character of XML 1.0, section 2.2, or stands for a byte that
// is not valid UTF-8.
func illegal(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff || r == utf8.RuneError
}
