package config

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

func TestValues(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), FileName), `
to: https://me:pass@${HOST}/a?b@c
headers:
  x-api-key: abc
  Accept: text/plain
listen:
  require-header: "X-Api-Key: abc"
audit:
  probe: GET http://me:pass@h/{{ .id }}
  probe-headers: {Authorization: Bearer probe-token}
profiles:
  qa:
    headers:
      X-Token: https://me:pass@host/abc
      Cookie: ""
    listen: {path: "/@a"}
`)
	got, err := Load(t.Context(), Options{
		File: path, Profile: "qa",
		LookupEnv: environment{"HOST": "h", "APIZEE_HOOKS_TIMEOUT": "60s"}.lookup,
		Flags:     map[string]any{"listen.forward-to": "http://token@host", "headers": []string{"B: 1", "B: 2"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Value{
		{Key: "to", Value: "https://me:pass@h/a?b@c", Source: path + ":2"},
		{Key: "headers.Accept", Value: "text/plain", Source: path + ":5"},
		{Key: "headers.B", Value: "1", Source: "flag --header"},
		{Key: "headers.B", Value: "2", Source: "flag --header"},
		{Key: "headers.Cookie", Source: "profile qa (" + path + ":15)"},
		{Key: "headers.X-Api-Key", Value: "abc", Source: path + ":4"},
		{Key: "headers.X-Token", Value: "https://me:pass@host/abc", Source: "profile qa (" + path + ":14)"},
		{Key: "timeout", Value: "60s", Source: "APIZEE_HOOKS_TIMEOUT"},
		{Key: "insecure", Value: "false", Source: "default"},
		{Key: "templates", Source: "default"},
		{Key: "listen.addr", Value: "127.0.0.1:8279", Source: "default"},
		{Key: "listen.path", Value: "/@a", Source: "profile qa (" + path + ":16)"},
		{Key: "listen.status", Value: "204", Source: "default"},
		{Key: "listen.body", Source: "default"},
		{Key: "listen.response-headers", Source: "default"},
		{Key: "listen.delay", Value: "0s", Source: "default"},
		{Key: "listen.require-header", Value: "X-Api-Key: abc", Source: path + ":7"},
		{Key: "listen.forward-to", Value: "http://token@host", Source: "flag --forward-to"},
		{Key: "listen.record", Source: "default"},
		{Key: "listen.inspect", Source: "default"},
		{Key: "listen.inspect-memory", Value: "64MiB", Source: "default"},
		{Key: "listen.output", Value: "line", Source: "default"},
		{Key: "listen.max-body", Value: "1MiB", Source: "default"},
		{Key: "audit.probe", Value: "GET http://me:pass@h/{{ .id }}", Source: path + ":9"},
		{Key: "audit.probe-headers.Authorization", Value: "Bearer probe-token", Source: path + ":10"},
		{Key: "audit.probe-expect", Source: "default"},
		{Key: "audit.probe-count", Source: "default"},
		{Key: "audit.within", Value: "2s", Source: "default"},
	}
	if diff := cmp.Diff(want, got.Values, cmpopts.IgnoreUnexported(Value{})); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}

	places := map[string]string{}
	for _, key := range []string{"timeout", "listen.addr", "listen.path", "listen.forward-to", "audit.probe"} {
		places[key] = got.Place(key)
	}
	wantPlaces := map[string]string{
		"timeout": "APIZEE_HOOKS_TIMEOUT", "listen.addr": "--addr", "listen.path": "profile qa (" + path + ":16): listen.path",
		"listen.forward-to": "--forward-to", "audit.probe": path + ":9: audit.probe",
	}
	if diff := cmp.Diff(wantPlaces, places); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}

	masked := map[string]string{}
	for _, v := range got.Values {
		if m := v.Masked(); m != v.Value {
			masked[v.Key] = m
		}
	}
	wantMasked := map[string]string{
		"to":                    "https://me:****@h/a?b@c",
		"headers.X-Api-Key":     "****",
		"headers.X-Token":       "****",
		"listen.require-header": "****",
		"listen.forward-to":     "http://****@host",
		"audit.probe":           "GET http://me:****@h/{{ .id }}",

		"audit.probe-headers.Authorization": "****",
	}
	if diff := cmp.Diff(wantMasked, masked); diff != "" {
		t.Errorf("masked (-want +got):\n%s", diff)
	}

	var known redact.Secrets
	got.AddSecrets(&known)
	if got, want := known.Mask("pass token probe-token"), "**** **** ****"; got != want {
		t.Errorf("the secrets are masked as %q, not %q", got, want)
	}
}
