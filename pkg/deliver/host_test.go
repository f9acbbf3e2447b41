package deliver

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
)

func TestCheckHost(t *testing.T) {
	names := map[string][]string{
		"localhost": {"127.0.0.1", "::1"},
		"app.test":  {"127.0.0.5"},
		"half.test": {"127.0.0.1", "192.0.2.7"},
		"away.test": {"192.0.2.1"},
		"4in6.test": {"::ffff:127.0.0.1"},
	}
	lookup := func(_ context.Context, address string) ([]netip.Addr, error) {
		host, _, _ := net.SplitHostPort(address)
		if ip, err := netip.ParseAddr(host); err == nil {
			return []netip.Addr{ip}, nil
		}
		var found []netip.Addr
		for _, a := range names[host] {
			found = append(found, netip.MustParseAddr(a))
		}
		if found == nil {
			return nil, errors.New("no such host")
		}
		return found, nil
	}
	tests := map[string]struct{ url, want string }{
		"loopback":        {"http://127.0.0.1:3000", ""},
		"loopback v6":     {"http://[::1]:3000", ""},
		"localhost":       {"http://localhost/", ""},
		"other name":      {"http://app.test/", ""},
		"mapped":          {"http://4in6.test/", ""},
		"one leads away":  {"http://half.test/", "half.test is 192.0.2.7, which is not this machine"},
		"address":         {"http://192.0.2.1/", "192.0.2.1 is not this machine"},
		"any address":     {"http://0.0.0.0/", ""},
		"any v6 address":  {"http://[::]/", ""},
		"name":            {"http://away.test/", "away.test is 192.0.2.1, which is not this machine"},
		"unknown":         {"http://nowhere.test/", "look up nowhere.test: no such host"},
		"allowed":         {"http://ALLOWED.test/", ""},
		"allowed address": {"http://192.0.2.9/", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			u, err := ParseURL(test.url)
			if err != nil {
				t.Fatal(err)
			}
			err = CheckHost(t.Context(), u, []string{"allowed.test", "192.0.2.9"}, lookup)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
