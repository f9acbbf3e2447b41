package deliver

import "testing"

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
