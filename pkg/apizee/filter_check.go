package apizee

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (c *Catalog) parseCondition(text string) (condition, error) {
	key, values, found := strings.Cut(text, "=")
	if !found {
		return condition{}, fmt.Errorf("filter %s: = is missing; write it as %s", quote(text), quote("object=ticket"))
	}
	key, negate := strings.CutSuffix(key, "!")
	parsed := condition{text: text, key: strings.TrimSpace(key), negate: negate}
	for value := range strings.SplitSeq(values, ",") {
		parsed.values = append(parsed.values, strings.TrimSpace(value))
	}
	return parsed, parsed.checkKey(c.FilterKeys())
}

func (c condition) checkKey(keys []string) error {
	if name, isProp := strings.CutPrefix(c.key, propsKey); isProp && name != "" {
		return nil
	}
	switch {
	case slices.Contains(keys, c.key):
		return nil
	case slices.Contains(keys, propsKey+c.key):
		return c.invalid("unknown key "+quote(c.key), propsKey+c.key, keys)
	}
	return c.invalid("unknown key "+quote(c.key), Nearest(c.key, keys), keys)
}

// invalid returns an error about a condition, with a suggestion and the documented values.
func (c condition) invalid(message, nearest string, documented []string) error {
	return fmt.Errorf("filter %s: %s%s (documented: %s)", quote(c.text), message, Suggest(nearest), strings.Join(documented, ", "))
}

// check rejects a filter that no documented event can match.
func (f Filter) check(catalog *Catalog) error {
	if err := f.checkWords("event", catalog.EventNames(), catalog.pageEvents()); err != nil {
		return err
	}
	if err := f.checkWords("object", catalog.DocumentedNames(), catalog.PartlyDocumentedNames()); err != nil {
		return err
	}
	for _, c := range f.conditions {
		var err error
		switch {
		case c.key == "time":
			err = c.checkTime()
		case c.key == "objectId" && slices.Contains(c.values, ""):
			err = fmt.Errorf("filter %s: an objectId is missing", quote(c.text))
		case strings.HasPrefix(c.key, propsKey):
			err = c.checkProp(catalog, f.objects(catalog))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkWords checks all conditions on a field whose values are documented words.
func (f Filter) checkWords(key string, documented, partly []string) error {
	possible := slices.Concat(documented, partly)
	for _, c := range f.conditions {
		if c.key != key {
			continue
		}
		if err := c.checkValues(key, documented, partly); err != nil {
			return err
		}
		possible = slices.DeleteFunc(possible, func(word string) bool { return !c.holds(word, true) })
		if len(possible) == 0 {
			return fmt.Errorf("filter %s: excludes every %s; all expressions must match", quote(c.text), key)
		}
	}
	return nil
}

func (c condition) checkTime() error {
	for _, value := range c.values {
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return fmt.Errorf("filter %s: %s is not a valid time; use a UNIX timestamp in seconds", quote(c.text), quote(value))
		}
	}
	return nil
}

// objects are the objects that the filter selects; none if it names one that is partly
// documented or selects no others, since their props may have any value.
func (f Filter) objects(catalog *Catalog) []*Object {
	passes := func(name string) bool {
		return !slices.ContainsFunc(f.conditions, func(c condition) bool { return c.key == "object" && !c.holds(name, true) })
	}
	asked := func(name string) bool {
		return slices.ContainsFunc(f.conditions, func(c condition) bool {
			return c.key == "object" && !c.negate && slices.Contains(c.values, name)
		})
	}
	for _, name := range catalog.PartlyDocumentedNames() {
		if asked(name) && passes(name) {
			return nil
		}
	}
	if !slices.ContainsFunc(catalog.DocumentedNames(), passes) {
		return nil
	}
	var passed []*Object
	for i := range catalog.Objects {
		if passes(catalog.Objects[i].Name) {
			passed = append(passed, &catalog.Objects[i])
		}
	}
	return passed
}

// checkProp checks a condition on a prop of one of these objects.
func (c condition) checkProp(catalog *Catalog, owners []*Object) error {
	path := strings.TrimPrefix(c.key, propsKey)
	var names, words, partly []string
	for _, o := range owners {
		prop := o.prop(path)
		switch {
		case prop == nil:
		case len(prop.Values) == 0:
			return nil
		case o.PartlyDocumented:
			partly = append(partly, prop.Values...)
		default:
			names = append(names, o.Name)
			words = appendNew(words, prop.Values...)
			partly = append(partly, prop.PartlyDocumented...)
		}
	}
	if names == nil {
		if len(owners) == 0 || partly != nil || !catalog.isPropOrGroup(path) {
			return nil
		}
		return c.propError(path, owners)
	}
	return c.checkValues(strings.Join(names, " or ")+" "+path, words, partly)
}

// propError returns an error about a prop that is documented only for other objects.
func (c condition) propError(path string, owners []*Object) error {
	var paths []string
	for _, o := range owners {
		paths = appendNew(paths, o.PropPaths()...)
	}
	return c.invalid(quote(path)+" is not a prop of the selected objects", Nearest(path, paths), paths)
}

func (c condition) checkValues(noun string, documented, partly []string) error {
	for _, value := range c.values {
		if !slices.Contains(documented, value) && !slices.Contains(partly, value) {
			return c.invalid(quote(value)+" is not a documented "+noun, Nearest(value, slices.Concat(documented, partly)), documented)
		}
	}
	return nil
}

// isPropOrGroup reports whether any documented object has a prop of this name, or props
// that nest under it.
func (c *Catalog) isPropOrGroup(path string) bool {
	return slices.ContainsFunc(c.Objects, func(o Object) bool {
		return !o.PartlyDocumented && (o.prop(path) != nil || o.isGroup(path))
	})
}
