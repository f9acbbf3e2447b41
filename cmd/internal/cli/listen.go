package cli

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// AddressFlag is a flag that names an address to listen on.
type AddressFlag struct {
	Name    string // "--addr"
	Place   string // what set the value, if it may not be the flag
	Joint   string // between the name and the value: a space or an equals sign
	Default string
	Forms   string // of its value: "a port or host:port"
}

// With returns the flag with a value.
func (f AddressFlag) With(addr string) string { return f.Name + f.Joint + addr }

func (f AddressFlag) place() string { return cmp.Or(f.Place, f.Name) }

// CannotListen returns an error of receive.Listen for the value of a flag, with a hint for another one.
func CannotListen(err error, flag AddressFlag) error {
	var failure *receive.ListenError
	if !errors.As(err, &failure) {
		return err
	}
	host, port, splitErr := net.SplitHostPort(failure.Addr)
	_, portErr := net.LookupPort("tcp", port)
	switch {
	case strings.HasPrefix(failure.Addr, receive.Unix):
		return Unreachable(err, "use another path, such as "+flag.With(receive.Unix+"/tmp/apizee-hooks.sock")+".")
	case splitErr == nil && portErr != nil:
		return Usage(fmt.Errorf("%s %q: %q is not a valid port", flag.place(), failure.Addr, port), "use a port from 0 to 65535, where 0 is any free one.")
	case splitErr != nil:
		return Usage(fmt.Errorf("%s %q is not a valid address", flag.place(), failure.Addr), "use "+flag.Forms+", such as "+flag.Default+".")
	case failure.InUse:
		return Unreachable(err, fmt.Sprintf("use another port, or any free one with %s.", flag.With(net.JoinHostPort(host, "0"))))
	}
	return Unreachable(err, "use another address, such as "+flag.With(flag.Default)+".")
}

// LocalURL returns the URL at which this machine reaches a listener.
func LocalURL(scheme string, bound net.Addr) string {
	if bound.Network() == "unix" {
		return receive.Unix + bound.String()
	}
	host, port, err := net.SplitHostPort(bound.String())
	if err != nil {
		return scheme + "://" + bound.String()
	}
	if ip := net.ParseIP(host); ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
