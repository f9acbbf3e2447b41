package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/config"
)

// ProjectDir is the directory of a project's templates and scenarios.
const ProjectDir = ".apizee-hooks"

// Load loads the configuration, with the flags that the user has set.
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
	a.noteUnknownVariables(used)
	return loaded, err
}

func (a *App) configOptions() config.Options {
	return config.Options{File: a.Config, Profile: a.Profile, UserDir: a.UserDir(), LookupEnv: a.LookupEnv}
}

// configFiles returns the files in which the configuration may be.
func (a *App) configFiles() []string { return a.configOptions().Files() }

// noteUnknownVariables prints a note for each environment variable that is not used although
// its name resembles one that is.
func (a *App) noteUnknownVariables(used map[string]bool) {
	if a.Environ == nil {
		return
	}
	misnamed := config.Misnamed(a.Environ())
	for _, name := range slices.Sorted(maps.Keys(misnamed)) {
		if used[name] {
			continue
		}
		a.Note(fmt.Sprintf("unknown environment variable %s; did you mean %s?", name, misnamed[name]))
	}
}

// UserDir returns the user's configuration directory.
func (a *App) UserDir() string { return config.UserDir(a.LookupEnv, a.GOOS) }

// Settings are the configuration values that the user has set by flags, by key.
type Settings map[string]any

// TrackSettings returns the Settings that these flags of keys of the configuration fill in when they are
// parsed. The default of a key becomes that of its flag.
func TrackSettings(f *pflag.FlagSet, names ...string) Settings {
	settings, keys := Settings{}, config.Keys()
	for _, name := range names {
		key, flag := keys[slices.IndexFunc(keys, func(k config.Key) bool { return k.Flag == name })], f.Lookup(name)
		if key.Default != "" {
			_ = flag.Value.Set(key.Default) // a default is valid
			flag.DefValue = flag.Value.String()
		}
		flag.Value = tracked{flag.Value, func(text string) { settings[key.Name] = text }}
	}
	return settings
}

// tracked is a flag that passes on the value it is set to.
type tracked struct {
	pflag.Value
	set func(text string)
}

// Takes is what NotValues calls.
func (t tracked) Takes(word string) bool { return takes(t.Value, word) }

func (t tracked) Set(text string) error {
	err := t.Value.Set(text)
	if err == nil {
		t.set(t.Value.String())
	}
	return err
}
