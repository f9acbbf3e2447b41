package deliver

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
)

func TestParseResolve(t *testing.T) {
	for in, want := range map[string]string{
		"shop.test:443:127.0.0.1":        "shop.test:443:127.0.0.1",
		"shop.test:443:::1":              "shop.test:443:[::1]",
		"[::2]:80:[::1],10.0.0.1":        "[::2]:80:[::1],10.0.0.1",
		"*:80:127.0.0.1":                 "*:80:127.0.0.1",
		"shop.test:443":                  "",
		"shop.test:99999:127.0.0.1":      "",
		"shop.test:443:nowhere":          "",
		"[::1:443:127.0.0.1":             "",
		":443:127.0.0.1":                 "",
		"shop.test:443:127.0.0.1,":       "",
		"http://shop.test:443:127.0.0.1": "",
	} {
		got, err := ParseResolve(in)
		if (err != nil) != (want == "") || err == nil && got.String() != want {
			t.Errorf("%s: got %s, %v", in, got, err)
		}
	}
}

// listening serves 204 on an address, and returns its port and what Host headers it got.
func listening(t *testing.T, network, address string) (port string, hosts chan string) {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	hosts = make(chan string, 8)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hosts <- r.Host
		w.WriteHeader(http.StatusNoContent)
	})}
	t.Cleanup(func() { server.Close() })
	go server.Serve(l)
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, hosts
}

func TestHostsThatNeedNoLookup(t *testing.T) {
	on4, hosts4 := listening(t, "tcp", "127.0.0.1:0")
	on6, hosts6 := listening(t, "tcp", "[::1]:0")
	socket := filepath.Join(t.TempDir(), "s")
	_, hostsUnix := listening(t, "unix", socket)
	resolve := func(s string) Network {
		r, err := ParseResolve(s)
		if err != nil {
			t.Fatal(err)
		}
		return Network{Resolve: []Resolve{r}}
	}
	for _, test := range []struct {
		url     string
		network Network
		hosts   chan string
		want    string
	}{
		{"http://shop.localhost:" + on4, Network{}, hosts4, "shop.localhost:" + on4},
		{"http://a.b.LOCALHOST.:" + on6, Network{}, hosts6, "a.b.LOCALHOST.:" + on6},
		{"http://localhost:" + on4, Network{LocalOnly: true}, hosts4, "localhost:" + on4},
		{"http://localhost.:" + on6, Network{}, hosts6, "localhost.:" + on6},
		{on4, Network{}, hosts4, "localhost:" + on4},
		{"http://shop.test:" + on4, resolve("SHOP.test:" + on4 + ":192.0.2.1,127.0.0.1"), hosts4, "shop.test:" + on4},
		{"http://shop.test:" + on6, resolve("*:" + on6 + ":::1"), hosts6, "shop.test:" + on6},
		{"http://shop.test/x", Network{UnixSocket: socket}, hostsUnix, "shop.test"},
		{"http://shop.test/x", Network{UnixSocket: socket, LocalOnly: true}, hostsUnix, "shop.test"},
	} {
		if got := send(t, newClient(t, test.network), test.url, "{}"); !got.Accepted() {
			t.Errorf("%s: %+v", test.url, got.Failure)
			continue
		}
		if got := <-test.hosts; got != test.want {
			t.Errorf("%s: Host is %s", test.url, got)
		}
	}
	got := send(t, newClient(t, Network{LocalOnly: true}), "http://192.0.2.1/", "{}")
	if got.Failure == nil || !strings.Contains(got.Failure.Err.Error(), "192.0.2.1 is not this machine") {
		t.Errorf("a connection left this machine: %+v", got.Failure)
	}
	got = send(t, newClient(t, Network{UnixSocket: socket + "x"}), "http://h/", "{}")
	if got.Failure == nil || got.Failure.Kind != KindRefused || !strings.Contains(got.Failure.Message, socket+"x") {
		t.Errorf("a socket that is missing: %+v", got.Failure)
	}
}

func TestLongSocketPath(t *testing.T) {
	err := CheckSocketPath(strings.Repeat("s", 200))
	if err == nil || !strings.Contains(err.Error(), "the path of the socket has 200 bytes; the limit is 10") {
		t.Errorf("got %v", err)
	}
}

