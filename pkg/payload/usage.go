package payload

import (
	"slices"
	"text/template"
	"text/template/parse"
)

// walk visits each node of a parse tree, before what is in it.
func walk(n parse.Node, visit func(parse.Node)) {
	visit(n)
	branch := func(b *parse.BranchNode) {
		walk(b.Pipe, visit)
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, inner := range n.Nodes {
			walk(inner, visit)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *parse.CommandNode:
		for _, arg := range n.Args {
			walk(arg, visit)
		}
	case *parse.ChainNode:
		walk(n.Node, visit)
	}
}

// functions are the names of the functions that a template calls.
func functions(t *template.Template) []string {
	var names []string
	for _, defined := range t.Templates() {
		if defined.Tree == nil || defined.Root == nil {
			continue
		}
		walk(defined.Root, func(n parse.Node) {
			if f, ok := n.(*parse.IdentifierNode); ok {
				names = append(names, f.Ident)
			}
		})
	}
	slices.Sort(names)
	return slices.Compact(names)
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
