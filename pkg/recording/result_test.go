package recording

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// forwarded is an entry whose sender got the endpoint's response.
func forwarded(body string) Entry {
	e := entry("{}")
	e.Took, e.Remote = 12345*time.Microsecond, "127.0.0.1:4242"
	e.Response = Response{Headers: map[string][]string{"Content-Type": {"text/plain"}}, Body: []byte(body)}
	e.Forwarded = &Forwarded{URL: "http://127.0.0.1:3000/in", Status: 204, Took: 12 * time.Millisecond, Response: Response{
		Headers: map[string][]string{"Content-Type": {"text/plain"}, "X-Raw": {"\xff"}}, Body: []byte(body),
	}}
	return e
}

func TestResult(t *testing.T) {
	plain := entry("{}")
	plain.Took, plain.Remote = 1200*time.Microsecond, "[::1]:1"
	plain.Response = Response{Headers: map[string][]string{"X-Key": {"hunter2"}, "X-A": {"b"}}, Body: []byte("ok"), Truncated: true}

	refused := forwarded("")
	refused.Status, refused.Outcome, refused.Problem = 502, "not-forwarded", "not forwarded: connection refused"
	refused.Response = Response{}
	refused.Forwarded = &Forwarded{URL: "http://127.0.0.1:1/", Failure: &Failure{Kind: "refused", Message: "connection refused"}}

	half := forwarded("half")
	half.Response = Response{}
	half.Forwarded.Truncated, half.Forwarded.Headers = true, nil

	binary := forwarded("\xff\x00")
	binary.Forwarded.Headers = nil

	for name, test := range map[string]struct {
		entry Entry
		want  string
	}{
		"unknown": {entry("{}"), `}`},
		"plain": {plain, `,"durationMs":1.2,"remote":"[::1]:1","responseHeaders":{"X-A":["b"],"X-Key":["****"]},` +
			`"responseBody":"ok","responseTruncated":true}`},
		"forwarded": {forwarded("yes"), `,"durationMs":12.345,"remote":"127.0.0.1:4242","responseHeaders":{"Content-Type":["text/plain"]},` +
			`"forwarded":{"url":"http://127.0.0.1:3000/in","status":204,"durationMs":12,"headers":{"Content-Type":["text/plain"],"X-Raw":["�"]},` +
			`"headersBase64":{"X-Raw":["/w=="]},"body":"yes"}}`},
		"not forwarded": {refused, `,"durationMs":12.345,"remote":"127.0.0.1:4242","outcome":"not-forwarded","problem":"not forwarded: connection refused",` +
			`"forwarded":{"url":"http://127.0.0.1:1/","status":0,"durationMs":0,"failure":{"kind":"refused","message":"connection refused"}}}`},
		"truncated": {half, `,"durationMs":12.345,"remote":"127.0.0.1:4242","responseBody":"",` +
			`"forwarded":{"url":"http://127.0.0.1:3000/in","status":204,"durationMs":12,"body":"half","truncated":true}}`},
		"not UTF-8": {binary, `,"durationMs":12.345,"remote":"127.0.0.1:4242","responseHeaders":{"Content-Type":["text/plain"]},` +
			`"forwarded":{"url":"http://127.0.0.1:3000/in","status":204,"durationMs":12,"bodyBase64":"/wA="}}`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "events.ndjson")
			appendAll(t, create(t, path, Options{}), test.entry)
			_, got, _ := strings.Cut(readFile(t, path), `"findings":[]`)
			if diff := cmp.Diff(test.want+"\n", got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMasked(t *testing.T) {
	const secret = "hunter2hunter2"
	e := forwarded(`{"echo":"` + secret + `","half":"` + secret[:9])
	e.Path = "/in?token=" + secret
	e.Headers = map[string][]string{"X-Team": {secret}, "Accept": {"*/*"}}
	e.Response.Truncated, e.Response.Headers = true, map[string][]string{"X-Echo": {"a", secret}}
	e.Forwarded.URL, e.Forwarded.Truncated = "http://me:other-secret@127.0.0.1/in?token="+secret, true
	e.Forwarded.Headers = map[string][]string{"X-Echo": {"other-secret"}, "Set-Cookie": {"a=b"}}
	e.Forwarded.Failure = &Failure{Kind: "reset", Message: "after " + secret}
	e.Problem = "truncated response: after " + secret
	before := forwarded("")
	before.Forwarded = &Forwarded{}
	*before.Forwarded = *e.Forwarded

	got := e.Masked("x-team")
	want := e
	want.Path = "/in?token=****"
	want.Headers = map[string][]string{"X-Team": {"****"}, "Accept": {"*/*"}}
	want.Problem = "truncated response: after ****"
	want.Response = Response{Headers: map[string][]string{"X-Echo": {"a", "****"}}, Body: []byte(`{"echo":"****","half":"****`), Truncated: true}
	want.Forwarded = &Forwarded{
		URL: "http://me:****@127.0.0.1/in?token=****", Status: 204, Took: 12 * time.Millisecond,
		Response: Response{Headers: map[string][]string{"X-Echo": {"****"}, "Set-Cookie": {"****"}}, Body: want.Response.Body, Truncated: true},
		Failure:  &Failure{Kind: "reset", Message: "after ****"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before.Forwarded, e.Forwarded); diff != "" {
		t.Errorf("the entry itself changed: %s", diff)
	}
}

// TestOtherVersions reads what an earlier version wrote, and what a later one may write.
func TestOtherVersions(t *testing.T) {
	const start = `{"receivedAt":"2026-01-02T03:04:05Z","method":"POST","path":"/","headers":{},"body":"{}","status":204,"findings":[]`
	for text, want := range map[string]Entry{
		start + `}`: {},
		start + `,"durationMs":-1,"forwarded":null,"later":{"a":[1]}}`: {},
		start + `,"durationMs":1e300,"remote":"a"}`:                    {Remote: "a"},
		start + `,"forwarded":{}}`:                                     {Forwarded: &Forwarded{}},
	} {
		got, err := Parse([]byte(text))
		got = Entry{Took: got.Took, Remote: got.Remote, Outcome: got.Outcome, Problem: got.Problem, Response: got.Response, Forwarded: got.Forwarded}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
	for text, want := range map[string]string{
		start + `,"durationMs":"1"}`:                        "not an entry of a recording: durationMs has the wrong type",
		start + `,"forwarded":{"url":1}}`:                   "not an entry of a recording: forwarded/url has the wrong type",
		start + `,"responseBodyBase64":"%"}`:                "responseBodyBase64: illegal base64 data at input byte 0",
		start + `,"forwarded":{"bodyBase64":"%"}}`:          "forwarded.bodyBase64: illegal base64 data at input byte 0",
		start + `,"forwarded":{"bodyBase64":"","body":""}}`: "both forwarded.body and forwarded.bodyBase64 are set",
	} {
		if _, err := Parse([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func FuzzResult(f *testing.F) {
	f.Add([]byte("ok"), []byte("ok"), "http://a/?b", "value", int64(1234), true, true)
	f.Add([]byte(""), []byte("half\xff"), "\xff", "\xff", int64(0), false, true)
	f.Add([]byte("a"), []byte(""), "", "", int64(1<<40), true, false)
	f.Fuzz(func(t *testing.T, response, body []byte, url, value string, took int64, truncated, isForwarded bool) {
		e := entry("{}")
		e.Took = time.Duration(took%1e9) * time.Microsecond
		e.Took = max(e.Took, -e.Took)
		e.Response = Response{Headers: map[string][]string{"A": {value}}, Body: response, Truncated: truncated && len(response) > 0}
		if isForwarded {
			e.Forwarded = &Forwarded{URL: url, Status: 200, Took: e.Took, Response: Response{Body: body, Truncated: truncated}}
		}
		text, err := e.AppendLine(nil)
		if err != nil || bytes.Count(text, []byte("\n")) != 1 {
			t.Fatalf("%q, %v", text, err)
		}
		got, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if e.Forwarded != nil {
			e.Forwarded.URL = strings.ToValidUTF8(e.Forwarded.URL, "")
			got.Forwarded.URL = strings.ReplaceAll(got.Forwarded.URL, string(utf8.RuneError), "")
			e.Forwarded.URL = strings.ReplaceAll(e.Forwarded.URL, string(utf8.RuneError), "")
		}
		if diff := cmp.Diff([]any{e.Took, e.Response, e.Forwarded}, []any{got.Took, got.Response, got.Forwarded}, cmp.Comparer(bytes.Equal)); diff != "" {
			t.Fatal(diff)
		}
	})
}
