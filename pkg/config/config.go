package config

import "time"

// Config is every setting with its final value. Its zero values mean "not
// chosen". The tags are the names of the key table.
type Config struct {
	// To is the URL events are sent to, as the user wrote it.
	To string `mapstructure:"to"`
	// Headers are "Name: value" lines sorted by name, the names in canonical
	// form. A line "Name:" has no value: the user wants that header left out.
	Headers []string `mapstructure:"headers"`
	// Timeout is how long one delivery may take; 0 is no limit.
	Timeout time.Duration `mapstructure:"timeout"`
	// Insecure accepts any TLS certificate.
	Insecure bool `mapstructure:"insecure"`
	// Templates is a folder with the user's own templates, as the user wrote it.
	Templates string `mapstructure:"templates"`

	Listen Listen `mapstructure:",squash"`
}

// Listen is how the receiver listens and answers.
type Listen struct {
	// Addr is the host:port to bind.
	Addr string `mapstructure:"listen.addr"`
	// Path is the only path served; empty serves any.
	Path string `mapstructure:"listen.path"`
	// Status is the reply's HTTP status, 200 to 599.
	Status int `mapstructure:"listen.status"`
	// Body is the reply's body.
	Body string `mapstructure:"listen.body"`
	// ReplyHeaders are the reply's header lines, in the form of Config.Headers.
	ReplyHeaders []string `mapstructure:"listen.reply-headers"`
	// Delay is the wait before the reply, 0 or more.
	Delay time.Duration `mapstructure:"listen.delay"`
	// RequireHeader is the "Name: value" line an event must carry, or empty.
	RequireHeader string `mapstructure:"listen.require-header"`
	// ForwardTo is the URL events are passed on to, as the user wrote it.
	ForwardTo string `mapstructure:"listen.forward-to"`
	// Record is the recording to append to, as the user wrote it.
	Record string `mapstructure:"listen.record"`
	// Output is the name of the output format; it is not checked here.
	Output string `mapstructure:"listen.output"`
	// MaxBody is the largest accepted body, such as "1MiB"; it is not checked here.
	MaxBody string `mapstructure:"listen.max-body"`
}
