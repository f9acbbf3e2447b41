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
	"text/template"
	"text/template/parse"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Vars are the values of a template's variables.
type Vars map[string]any

// ParseVar parses "id=100" into a name and a value. A value that is not JSON is a string,
// as in ParseSet. Numbers keep the digits typed.
func ParseVar(arg string) (name string, value any, err error) {
	name, text, found := strings.Cut(arg, "=")
	if !found || name == "" {
		return "", nil, fmt.Errorf("%q must be of the form name=value, such as id=100", arg)
	}
	json, err := jsonOrText(text)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", name, err)
	}
	return name, Decode(json), nil
}

// Decode decodes JSON for templates: integers are ints, and other numbers keep their
// digits. It returns nil for text that is not JSON.
func Decode(text []byte) any {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil
	}
	return typed(value)
}

// typed replaces the integers in a value by ints.
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

// parseNumber returns an integer as an int, for functions with ints, and any other number
// with the digits typed.
func parseNumber(n json.Number) any {
	if i, err := strconv.Atoi(n.String()); err == nil && strconv.Itoa(i) == n.String() {
		return i
	}
	return n
}

// Var is a variable that a template uses.
type Var struct {
	Name     string
	Required bool
	Default  string // as it is in the template, or ""
}

func (v Var) String() string {
	if v.Default == "" {
		return v.Name
	}
	return v.Name + " (default " + v.Default + ")"
}

// Vars returns the variables that the template uses, in order of appearance.
func (t Template) Vars() []Var { return slices.Clone(t.uses.vars) }

// MissingVarError means that a required variable of a template is not set.
type MissingVarError struct {
	Template string
	Name     string
	Known    []Var // all variables of the template
}

func (e *MissingVarError) Error() string {
	return e.Needs("the variable " + strconv.Quote(e.Name))
}

// Needs is the text of the error with another name for the variable.
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
	return text + "; it also uses " + strings.Join(others, ", ")
}

// complete returns the data for the template: given values, and nil for variables with a
// default.
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

// Unused returns an error about a given variable that the template does not use, with a
// suggestion.
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

// usage collects the variables of a template from its parse tree.
type usage struct {
	vars []Var
	// all means that the template passes on its variables as a whole, so that it may use
	// any of them.
	all bool
	// certain are the variables that are read unconditionally.
	certain []string
	depth   int // number of enclosing loops, conditions and with blocks
	// moved is the number of enclosing loops and with blocks, in which the dot is not the
	// variables.
	moved int
}

// Uses returns the names of the variables that a template reads unconditionally, sorted, and of
// those that it may read; all means that it may read any. Inside of loops and with blocks only
// "$.name" is a variable.
func Uses(t *template.Template) (certain, possible []string, all bool) {
	var u usage
	u.list(t.Root)
	for _, v := range u.vars {
		possible = append(possible, v.Name)
	}
	slices.Sort(u.certain)
	return slices.Compact(u.certain), possible, u.all
}

// lenient are the functions that accept a variable that is not set.
var lenient = []string{"default", "or", "and", "not", "coalesce", "empty"}

func (u *usage) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			u.pipe(n.Pipe, false)
		case *parse.TemplateNode:
			u.pipe(n.Pipe, false)
		case *parse.IfNode:
			u.branch(&n.BranchNode, 0)
		case *parse.RangeNode:
			u.branch(&n.BranchNode, 1)
		case *parse.WithNode:
			u.branch(&n.BranchNode, 1)
		}
	}
}

func (u *usage) branch(b *parse.BranchNode, moves int) {
	u.pipe(b.Pipe, true)
	u.depth++
	u.moved += moves
	u.list(b.List)
	u.moved -= moves
	u.list(b.ElseList)
	u.depth--
}

func (u *usage) pipe(p *parse.PipeNode, optional bool) {
	if p == nil {
		return
	}
	for i, c := range p.Cmds {
		piped := i+1 < len(p.Cmds) && isLenient(p.Cmds[i+1])
		u.command(c, optional || piped)
		if piped {
			u.fallBack(c.Args[0], p.Cmds[i+1].Args)
		}
	}
}

func (u *usage) command(c *parse.CommandNode, optional bool) {
	optional = optional || isLenient(c)
	for _, arg := range c.Args {
		u.argument(arg, optional)
	}
	if isLenient(c) && len(c.Args) == 3 {
		u.fallBack(c.Args[1], c.Args)
		u.fallBack(c.Args[2], c.Args)
	}
}

func isLenient(c *parse.CommandNode) bool {
	f, ok := c.Args[0].(*parse.IdentifierNode)
	return ok && slices.Contains(lenient, f.Ident)
}

func (u *usage) argument(n parse.Node, optional bool) {
	switch n := n.(type) {
	case *parse.PipeNode:
		u.pipe(n, optional)
	case *parse.ChainNode:
		u.argument(n.Node, optional)
	case *parse.DotNode:
		u.all = u.all || u.moved == 0
	case *parse.VariableNode:
		u.all = u.all || n.Ident[0] == "$" && len(n.Ident) == 1
	}
	if name := u.name(n); name != "" {
		v := u.find(name)
		v.Required = v.Required && !optional
		if u.depth == 0 {
			u.certain = append(u.certain, name)
		}
	}
}

// name is the variable that a node reads, or "".
func (u *usage) name(n parse.Node) string {
	switch n := n.(type) {
	case *parse.FieldNode:
		if u.moved == 0 {
			return n.Ident[0]
		}
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			return n.Ident[1]
		}
	}
	return ""
}

func (u *usage) find(name string) *Var {
	for i := range u.vars {
		if u.vars[i].Name == name {
			return &u.vars[i]
		}
	}
	u.vars = append(u.vars, Var{Name: name, Required: true})
	return &u.vars[len(u.vars)-1]
}

// fallBack records the literal among args as the default of the variable that n reads.
func (u *usage) fallBack(n parse.Node, args []parse.Node) {
	name := u.name(n)
	if name == "" {
		return
	}
	for _, arg := range args {
		switch arg.(type) {
		case *parse.NumberNode, *parse.StringNode, *parse.BoolNode:
			u.find(name).Default = arg.String()
		}
	}
}
