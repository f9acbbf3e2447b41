// Package inspector serves the page of package inspect, for the commands that show what arrived in a
// browser.
package inspector

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/inspect"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// DefaultAddr is the address that the page is served on by default.
const DefaultAddr = "127.0.0.1:8280"

// Flag returns the flag of that name, which is joined with its address by a space or an equals sign.
func Flag(name, joint string) cli.AddressFlag {
	return cli.AddressFlag{Name: name, Joint: joint, Default: DefaultAddr, Forms: "a port or host:port"}
}

// AddrFlag adds a flag to f whose value is an address, by default DefaultAddr.
func AddrFlag(f *pflag.FlagSet, name, usage string) {
	f.String(name, "", usage)
	cli.NameArgument(f, "HOST:PORT", name)
	cli.Optional(f, name, DefaultAddr, func(word string) bool {
		port := word[strings.LastIndexByte(word, ':')+1:]
		_, err := strconv.ParseUint(port, 10, 16)
		return err == nil
	})
}

// OpenFlag adds --open to f.
func OpenFlag(f *pflag.FlagSet, open *bool, usage string) { f.BoolVar(open, "open", false, usage) }

// Server serves the page on an address of its own.
type Server struct {
	app      *cli.App
	listener net.Listener
	token    string
	code     string // for the browser that Open starts
	http     *http.Server
	end      context.CancelFunc
}

// Listen listens on the address, the value of a flag. Close ends it.
func Listen(ctx context.Context, app *cli.App, flag cli.AddressFlag, addr string) (*Server, error) {
	if strings.HasPrefix(addr, receive.Unix) {
		return nil, cli.Usage(fmt.Errorf("%s: browsers cannot open a Unix socket", flag.Name), "use "+flag.Forms+", such as "+flag.Default+".")
	}
	l, err := receive.Listen(ctx, addr)
	if err != nil {
		return nil, cli.CannotListen(err, flag)
	}
	if !receive.IsLoopback(l.Addr()) {
		app.Note(fmt.Sprintf("other machines can reach the inspector on %s too, and its URL shows them all events; use %s to allow only this machine.",
			l.Addr(), flag.With(flag.Default)))
	}
	base, end := context.WithCancel(context.Background())
	return &Server{
		app: app, listener: l, token: inspect.NewToken(), code: inspect.NewToken(), end: end,
		http: &http.Server{
			ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
			ErrorLog:    log.New(io.Discard, "", 0),
			BaseContext: func(net.Listener) context.Context { return base },
		},
	}, nil
}

// Serve serves the store in the background. The configuration has what depends on the command.
func (s *Server) Serve(store *inspect.Store, c inspect.Config) {
	c.Token, c.Code, c.Addr, c.Now = s.token, s.code, s.listener.Addr(), s.app.Now
	c.Version, c.Transport, c.NetworkArguments = s.app.Build.OrBuildInfo().Version, s.app.Transport, cli.NetworkArguments
	s.http.Handler = inspect.NewHandler(store, c)
	go func() { _ = s.http.Serve(s.listener) }() // it returns after Close
}

// Targets returns the endpoint of --to or the configuration, if there is one, with the headers of the command
// line.
func Targets(app *cli.App, c config.Config, headers []string) ([]inspect.Target, error) {
	if c.To == "" {
		return nil, nil
	}
	parsed, err := app.ParseHeaders(c.Headers, headers)
	if err != nil {
		return nil, err
	}
	to, err := cli.ParseTarget(c.To, parsed)
	return []inspect.Target{{Name: "to", Target: to}}, err
}

// Close ends all responses at once, also the streams of open pages.
func (s *Server) Close() {
	s.end()
	s.http.Close()
	s.listener.Close() // which Serve may not have begun to use
}

// URL is the URL to open, which lets its reader in.
func (s *Server) URL() string { return s.with(s.token) }

func (s *Server) with(token string) string {
	return cli.LocalURL("http", s.listener.Addr()) + "/?token=" + token
}

// At is the URL of one exchange.
func (s *Server) At(id int64) string { return s.URL() + "#/" + strconv.FormatInt(id, 10) }

// CompleteAddr completes the address of the page.
func CompleteAddr(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{DefaultAddr, "127.0.0.1:0"}, cobra.ShellCompDirectiveNoFileComp
}
