package deliver

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEnvironmentProxy(t *testing.T) {
	const invalid = "error: it is malformed"
	tests := map[string]struct {
		variables map[string]string
		url       string // "" is http://shop.invalid/
		want      string // its proxy, "" for none
	}{
		"lowercase first":   {variables: map[string]string{"http_proxy": "http://a:1", "HTTP_PROXY": "http://b:1"}, want: "http://a:1"},
		"of any scheme":     {variables: map[string]string{"http_proxy": "http://a:1", "ALL_PROXY": "socks5://b:1"}, url: "https://shop.invalid/", want: "socks5://b:1"},
		"of another scheme": {variables: map[string]string{"http_proxy": "http://a:1"}, url: "https://shop.invalid/"},
		"without a scheme":  {variables: map[string]string{"HTTP_PROXY": "me:pw@a:1"}, want: "http://me:pw@a:1"},
		"port alone":        {variables: map[string]string{"http_proxy": "http://:80"}, want: invalid},
		"port too large":    {variables: map[string]string{"http_proxy": "a:99999"}, want: invalid},
		"bad port":          {variables: map[string]string{"http_proxy": "a:b"}, want: invalid},
		"bad escape":        {variables: map[string]string{"http_proxy": "http://u:p@%zz"}, want: invalid},
		"space":             {variables: map[string]string{"http_proxy": "a b"}, want: invalid},
		"path":              {variables: map[string]string{"http_proxy": "/a"}, want: invalid},
		"colons":            {variables: map[string]string{"all_proxy": ":::"}, want: invalid},
		"no brackets":       {variables: map[string]string{"http_proxy": "::1"}, want: invalid},
		"no proxy":          {variables: map[string]string{"http_proxy": ":::", "NO_PROXY": ".invalid"}},
		"this machine":      {variables: map[string]string{"http_proxy": ":::"}, url: "http://127.0.0.1/"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.url == "" {
				test.url = "http://shop.invalid/"
			}
			got := ""
			proxy, err := Network{Proxy: EnvironmentProxy(environment(test.variables))}.ProxyFor(parseTarget(t, test.url).URL)
			switch {
			case err != nil:
				got = "error: " + err.Error()
			case proxy != nil:
				got = proxy.String()
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	if EnvironmentProxy(environment(map[string]string{"NO_PROXY": "a"})) != nil {
		t.Error("a proxy without its name")
	}
}

// curl must use the proxy that Client uses, or none.
func TestCurlProxy(t *testing.T) {
	proxy := EnvironmentProxy(environment(map[string]string{"HTTP_PROXY": "me:hunter2@proxy", "HTTPS_PROXY": "socks5://proxy:1", "NO_PROXY": "away"}))
	invalid := EnvironmentProxy(environment(map[string]string{"http_proxy": ":::"}))
	tests := map[string]struct {
		url     string
		network Network
		secrets bool // shown
		want    string
	}{
		"no variable":    {url: "http://shop.invalid"},
		"proxy":          {url: "http://shop.invalid", network: Network{Proxy: proxy}, want: "--proxy http://me:****@proxy:80 --noproxy "},
		"secrets":        {url: "http://shop.invalid", network: Network{Proxy: proxy}, secrets: true, want: "--proxy http://me:hunter2@proxy:80 --noproxy "},
		"socks":          {url: "https://shop.invalid", network: Network{Proxy: proxy}, want: "--proxy socks5h://proxy:1 --noproxy "},
		"this machine":   {url: "http://127.0.0.1:1", network: Network{Proxy: proxy}, want: "--noproxy *"},
		"by its name":    {url: "http://a.localhost", network: Network{Proxy: proxy}, want: "--noproxy *"},
		"of NO_PROXY":    {url: "http://away", network: Network{Proxy: proxy}, want: "--noproxy *"},
		"socket":         {url: "http://shop.invalid", network: Network{Proxy: proxy, UnixSocket: "s"}, want: "--noproxy *"},
		"flag":           {url: "http://shop.invalid", network: Network{NoProxy: true}, want: "--noproxy *"},
		"neither is one": {url: "http://shop.invalid", network: Network{Proxy: invalid}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			args := test.network.curlProxy(parseTarget(t, test.url).URL, test.secrets)
			if diff := cmp.Diff(test.want, strings.Join(args, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
