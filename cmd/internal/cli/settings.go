package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/config"
)

// OwnFolder is where a project keeps its templates and scenarios.
const OwnFolder = ".apizee-hooks"

// Load settles the configuration.
func (a *App) Load(ctx context.Context, typed Settings) (*config.Loaded, error) {
	used := map[string]bool{}
	o := a.configOptions()
	o.Flags = typed
	o.LookupEnv = func(name string) (string, bool) {
		used[name] = true
		return a.LookupEnv(name)
	}
	loaded, err := config.Load(ctx, o)
	if err == nil {
		loaded.AddSecrets(&a.Known)
	}
	a.noteMisnamed(used)
	return loaded, err
}

func (a *App) configOptions() config.Options {
	return config.Options{File: a.Config, Profile: a.Profile, UserDir: a.UserDir(), LookupEnv: a.LookupEnv}
}

// configFiles are where the configuration is looked for.
func (a *App) configFiles() []string { return a.configOptions().Files() }

// noteMisnamed asks about variables of the environment that are not used, and look as if
// they were meant to be.
func (a *App) noteMisnamed(used map[string]bool) {
	if a.Environ == nil {
		return
	}
	misnamed := config.Misnamed(a.Environ())
	for _, name := range slices.Sorted(maps.Keys(misnamed)) {
		if used[name] {
			continue
		}
		a.Note(fmt.Sprintf("%s sets nothing; did you mean %s?", name, misnamed[name]))
	}
}

// UserDir is the configuration folder of the user.
func (a *App) UserDir() string { return config.UserDir(a.LookupEnv, a.GOOS) }

// Settings are what the user has given of the configuration on the command line, by key.
type Settings map[string]any

// TrackSettings returns the Settings that the flags of these names fill when they are
// parsed. Each name comes with its key in the configuration.
func TrackSettings(f *pflag.FlagSet, keyOfFlag map[string]string) Settings {
	settings := Settings{}
	for name, key := range keyOfFlag {
		flag := f.Lookup(name)
		flag.Value = tracked{flag.Value, func(text string) { settings[key] = text }}
	}
	return settings
}

// tracked is a flag that says what it was set to.
type tracked struct {
	pflag.Value
	set func(text string)
}

func (t tracked) Set(text string) error {
	err := t.Value.Set(text)
	if err == nil {
		t.set(t.Value.String())
	}
	return err
}

// DefaultAddr is where listen listens unless told otherwise.
func DefaultAddr() string {
	for _, k := range config.Keys() {
		if k.Name == "listen.addr" {
			return k.Default
		}
	}
	return ""
}
