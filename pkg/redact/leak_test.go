package redact

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestLeakSearchFinds plants an original in an output, in each encoding, and expects an error that
// names its path and the file, and not the value.
func TestLeakSearchFinds(t *testing.T) {
	const body = `{"event":"update","time":1575976413,"object":"ticket","objectId":4211,"props":{"state":"new","name":"Zoë+Müller","city":"Brest",
		"agent":{"email":"jane.roe@acme.com","phone":"+33612345678"},"url":"https://hooks.host.com/u/jane42?secret=s3cr3t","note":"call Schneider about 734e3a7b-eb17-4d3f-901d-bcff178b","x":"ab","old":"+300 0 64 08 25 95","to":"to=mary%2Egreen%40other.fr","kim@kims.org":{"n":1}}}`
	s := testScrubber()
	clean, err := s.JSON([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	blank, err := s.Blank().JSON([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	search := func(files, skeleton string) error {
		l := s.NewLeakSearch(Output{
			Files:    map[string][]byte{"a.json": clean, "b.json": []byte(files)},
			Skeleton: map[string][]byte{"a.json": blank, "b.json": []byte(skeleton)},
			Public:   [][]byte{[]byte("what a ticket is")},
		})
		if err := l.JSON(body); err != nil {
			t.Fatal(err)
		}
		return l.Err()
	}
	if err := search("{{/* a ticket, new, of name 4211 and email */}}", "{{/* 200 */}}"); err != nil {
		t.Errorf("nothing leaks, but %v", err)
	}
	if err := search("", "id 4211."); err == nil || !strings.Contains(err.Error(), "objectId") {
		t.Errorf("the id: %v", err)
	}
	for secret, path := range map[string]string{
		"Zoë+Müller": "props.name", "Brest": "props.city", "jane.roe@acme.com": "props.agent.email", "jane.roe": "props.agent.email", "+33612345678": "props.agent.phone", "+300 0 64 08 25 95": "props.old",
		"https://hooks.host.com/u/jane42?secret=s3cr3t": "props.url", "hooks.host.com": "props.url", "jane42": "props.url", "s3cr3t": "props.url",
		"Schneider": "props.note", "734e3a7b-eb17-4d3f-901d-bcff178b": "props.note", "kim@kims.org": "props.*", "mary.green@other.fr": "props.to",
	} {
		quoted, _ := json.Marshal(secret)
		for encoding, encoded := range map[string]string{
			"plain": secret, "JSON": string(quoted), "HTML": html.EscapeString(secret), "query": url.QueryEscape(secret), "path": url.PathEscape(secret),
			"escaped JSON": escaped(secret), "base64": base64.StdEncoding.EncodeToString([]byte(secret)), "raw base64": base64.RawURLEncoding.EncodeToString([]byte("a text with " + secret + " in it")),
			"JSON in JSON": strings.Trim(fmt.Sprintf("%q", string(quoted)), `"`),
		} {
			var leak *LeakError
			if err := search("- <"+encoded+">", ""); !errors.As(err, &leak) || *leak != (LeakError{path, "b.json"}) {
				t.Errorf("%s as %s: %v", secret, encoding, err)
			} else if strings.Contains(err.Error(), secret) {
				t.Errorf("%s is in the error: %v", secret, err)
			}
		}
	}
	if err := search(`"ab"`, ""); err == nil {
		t.Error("a short value was not found")
	}
}

// escaped writes all of a text as JSON can escape it.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}

// TestLeakSearchCoincidences has values that stand in the output for other reasons.
func TestLeakSearchCoincidences(t *testing.T) {
	s := testScrubber("props.team")
	l := s.NewLeakSearch(Output{
		Files: map[string][]byte{"a.json": []byte(`{"event":"update","props":{"state":"new","team":"Blue","channel":"x","email":"y"}} scenario +33639981234
			https://x.example.net/y?session=z http://localhost:8080/x.jpeg mailto:x.y@example.net`)},
		Skeleton: map[string][]byte{"a.json": []byte(`{{ rfc3339 }}`)},
		Public:   [][]byte{[]byte("scenario {{ rfc3339 }}")},
	})
	for _, body := range []string{
		`{"event":"update","props":{"state":"new","team":"Blue","note":"Blue","to":"event\":","by":"\"team","channel":"email","email":"jane@acme.com"}}`,
		`{"event":"update","objectId":3339,"props":{"channel":"scenario","mood":"new","phone":"+33639981234","code":"a"}}`,
		`{"props":{"url":"https://acme.com/session?session=a1b2c3","file":"http://localhost:3000/a.jpeg","mail":"mailto:jane@acme.com"}}`,
		`{"props":{"changed":"session","format":"jpeg","host":"localhost","scheme":"mailto","protocol":"http","domain":"example.net"}}`,
	} {
		if err := l.JSON(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Err(); err != nil {
		t.Error(err)
	}
	rows := l.Report()
	if len(rows) == 0 || rows[0] != (Row{"event", KindDocumented, true, 2}) {
		t.Errorf("reported %v", rows)
	}
}

// TestLeakSearchKeptParts has values that are a part of another one that scrubbing leaves as it is.
func TestLeakSearchKeptParts(t *testing.T) {
	for _, props := range []string{
		`"at":"2026-03-04T05:06:07Z","hour":"05:06:07"`,
		`"at":"2026-03-04T05:06:07Z","hour":"05:06:07Z"`,
		`"at":"2026-03-04T05:06:07Z","hour":"T05:06:07Z"`,
		`"url":"https://m.fr/at/2026-03-04T05:06:07Z","hour":"05:06:07Z"`,
		`"note":"at 2026-03-04T05:06:07Z.","hour":"05:06:07Z"`,
		`"at":"2026-03-04T05:06:07+02:00","zone":"+02:00"`,
		`"url":"https://m.fr/1/photo.jpg","extension":".jpg"`,
		`"url":"http://[2001:41d0:8::1]:3000/"`,
		`"url":"http://jane:secret@[2001:41d0:8::1]/","host":"[2001:41d0:8::1]"`,
		`"url":"http://localhost:8080/x","host":"localhost:8080"`,
		`"url":"http://acme.fr:8080/x","port":":8080"`,
		`"url":"mailto:jane@acme.fr","scheme":"mailto:"`,
		`"phone":"+33 6 12 34 56 78","country":"+33 6"`,
	} {
		checkLeaks(t, []string{`{"props":{` + props + `}}`}, "")
	}
}

// TestLeakSearchDense has values of so few characters that one is the pseudonym of another: they are searched for
// where no pseudonym is.
func TestLeakSearchDense(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	for name, value := range map[string]func(i int) string{
		"percentage": func(i int) string { return fmt.Sprintf("%d%%", i%101) },
		"version":    func(int) string { return fmt.Sprintf("%d.%d.%d", r.IntN(10), r.IntN(20), r.IntN(10)) },
		"time":       func(int) string { return fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60)) },
		"price":      func(int) string { return fmt.Sprintf("%d,%02d €", r.IntN(100), r.IntN(100)) },
		"ratio":      func(int) string { return fmt.Sprintf("(%d / %d)", r.IntN(100), r.IntN(100)) },
		"code":       func(int) string { return fmt.Sprintf("%04x", r.IntN(1<<16)) },
		"segment": func(int) string {
			return fmt.Sprintf("https://acme.fr/%02d:%02d/%04x", r.IntN(24), r.IntN(60), r.IntN(1<<16))
		},
	} {
		t.Run(name, func(t *testing.T) {
			var bodies []string
			for i := range 500 {
				bodies = append(bodies, fmt.Sprintf(`{"props":{"value":%q,"uuid":"734e3a7b-%04x-4d3f-901d-bcff%08x"}}`, value(i), i, i*7919))
			}
			checkLeaks(t, bodies, "")
		})
	}
	for _, value := range []string{"17:43", "2.4.19", "93,81", "ab3f", "99%!"} {
		checkLeaks(t, []string{`{"props":{"value":"` + value + `"}}`}, value)
		checkLeaks(t, []string{`{"props":{"url":"https://acme.fr/` + strings.ReplaceAll(value, "%", "%25") + `"}}`}, value)
	}
}

// checkLeaks scrubs bodies, and expects a leak when a value is planted in the skeleton, and none otherwise.
func checkLeaks(t *testing.T, bodies []string, planted string) {
	t.Helper()
	s := testScrubber()
	files, skeleton := make(map[string][]byte), make(map[string][]byte)
	for i, body := range bodies {
		name := fmt.Sprintf("%02d.json", i%100)
		scrubbed, err := s.JSON([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		blank, err := s.Blank().JSON([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		files[name], skeleton[name] = scrubbed, append(blank, ` "`+planted+`"`...)
	}
	l := s.NewLeakSearch(Output{Files: files, Skeleton: skeleton})
	for _, body := range bodies {
		if err := l.JSON(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Err(); (err != nil) != (planted != "") {
		t.Errorf("%.200s: %v", bodies[0], err)
	}
}

// TestLeakSearchMemory checks that the memory does not grow with what is searched for.
func TestLeakSearchMemory(t *testing.T) {
	s := testScrubber()
	l := s.NewLeakSearch(Output{Files: map[string][]byte{"a": []byte(`{"name":"Jane"}`)}})
	for i := range 100_000 {
		if err := l.JSON(fmt.Sprintf(`{"objectId":%d,"props":{"name":"Jane %d","f%c%c%c":1,"k%d":1}}`, i, i, 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, i)); err != nil {
			t.Fatal(err)
		}
	}
	if l.tree.nodes > mostNodes || len(l.verdicts) > 10 || len(l.kept) > 10 {
		t.Errorf("%d paths, %d verdicts, %d kept", l.tree.nodes, len(l.verdicts), len(l.kept))
	}
	total := 0
	for _, row := range l.Report() {
		total += row.Count
	}
	if total != 500_000-20 && total < 400_000 {
		t.Errorf("counted %d values", total)
	}
}

// FuzzLeakSearch writes any text that should have been replaced into a file, in each encoding, and
// expects it to be found.
func FuzzLeakSearch(f *testing.F) {
	for _, text := range append(secrets(), "Al", "O'Brien & Söhne", "a+b c%41", `\u0041bc`, "<b>é😀</b> &amp;", "trueish", "12 34", "+300 0 64 08 25 95", "0041 00 123 45 67") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := testScrubber()
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || len(text) < shortestEver || saysNothing(text) || isMasked(text) || strings.Contains(strings.Join(exampleDomains(), " "), text) {
			return
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		body := fmt.Sprintf(`{"props":{"name":%s}}`, quoted)
		if kind := Classify(text); kind == KindInteger || kind == KindDecimal || kind == KindText && isDense(text) || s.Value("props.name", text) == text {
			return
		}
		for _, encoded := range []string{string(quoted), `"` + url.QueryEscape(text) + `"`, `"` + url.PathEscape(text) + `"`, `"` + html.EscapeString(text) + `"`, `"` + base64.StdEncoding.EncodeToString([]byte(`"`+text+`"`)) + `"`} {
			l := s.NewLeakSearch(Output{Files: map[string][]byte{"a": []byte("{{/* " + encoded + " */}}")}})
			if err := l.JSON(body); err != nil {
				t.Fatal(err)
			}
			if l.Err() == nil {
				t.Errorf("%q is not found as %s", text, encoded)
			}
		}
	})
}
