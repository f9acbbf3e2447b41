package payload

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Vars are the values of a template's variables.
type Vars map[string]any

// ParseVar reads "id=100" into the name and the value, which is taken as the JSON it
// is, else as a string. Numbers keep the digits typed.
func ParseVar(arg string) (name string, value any, err error) {
	name, text, found := strings.Cut(arg, "=")
	if !found || name == "" {
		return "", nil, fmt.Errorf("%q is no variable; write name=value, such as id=100", arg)
	}
	compact, err := compacted([]byte(text))
	if err != nil {
		return name, text, nil
	}
	dec := json.NewDecoder(bytes.NewReader(compact))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		return name, text, nil
	}
	return name, typed(value), nil
}

// typed turns whole numbers in a value into ints.
func typed(value any) any {
	switch v := value.(type) {
	case json.Number:
		return parseNumber(v)
	case []any:
		for i := range v {
			v[i] = typed(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = typed(v[name])
		}
	}
	return value
}

// Var is a variable that a template uses.
type Var struct {
	Name     string `json:"name"`
	Required bool   `json:"required"`
	Default  string `json:"default,omitempty"` // as the template writes it, if it does
}

func (v Var) String() string {
	if v.Default == "" {
		return v.Name
	}
	return v.Name + " (default " + v.Default + ")"
}

// Vars are the variables that the template uses, in their order of appearance.
func (t Template) Vars() []Var { return slices.Clone(t.uses.vars) }

// MissingVarError says that a template needs a variable that was not given.
type MissingVarError struct {
	Template string
	Name     string
	Known    []Var // all that the template uses
}

func (e *MissingVarError) Error() string {
	return e.Needs("the variable " + strconv.Quote(e.Name))
}

// Needs is the error's text with what is needed in other words.
func (e *MissingVarError) Needs(what string) string {
	text := "template " + e.Template + " needs " + what
	var others []string
	for _, v := range e.Known {
		if v.Name != e.Name {
			others = append(others, v.String())
		}
	}
	if len(others) == 0 {
		return text
	}
	return text + "; it also takes " + strings.Join(others, ", ")
}

// complete is the data for the template: what is given, and nil for what has a default.
func (t Template) complete(given Vars) (map[string]any, error) {
	data := make(map[string]any, len(given)+len(t.uses.vars))
	maps.Copy(data, given)
	for _, v := range t.uses.vars {
		if _, ok := data[v.Name]; ok {
			continue
		}
		if v.Required {
			return nil, &MissingVarError{Template: t.Name, Name: v.Name, Known: t.Vars()}
		}
		data[v.Name] = nil
	}
	return data, nil
}

// Unused is an error that names a variable that was given but is not used by the
// template, and the one that was meant.
func (t Template) Unused(vars Vars) error {
	if t.uses.all {
		return nil
	}
	var names []string
	for _, v := range t.uses.vars {
		names = append(names, v.Name)
	}
	for _, given := range slices.Sorted(maps.Keys(vars)) {
		if slices.Contains(names, given) {
			continue
		}
		text := fmt.Sprintf("template %s has no variable %q", t.Name, given)
		if len(names) == 0 {
			return errors.New(text + "; it has none")
		}
		return errors.New(text + cmp.Or(apizee.DidYouMean(given, names), "; it has "+strings.Join(names, ", ")))
	}
	return nil
}
