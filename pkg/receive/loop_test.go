package receive

import (
	"net"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

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

// An address of a network interface is this machine too, where all are listened on.
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
