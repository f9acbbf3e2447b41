package audit

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// checking is an endpoint with a check of its secret.
func checking(allowed func(r *http.Request) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !allowed(r) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		r.Header.Set(secretHeader, "s3cret")
		correctEndpoint(w, r)
	}
}

func headers(lines ...string) func(*Options) {
	return func(o *Options) {
		o.Target.Headers = nil
		for _, line := range lines {
			h, err := deliver.ParseHeader(line)
			if err != nil {
				panic(err)
			}
			o.Target.Headers = append(o.Target.Headers, h)
		}
	}
}

// The header that the endpoint checks is found among those that may be secrets, in any order.
func TestSecretIsFound(t *testing.T) {
	t.Parallel()
	byKey := checking(func(r *http.Request) bool { return r.Header.Get("X-Api-Key") == "s" })
	for name, change := range map[string]func(*Options){
		"first": headers("X-Api-Key: s", "Idempotency-Key: abc"),
		"last":  headers("Idempotency-Key: abc", "X-Api-Key: s"),
		"named": func(o *Options) {
			headers("Idempotency-Key: abc", "X-Api-Key: s")(o)
			o.SecretHeader = "x-api-key"
		},
	} {
		t.Run(name, func(t *testing.T) {
			outcome := run(t, byKey, change)
			// The endpoint takes the first of two headers.
			if diff := cmp.Diff(map[string]Status{"secret-duplicated": Warned}, notPassed(outcome)); diff != "" {
				t.Error(diff)
			}
		})
	}
	result := try(t, "secret-missing", byKey, headers("Idempotency-Key: abc", "X-Api-Key: s"))
	if result.Actual != "401 Unauthorized (checked: X-Api-Key)" {
		t.Errorf("got %q", result.Actual)
	}
}

func TestSecretHeaderIsNotSent(t *testing.T) {
	o := options(t, "http://127.0.0.1:9")
	o.SecretHeader = "X-Other"
	if _, err := Run(t.Context(), o); err == nil || err.Error() != "no such header is sent" {
		t.Errorf("got %v", err)
	}
}

// The user and password of the URL are a secret.
func TestSecretInURL(t *testing.T) {
	for value, want := range map[string]Status{"pass": Passed, "PASS": Failed} {
		result := try(t, "secret-wrong", checking(func(r *http.Request) bool {
			user, password, ok := r.BasicAuth()
			return ok && user == "user" && (password == "pass" || password == value)
		}), func(o *Options) {
			o.Target.URL.User = url.UserPassword("user", "pass")
			o.Target.Headers = nil
		})
		if result.Status != want {
			t.Errorf("%s: %s, %s", value, result.Status, result.Actual)
		}
	}
}

// Each weak comparison is found.
func TestWeakSecrets(t *testing.T) {
	const value = "S3cret~"
	for name, weak := range map[string]func(got string) bool{
		"prefix":                   func(got string) bool { return strings.HasPrefix(value, got) && got != "" },
		"longer value":             func(got string) bool { return strings.HasPrefix(got, value) },
		"different last character": func(got string) bool { return len(got) == len(value) && got[:3] == value[:3] },
		"empty value":              func(got string) bool { return got == "" || got == value },
		"other letter case":        func(got string) bool { return strings.EqualFold(got, value) },
		"":                         func(got string) bool { return got == value },
	} {
		t.Run(name, func(t *testing.T) {
			result := try(t, "secret-wrong", checking(func(r *http.Request) bool {
				values := r.Header.Values(secretHeader)
				return len(values) > 0 && (values[0] == value || weak(values[0]))
			}), headers(secretHeader+": "+value))
			if name == "" && result.Status != Passed || name != "" && (result.Status != Failed || !strings.Contains(result.Actual, name)) {
				t.Errorf("%s: %s", result.Status, result.Actual)
			}
		})
	}
}

func TestWrongValues(t *testing.T) {
	for secret, want := range map[deliver.Header][]string{
		{Name: "X-Key", Value: "aB~"}:                 {"aB~x", "aBx", "aB", "", "Ab~"},
		{Name: "X-Key", Value: "7"}:                   {"7x", "x", ""},
		{Name: "Authorization", Value: "Bearer ab x"}: {"Bearer ab xx", "Bearer ab y", "Bearer ab", "Bearer", "Bearer AB X"},
		{Name: "Authorization", Value: basic("u", "p")}: {
			basic("u", "px"), basic("u", "x"), basic("u", ""), basic("u", "P"),
		},
	} {
		labels, values := wrongValues(secret)
		var got []string
		for _, label := range labels {
			if values[label] == secret.Value {
				t.Errorf("%s: %s is the secret", secret, label)
			}
			got = append(got, values[label])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", secret, diff)
		}
	}
}

// Another rejection than 401 or 403 is not an answer about the secret.
func TestSecretWantsDenial(t *testing.T) {
	for status, want := range map[int]Status{401: Passed, 403: Passed, 404: Warned, 302: Warned, 429: Failed, 500: Failed, 204: Failed} {
		result := try(t, "secret-missing", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get(secretHeader) == "" {
				w.WriteHeader(status)
				return
			}
			correctEndpoint(w, r)
		}, nil)
		if result.Status != want {
			t.Errorf("%d: %s, %s", status, result.Status, result.Actual)
		}
	}
}

// An endpoint may repeat a wrong secret, which shows nearly all of the right one.
func TestWrongSecretsAreMasked(t *testing.T) {
	secrets := new(redact.Secrets)
	try(t, "secret-wrong", checking(func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer hunter2" }), func(o *Options) {
		o.Secrets = secrets
		headers("Authorization: Bearer hunter2")(o)
	})
	for _, text := range []string{"hunter2x", "hunterx", "HUNTER2", "hunter"} {
		if got := secrets.Mask("wrong key: " + text); got != "wrong key: "+redact.Masked {
			t.Errorf("got %q", got)
		}
	}
	if got := secrets.Mask("Bearer is the scheme"); got != "Bearer is the scheme" {
		t.Errorf("got %q", got)
	}
}

// A secret that is cut, or escaped twice, cannot be found in a report.
func TestResponsesAreMaskedBeforeTheyAreCut(t *testing.T) {
	const key = "Zk9/aB3dQ/7xWv2LmN8p"
	respond := func(status int, location, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"body":         respond(403, "", `{"trace":"`+strings.Repeat("x", 250)+`","message":"wrong key `+key+`"}`),
		"escaped body": respond(403, "", `{"message":"wrong key `+strings.ReplaceAll(key, "/", `\/`)+`"}`),
		"location":     respond(302, "/"+strings.Repeat("x", 45)+"?next="+key, ""),
		"title":        respond(200, "", "<html><title>"+strings.Repeat("x", 47)+key+"</title>"),
		"error":        respond(200, "", `{"error":"`+strings.Repeat("x", 47)+key+`"}`),
	} {
		result := try(t, "ordinary-event", handler, func(o *Options) {
			var secrets redact.Secrets
			secrets.Add(key)
			o.Mask = secrets.Mask
		})
		if text := fmt.Sprint(result.Actual, result.Requests); strings.Contains(text, "Zk9") || !strings.Contains(text, redact.Masked) {
			t.Errorf("%s: %s", name, text)
		}
	}
}
