// Package config merges the settings into one typed [Config], with the source of each
// value: flags override environment variables, those override the profile, that overrides
// the rest of the configuration file, and that overrides the defaults.
//
// It defines the names, kinds and defaults of the keys, and does not depend on what they
// are used for. The environment, the flags and the directories to look in are passed in.
package config

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/viper"
)

// Config has the final value of every setting. A zero value means "not set". The tags
// are the names of Keys.
type Config struct {
	// To is the URL of the endpoint, as typed.
	To string `mapstructure:"to"`
	// Headers are "Name: value" lines sorted by name, the names in canonical
	// form. A line "Name:" removes the header.
	Headers []string `mapstructure:"headers"`
	// Timeout is the time limit of a delivery; 0 is none.
	Timeout time.Duration `mapstructure:"timeout"`
	// Insecure accepts any TLS certificate.
	Insecure bool `mapstructure:"insecure"`
	// Templates is a directory with the user's templates, as typed.
	Templates string `mapstructure:"templates"`

	Listen Listen `mapstructure:",squash"`
	Audit  Audit  `mapstructure:",squash"`
}

// Audit is the settings of the probe of an audit. They are checked elsewhere.
type Audit struct {
	// Probe is the method and the URL, with expressions; "" is no probe.
	Probe string `mapstructure:"audit.probe"`
	// ProbeHeaders are the headers of the probe, as Config.Headers.
	ProbeHeaders []string `mapstructure:"audit.probe-headers"`
	// ProbeExpect is the YAML of the expected response; "" is the default.
	ProbeExpect string `mapstructure:"audit.probe-expect"`
	// ProbeCount is the path of the value that a duplicate must not change, or "".
	ProbeCount string `mapstructure:"audit.probe-count"`
	// Within is how long an effect may take.
	Within time.Duration `mapstructure:"audit.within"`
}

// Listen is the settings of the listener and its response.
type Listen struct {
	// Addr is the address to listen on.
	Addr string `mapstructure:"listen.addr"`
	// Path is the only accepted path; "" accepts any.
	Path string `mapstructure:"listen.path"`
	// Status is the status of the response, 200 to 599.
	Status int `mapstructure:"listen.status"`
	// Body is the body of the response.
	Body string `mapstructure:"listen.body"`
	// ResponseHeaders are the headers of the response, as Config.Headers.
	ResponseHeaders []string `mapstructure:"listen.response-headers"`
	// Delay is the delay before the response, 0 or more.
	Delay time.Duration `mapstructure:"listen.delay"`
	// RequireHeader is the "Name: value" line that events must have, or "".
	RequireHeader string `mapstructure:"listen.require-header"`
	// ForwardTo is the URL that events are forwarded to, as typed.
	ForwardTo string `mapstructure:"listen.forward-to"`
	// Record is the recording to append to, as typed.
	Record string `mapstructure:"listen.record"`
	// Inspect is the address that the inspector is served on; "" is none.
	Inspect string `mapstructure:"listen.inspect"`
	// InspectMemory is a size such as "64MiB"; it is checked elsewhere.
	InspectMemory string `mapstructure:"listen.inspect-memory"`
	// Output is the name of the output format; it is checked elsewhere.
	Output string `mapstructure:"listen.output"`
	// MaxBody is the largest accepted body, such as "1MiB"; it is checked elsewhere.
	MaxBody string `mapstructure:"listen.max-body"`
}

// Options are the sources of Load.
type Options struct {
	// File is the configuration file; "" is that of APIZEE_HOOKS_CONFIG, else
	// FileName in the current directory, else FileName in UserDir.
	File string
	// Profile is the name of the profile; "" is that of APIZEE_HOOKS_PROFILE, else
	// none.
	Profile string
	// UserDir is the second directory to look in; "" is none. See UserDir.
	UserDir string
	// LookupEnv reads the environment; nil is an empty environment.
	LookupEnv func(string) (string, bool)
	// Flags are the flags that were given, by the names of their keys. A key for headers
	// has a []string of "Name: value" lines, any other key a value that prints as it would
	// be written in the file.
	Flags map[string]any
}

// Loaded is the result of Load.
type Loaded struct {
	Config   Config
	File     string   // the file that was read, or ""
	Profile  string   // the profile in use, or ""
	Profiles []string // the profiles the file has, sorted

	// Values are all settings in the order of Keys; each header is a separate value: "headers.X-Api-Key".
	Values []Value
}

// Place is what an error in the value of a key begins with: "--addr", the name of a variable, or
// "FILE:LINE: listen.addr".
func (l *Loaded) Place(key string) string {
	for _, v := range l.Values {
		if v.Key == key {
			return v.entry.place()
		}
	}
	return ""
}

// Load merges all layers. Errors are about the configuration or a file that cannot be
// read. They have a place, and all errors of a layer are returned at once, one per line.
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
	r := newResolver(o.LookupEnv)
	config, err := r.resolve(merged)
	if err != nil {
		return nil, err
	}
	return &Loaded{
		Config: config, File: doc.path, Profile: profile, Profiles: doc.profileNames(),
		Values: r.inOrder(keys),
	}, nil
}

// merge merges the layers over the defaults, each over the previous one, and the flags
// over all. The delimiter is a character that no key and no header name can have.
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
