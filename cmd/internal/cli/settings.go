package cli

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/config"
)

// OwnFolder is where a project keeps its templates and scenarios.
const OwnFolder = ".apizee-hooks"

// Load settles the configuration. The keys are those of the flags that the
// user has given.
func (a *App) Load(flags map[string]any) (*config.Loaded, error) {
	used := map[string]bool{}
	loaded, err := config.Load(config.Options{
		File: a.Config, Profile: a.Profile,
		UserDir: a.UserDir(),
		LookupEnv: func(name string) (string, bool) {
			used[name] = true
			return a.LookupEnv(name)
		},
		Flags: flags,
	})
	a.noteMisnamed(used)
	return loaded, err
}

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

// Given are those of the flags that the user has given, by their key in the
// configuration.
func Given(c *cobra.Command, keyOfFlag map[string]string) map[string]any {
	values := map[string]any{}
	for flag, key := range keyOfFlag {
		if f := c.Flags().Lookup(flag); f != nil && f.Changed {
			values[key] = f.Value.String()
		}
	}
	return values
}

// TemplateDirs are the folders of the user's own templates, nearest first:
// the configured one, the project's, the user's.
func (a *App) TemplateDirs(c config.Config) []string {
	var dirs []string
	if c.Templates != "" {
		dirs = append(dirs, c.Templates)
	}
	dirs = append(dirs, filepath.Join(OwnFolder, "templates"))
	if dir := a.UserDir(); dir != "" {
		dirs = append(dirs, filepath.Join(dir, "templates"))
	}
	return dirs
}

// CompleteProfiles completes the profiles of the configuration file.
func (a *App) CompleteProfiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	loaded, err := a.Load(nil)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return loaded.Profiles, cobra.ShellCompDirectiveNoFileComp
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