func TestClientCertificate(t *testing.T) {
	config, caFile := delivertest.SelfSigned(t)
	dir := t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(config.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(dir, "key.pem")
	os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600)
	config.ClientAuth = tls.RequireAnyClientCert
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
	server.TLS = config
	server.StartTLS()
	defer server.Close()
	network := Network{CAFile: caFile, CertFile: caFile, KeyFile: keyFile}
	if got := send(t, newClient(t, network), server.URL, "{}"); !got.Accepted() {
		t.Errorf("%+v", got.Failure)
	}
	// One file may have both.
	certificate, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	both := filepath.Join(dir, "both.pem")
	os.WriteFile(both, append(certificate, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...), 0o600)
	if got := send(t, newClient(t, Network{CAFile: caFile, CertFile: both}), server.URL, "{}"); !got.Accepted() {
		t.Errorf("%+v", got.Failure)
	}
	encrypted := filepath.Join(dir, "encrypted.pem")
	os.WriteFile(encrypted, pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("encrypted")}), 0o600)
	for keyFile, want := range map[string]string{"": "no private key", encrypted: "the private key is encrypted"} {
		if _, err := NewTransport(t.Context(), Network{CertFile: caFile, KeyFile: keyFile}, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", keyFile, err)
		}
	}
	network.KeyFile = filepath.Join(dir, "missing")
	var unusable *ClientCertificateError
	if _, err := NewTransport(t.Context(), network, 1); !errors.As(err, &unusable) {
		t.Errorf("got %v", err)
	}
}

func environment(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}
}

func TestProxy(t *testing.T) {
	status := http.StatusForbidden
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, "proxy")
	}))
	defer proxy.Close()
	named := strings.Replace(proxy.URL, "//", "//me:pw0rd@", 1)
	shown := strings.Replace(named, "pw0rd", "****", 1)
	network := Network{Proxy: EnvironmentProxy(environment(map[string]string{"ALL_PROXY": named, "no_proxy": "away.invalid"}))}

	got := send(t, newClient(t, network), "http://shop.invalid/x", "{}")
	if want := "the proxy " + shown + " responded instead of shop.invalid:80 with 403 Forbidden"; got.Failure == nil || got.Failure.Message != want ||
		got.Proxy != shown || got.Status != 403 || string(got.Body) != "proxy" {
		t.Errorf("%+v, %+v", got, got.Failure)
	}
	got = send(t, newClient(t, network), "https://shop.invalid/x", "{}")
	if want := "the proxy " + shown + " refused a connection to shop.invalid:443 with 403 Forbidden"; got.Failure == nil || got.Failure.Message != want || got.Proxy != shown {
		t.Errorf("%+v, %+v", got, got.Failure)
	}
	request, _ := http.NewRequest("GET", "http://shop.invalid/", nil)
	if _, err := newClient(t, network).Pass(t.Context(), request, time.Second); err == nil || !strings.Contains(err.Error(), "the proxy") {
		t.Errorf("passed: %v", err)
	}
	status = http.StatusAccepted
	if got := send(t, newClient(t, network), "http://shop.invalid/x", "{}"); !got.Accepted() || got.Proxy != shown {
		t.Errorf("%+v", got)
	}

	past := network
	past.NoProxy = true
	for url, network := range map[string]Network{"http://away.invalid/": network, "http://shop.invalid/": past, "http://shop.localhost:1/": network} {
		if got := send(t, newClient(t, network), url, "{}"); got.Proxy != "" || got.Failure == nil || got.Failure.Kind == KindProxy {
			t.Errorf("%s: %+v", url, got)
		}
	}
	broken := Network{Proxy: EnvironmentProxy(environment(map[string]string{"http_proxy": "http://[::1"}))}
	if got := send(t, newClient(t, broken), "http://shop.invalid/", "{}"); got.Failure == nil || got.Failure.Kind != KindProxy {
		t.Errorf("%+v", got.Failure)
	}
}

func TestNewTransportRefusesBadCAFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.pem")
	if _, err := NewTransport(t.Context(), Network{CAFile: missing}, 1); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "read CA file: ") {
		t.Errorf("got %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing here"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := NewTransport(t.Context(), Network{CAFile: empty}, 1)
	if err == nil || err.Error() != "CA file "+empty+" has no certificate in PEM format" {
		t.Errorf("got %v", err)
	}
}
