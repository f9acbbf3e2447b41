package scenario

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// expression is a text with {{ }} in it, made ready.
type expression struct {
	template *template.Template
	// typed says that the whole text is one expression, whose result keeps its type.
	typed bool
	// uses are the variables that it reads for certain.
	uses []string
}

func compile(text string, funcs template.FuncMap) (*expression, error) {
	t, err := template.New("").Option("missingkey=error").Funcs(funcs).Parse(text)
	if err != nil {
		return nil, errors.New(templateReason(err))
	}
	x := &expression{template: t}
	if t.Tree == nil { // comments alone
		return x, nil
	}
	if action := onlyAction(t.Tree.Root); action != nil {
		keep := parse.NewIdentifier(keepName).SetPos(action.Pos).SetTree(t.Tree)
		action.Pipe.Cmds = append(action.Pipe.Cmds, &parse.CommandNode{
			NodeType: parse.NodeCommand, Pos: action.Pos, Args: []parse.Node{keep},
		})
		x.typed = true
	}
	x.uses = uses(t.Tree.Root)
	payload.Count(t, len(text))
	return x, nil
}

// onlyAction is the one {{ }} that a template consists of, if it makes a value.
func onlyAction(root *parse.ListNode) *parse.ActionNode {
	if len(root.Nodes) != 1 {
		return nil
	}
	action, ok := root.Nodes[0].(*parse.ActionNode)
	if !ok || len(action.Pipe.Decl) > 0 {
		return nil
	}
	return action
}

// uses are the names of the variables in a template. Where the dot is
// something else, in range, with and nested templates, only "$.name" counts; a
// branch counts only by its condition.
func uses(root *parse.ListNode) []string {
	found := map[string]bool{}
	for _, n := range root.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			usesOfPipe(n.Pipe, found)
		case *parse.IfNode:
			usesOfPipe(n.Pipe, found)
		case *parse.WithNode:
			usesOfPipe(n.Pipe, found)
		case *parse.RangeNode:
			usesOfPipe(n.Pipe, found)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func usesOfPipe(pipe *parse.PipeNode, found map[string]bool) {
	for _, command := range pipe.Cmds {
		for _, arg := range command.Args {
			usesOfArg(arg, found)
		}
	}
}

func usesOfArg(arg parse.Node, found map[string]bool) {
	switch arg := arg.(type) {
	case *parse.FieldNode:
		found[arg.Ident[0]] = true
	case *parse.VariableNode:
		if arg.Ident[0] == "$" && len(arg.Ident) > 1 {
			found[arg.Ident[1]] = true
		}
	case *parse.ChainNode:
		usesOfArg(arg.Node, found)
	case *parse.PipeNode:
		usesOfPipe(arg, found)
	}
}

// templatePlace is how text/template begins its errors.
var templatePlace = lazily(`^template: :\d+(:\d+)?: (executing "" at (.*?): )?(error calling \S+: )?`)

// templateReason is what an error of text/template says, without where.
func templateReason(err error) string {
	return strings.TrimSpace(templatePlace().ReplaceAllString(err.Error(), ""))
}

var undefinedFunction = lazily(`^function "([^"]+)" not defined$`)

// expression reads a text that may hold {{ }} and ${NAME}. It returns the text
// with the environment's values in it.
func (r *reader) expression(p place, text string) string {
	text = r.environment(p, text)
	if !isExpression(text) {
		return text
	}
	x, err := r.engine.compile(text)
	if err != nil {
		if m := undefinedFunction().FindStringSubmatch(err.Error()); m != nil {
			r.suggest(p, nearestFunction(m[1]), "there is no function %s", quote(m[1]))
			return ""
		}
		r.problem(p, "the expression cannot be read: %v", err)
		return ""
	}
	for _, name := range x.uses {
		if !r.known[name] {
			r.word(p, name, slices.Sorted(maps.Keys(r.known)), "there is no variable %s here", quote(name))
			return ""
		}
	}
	return text
}
