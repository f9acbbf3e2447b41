package replay

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/replay"
)

// toFlag is --to, which also accepts /path=URL, repeatedly.
type toFlag struct {
	pflag.Value // the target without a path
	given       *[]string
}

func (f toFlag) Set(text string) error {
	*f.given = append(*f.given, text)
	if isRoute(text) {
		return nil
	}
	return f.Value.Set(text)
}

// GetSlice returns the values so far; a flag with this method may be repeated.
func (f toFlag) GetSlice() []string { return *f.given }

func isRoute(text string) bool { return strings.HasPrefix(text, "/") && strings.Contains(text, "=") }

// parseRoutes returns the values of the form /path=URL. The path ends at the first "=".
func parseRoutes(given []string) ([]replay.Route, error) {
	var routes []replay.Route
	seen := map[string]bool{}
	for _, text := range given {
		path, to := "", text
		if isRoute(text) {
			path, to, _ = strings.Cut(text, "=")
		}
		switch {
		case seen[path] && path == "":
			return nil, cli.Usage(errors.New("--to without a path is set twice"), "use --to /recorded/path=http://localhost:3000/hooks for further endpoints.")
		case seen[path]:
			return nil, cli.Usagef("--to %s is set twice", path)
		}
		seen[path] = true
		if path == "" {
			continue
		}
		u, err := deliver.ParseURL(to)
		if err != nil {
			return nil, cli.Usage(fmt.Errorf("--to %s=: %w", path, err), "use --to /recorded/path=http://localhost:3000/hooks.")
		}
		routes = append(routes, replay.Route{Path: path, URL: u})
	}
	return routes, nil
}
