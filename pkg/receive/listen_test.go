package receive

import (
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

func TestListen(t *testing.T) {
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil || !IsLoopback(l.Addr()) {
		t.Fatal(l, err)
	}
	defer l.Close()
	var failure *ListenError
	_, err = Listen(t.Context(), l.Addr().String())
	if !errors.As(err, &failure) || !failure.InUse || err.Error() != l.Addr().String()+" is in use by another program" {
		t.Errorf("got %v", err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_, err = Listen(t.Context(), port)
	if !errors.As(err, &failure) || !failure.InUse || failure.Addr != l.Addr().String() {
		t.Errorf("got %v", err)
	}
	_, err = Listen(t.Context(), "localhost")
	if !errors.As(err, &failure) || failure.InUse || err.Error() != "cannot listen on localhost: address localhost: missing port in address" {
		t.Errorf("got %v", err)
	}
	everywhere, err := Listen(t.Context(), ":0")
	if err != nil || IsLoopback(everywhere.Addr()) {
		t.Fatal(everywhere, err)
	}
	everywhere.Close()
}

func TestLongSocketPath(t *testing.T) {
	_, err := Listen(t.Context(), Unix+strings.Repeat("s", 200))
	var failure *ListenError
	if !errors.As(err, &failure) || !strings.Contains(err.Error(), "the path of the socket has 200 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestReaches(t *testing.T) {
	for _, test := range []struct {
		target, bound string
		want          bool
	}{
		{"http://127.0.0.1:8279/", "127.0.0.1:8279", true},
		{"http://127.0.0.1:8279/", "0.0.0.0:8279", true},
		{"http://127.0.0.1:8279/", "[::]:8279", true},
		{"http://0.0.0.0:8279/", "127.0.0.1:8279", true},
		{"http://[::]:8279/", "127.0.0.1:8279", true},
		{"http://[::]:8279/", "0.0.0.0:8279", true},
		{"http://LOCALHOST.:8279/", "127.0.0.1:8279", true},
		{"http://localhost:8279/", "[::1]:8279", true},
		{"http://a.LOCALHOST:8279/", "127.0.0.1:8279", true},
		{"http://localhost/", "127.0.0.1:80", true},
		{"https://localhost/", "127.0.0.1:443", true},
		{"http://127.0.0.1:8280/", "127.0.0.1:8279", false},
		{"http://127.0.0.2:8279/", "127.0.0.1:8279", false},
		{"http://127.0.0.2:8279/", "0.0.0.0:8279", true},
		{"http://192.0.2.7:8279/", "0.0.0.0:8279", false},
		{"http://192.0.2.7:8279/", "127.0.0.1:8279", false},
		{"http://localhost:8279/", "192.0.2.7:8279", false},
	} {
		t.Run(test.target+" "+test.bound, func(t *testing.T) {
			target, err := deliver.ParseURL(test.target)
			if err != nil {
				t.Fatal(err)
			}
			bound, err := net.ResolveTCPAddr("tcp", test.bound)
			if err != nil {
				t.Fatal(err)
			}
			if got := (&Forwarder{Target: target}).Reaches(t.Context(), bound); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

// What a name stands for depends on the network.
func TestReachesOverNetwork(t *testing.T) {
	dir := t.TempDir()
	socket, link := filepath.Join(dir, "s"), filepath.Join(dir, "link")
	l, err := Listen(t.Context(), Unix+socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Symlink(socket, link); err != nil {
		t.Fatal(err)
	}
	tcp := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8279}
	resolve, err := deliver.ParseResolve("a.test:8279:127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	proxy := func(text string) func(*url.URL) (*url.URL, error) {
		return func(*url.URL) (*url.URL, error) { return url.Parse(text) }
	}
	for name, test := range map[string]struct {
		network deliver.Network
		bound   net.Addr
		want    bool
	}{
		"resolved":     {deliver.Network{Resolve: []deliver.Resolve{resolve}}, tcp, true},
		"socket":       {deliver.Network{UnixSocket: socket}, l.Addr(), true},
		"link":         {deliver.Network{UnixSocket: link}, l.Addr(), true},
		"other socket": {deliver.Network{UnixSocket: socket + "x"}, l.Addr(), false},
		"to a socket":  {deliver.Network{Resolve: []deliver.Resolve{resolve}, UnixSocket: socket}, tcp, false},
		"from one":     {deliver.Network{Resolve: []deliver.Resolve{resolve}}, l.Addr(), false},
		"proxy":        {deliver.Network{Proxy: proxy("http://127.0.0.1:8279")}, tcp, true},
		"other proxy":  {deliver.Network{Proxy: proxy("http://127.0.0.1:8280")}, tcp, false},
	} {
		target, err := deliver.ParseURL("http://a.test:8279/")
		if err != nil {
			t.Fatal(err)
		}
		if got := (&Forwarder{Target: target, Network: test.network}).Reaches(t.Context(), test.bound); got != test.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestIsOwn(t *testing.T) {
	own, err := net.InterfaceAddrs()
	if err != nil || len(own) == 0 {
		t.Fatal(own, err)
	}
	if ip := own[0].(*net.IPNet).IP; !isOwn(ip) {
		t.Errorf("%s is not found", ip)
	}
	if isOwn(net.IPv4(192, 0, 2, 7)) {
		t.Error("an address for documentation is found")
	}
}
