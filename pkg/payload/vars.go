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

// ParseVar reads "id=100" into the name and the value, which is taken as the JSON it
// is, else as a string, as ParseSet does. Numbers keep the digits typed.
func ParseVar(arg string) (name string, value any, err error) {
	name, text, found := strings.Cut(arg, "=")
	if !found || name == "" {
		return "", nil, fmt.Errorf("%q is no variable; write name=value, such as id=100", arg)
	}
	json, err := jsonOrText(text)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", name, err)
	}
	return name, Decode(json), nil
}

// Decode is JSON as templates know it: whole numbers are ints, and other numbers keep
// their digits. It is nil for what is not JSON.
func Decode(text []byte) any {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil
	}
	return typed(value)
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

// parseNumber is a whole number as an int, which functions can count with, and any
// other with the digits typed.
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
	Default  string // as the template writes it, if it does
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

// usage is which variables a template uses, read from its parse tree.
type usage struct {
	vars []Var
	// all says that the template hands its variables on as a whole, so that it may use
	// any of them.
	all bool
	// certain are those that it reads outside of what depends on a condition.
	certain []string
	depth   int // of loops, conditions and with blocks around
	// moved counts the loops and with blocks around, in which the dot is not the
	// variables.
	moved int
}

// Uses are the names of the variables that a template reads in any case, sorted. Where the
// dot is something else only "$.name" counts, and what depends on a condition does not.
func Uses(t *template.Template) []string {
	var u usage
	if t.Tree != nil { // else there is nothing but comments
		u.list(t.Root)
	}
	slices.Sort(u.certain)
	return slices.Compact(u.certain)
}

// lenient are the functions that take a variable that is not given.
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

// name is the variable that a node reads, if it reads one.
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

// fallBack keeps the literal among args as the default of the variable that n reads.
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
