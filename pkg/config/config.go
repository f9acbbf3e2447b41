// Package config settles what the user has chosen: flags before environment
// variables, those before the profile, that before the configuration file, and
// last the defaults, merged into one typed [Config] with the origin of each
// value.
//
// It knows the names, kinds and defaults of the keys and nothing of what they
// are used for: no commands, no terminal, no delivery. The real environment, the
// flags and the folders to look in are handed to it.
package config

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/viper"
)

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
	// ResponseHeaders are the response's header lines, in the form of Config.Headers.
	ResponseHeaders []string `mapstructure:"listen.response-headers"`
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

// Options is where Load looks.
type Options struct {
	// File is the file the user named; empty lets APIZEE_HOOKS_CONFIG name it,
	// and else looks for FileName in Dir and then in UserDir.
	File string
	// Profile is the profile the user named; empty lets APIZEE_HOOKS_PROFILE
	// name it, and else uses none.
	Profile string
	// Dir is the first folder to look in; empty is the current one.
	Dir string
	// UserDir is the second folder to look in; empty is none. See UserDir.
	UserDir string
	// LookupEnv reads the environment; nil is an empty one.
	LookupEnv func(string) (string, bool)
	// Flags are the flags the user really gave, by the name of their key. A key
	// that holds headers takes a []string of "Name: value" lines, any other key
	// a value whose printed form is what one would write in the file.
	Flags map[string]any
}

// Loaded is the outcome of Load.
type Loaded struct {
	Config   Config
	File     string   // the file that was read, or ""
	Profile  string   // the profile in use, or ""
	Profiles []string // the profiles the file has, sorted

	values []Value
}

// Values are all settings in the order of Keys, each header as a value of its
// own: "headers.X-Api-Key".
func (l *Loaded) Values() []Value { return l.values }

// Load merges all layers. Every error it returns is a mistake in the
// configuration or a file that cannot be read; it says where, and tells all
// mistakes of a kind at once, one a line.
func Load(ctx context.Context, o Options) (*Loaded, error) {
	if o.LookupEnv == nil {
		o.LookupEnv = func(string) (string, bool) { return "", false }
	}
	keys := Keys()
	doc, err := findDocument(ctx, o, keys)
	if err != nil {
		return nil, err
	}
	profile, inProfile, err := chooseProfile(o, doc)
	if err != nil {
		return nil, err
	}
	environment, envErr := environmentLayer(keys, o.LookupEnv)
	flags, flagErr := flagLayer(keys, o.Flags)
	if err := errors.Join(envErr, flagErr); err != nil {
		return nil, err
	}

	merged, err := merge(keys, []layer{doc.base, inProfile, environment}, flags)
	if err != nil {
		return nil, err
	}
	r := resolver{lookupEnv: o.LookupEnv, values: map[string][]Value{}}
	config, err := r.resolve(merged)
	if err != nil {
		return nil, err
	}
	return &Loaded{
		Config: config, File: doc.path, Profile: profile, Profiles: doc.profileNames(),
		values: r.inOrder(keys),
	}, nil
}

// merge lays the layers over the defaults, each over the one before it, and the
// flags over all. The delimiter is one that neither a key nor a header's name
// can hold.
func merge(keys []Key, layers []layer, flags layer) (*viper.Viper, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter("/"))
	for name, value := range defaultLayer(keys).settings() {
		v.SetDefault(name, value)
	}
	for _, l := range layers {
		if err := v.MergeConfigMap(l.settings()); err != nil {
			return nil, err
		}
	}
	for name, value := range flags.settings() {
		v.Set(name, value)
	}
	return v, nil
}
