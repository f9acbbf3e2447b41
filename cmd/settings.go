package cmd

import (
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// ownFolder is where a project keeps its templates and scenarios.
const ownFolder = ".apizee-hooks"

// load settles the configuration. The keys are those of the flags that the
// user has given.
func (a *app) load(flags map[string]any) (*config.Loaded, error) {
	used := map[string]bool{}
	loaded, err := config.Load(config.Options{
		File: a.config, Profile: a.profile,
		UserDir: a.userDir(),
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
func (a *app) noteMisnamed(used map[string]bool) {
	if a.Environ == nil {
		return
	}
	misnamed := config.Misnamed(a.Environ())
	for _, name := range slices.Sorted(maps.Keys(misnamed)) {
		if used[name] {
			continue
		}
		a.note(fmt.Sprintf("%s sets nothing; did you mean %s?", name, misnamed[name]))
	}
}

func (a *app) userDir() string { return config.UserDir(a.LookupEnv, a.GOOS) }

// given are those of the flags that the user has given, by their key in the
// configuration.
func given(c *cobra.Command, keyOfFlag map[string]string) map[string]any {
	values := map[string]any{}
	for flag, key := range keyOfFlag {
		if f := c.Flags().Lookup(flag); f != nil && f.Changed {
			values[key] = f.Value.String()
		}
	}
	return values
}

// headers lays the headers of the command line over the configured ones. Those
// of the command line keep the spelling that the user gave them.
func headers(configured, typed []string) ([]deliver.Header, error) {
	base, err := parseHeaders(configured)
	if err != nil {
		return nil, err
	}
	over, err := parseHeaders(typed)
	if err != nil {
		return nil, err
	}
	return deliver.Override(base, over), nil
}

func parseHeaders(lines []string) ([]deliver.Header, error) {
	var parsed []deliver.Header
	for _, line := range lines {
		h, err := deliver.ParseHeader(line)
		if err != nil {
			return nil, usage(err, "a header looks like -H 'X-Api-Key: abc'; -H 'User-Agent:' leaves that one out.")
		}
		parsed = append(parsed, h)
	}
	return parsed, nil
}

// templateDirs are the folders of the user's own templates, nearest first:
// the configured one, the project's, the user's.
func (a *app) templateDirs(c config.Config) []string {
	var dirs []string
	if c.Templates != "" {
		dirs = append(dirs, c.Templates)
	}
	dirs = append(dirs, filepath.Join(ownFolder, "templates"))
	if dir := a.userDir(); dir != "" {
		dirs = append(dirs, filepath.Join(dir, "templates"))
	}
	return dirs
}

// completeProfiles completes the profiles of the configuration file.
func (a *app) completeProfiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	loaded, err := a.load(nil)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return loaded.Profiles, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) client(tls deliver.TLSOptions, parallel int) (*deliver.Client, error) {
	return a.faultyClient(tls, parallel, deliver.Fault{})
}

func (a *app) faultyClient(tls deliver.TLSOptions, parallel int, fault deliver.Fault) (*deliver.Client, error) {
	transport, err := a.transport(tls, parallel)
	if err != nil {
		return nil, err
	}
	faulty := fault.Transport(transport, deliver.FaultOptions{Seed: a.Random(), Sleep: a.Sleep})
	return deliver.NewClient(faulty, a.Now), nil
}

func (a *app) transport(tls deliver.TLSOptions, parallel int) (*http.Transport, error) {
	transport, err := a.Transport(tls, parallel)
	if err != nil {
		return nil, usage(err, "--cacert takes a file of certificates in PEM form.")
	}
	return transport, nil
}

// parseTarget reads the URL to deliver to.
func parseTarget(url string, headers []deliver.Header) (deliver.Target, error) {
	if url == "" {
		return deliver.Target{}, usage(fmt.Errorf("there is no target to send to"),
			"give one with --to http://localhost:3000/apizeehooks/, or as `to` in "+config.FileName+". "+
				"Without an endpoint yet, run `apizee-hooks listen` in another terminal and send --to http://"+defaultAddr()+"/.")
	}
	u, err := deliver.ParseURL(url)
	if err != nil {
		return deliver.Target{}, usage(err, "a target looks like http://localhost:3000/apizeehooks/.")
	}
	return deliver.Target{URL: u, Headers: headers}, nil
}

// endpoint is where a command delivers to, with the configuration that says so.
func (a *app) endpoint(c *cobra.Command, o *connection) (config.Config, deliver.Target, error) {
	loaded, err := a.load(given(c, connectionKeys()))
	if err != nil {
		return config.Config{}, deliver.Target{}, err
	}
	headers, err := headers(loaded.Config.Headers, o.headers)
	if err != nil {
		return config.Config{}, deliver.Target{}, err
	}
	target, err := parseTarget(loaded.Config.To, headers)
	return loaded.Config, target, err
}

// defaultAddr is where listen listens unless told otherwise.
func defaultAddr() string {
	for _, k := range config.Keys() {
		if k.Name == "listen.addr" {
			return k.Default
		}
	}
	return ""
}
