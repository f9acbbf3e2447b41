package payload

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// nothingThere says what is in the body instead of the path of a Change.
func (c Change) nothingThere(body []byte) error {
	paths := existingPaths(gjson.ParseBytes(body), nil, nil)
	if meant := apizee.DidYouMean(joinPath(c.keys), paths); meant != "" {
		return errors.New("nothing is there" + meant)
	}
	for way := c.keys[:len(c.keys)-1]; len(way) > 0; way = way[:len(way)-1] {
		if parent := joinPath(way); gjson.GetBytes(body, parent).Exists() {
			return fmt.Errorf("nothing is there; the nearest path is %q", parent)
		}
	}
	if len(paths) == 0 {
		return errors.New("nothing is there; the event is empty")
	}
	return errors.New("nothing is there; there are " + strings.Join(topPaths(paths), ", "))
}

// existingPaths are the paths of all that is in a value, up to a number that is enough
// to find a slip of the finger in.
func existingPaths(value gjson.Result, way []key, paths []string) []string {
	const enough = 1000
	if !value.IsObject() {
		return paths
	}
	value.ForEach(func(name, inner gjson.Result) bool {
		here := append(way[:len(way):len(way)], key{name: name.String()})
		paths = append(paths, joinPath(here))
		paths = existingPaths(inner, here, paths)
		return len(paths) < enough
	})
	return paths
}

func topPaths(paths []string) []string {
	var top []string
	for _, p := range paths {
		if !strings.Contains(p, ".") {
			top = append(top, p)
		}
	}
	return top
}
