package payload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// The functions whose calls Prepare adds to a template.
const (
	roundFunc = "countRound"
	printFunc = "printResult"
)

// Prepare changes a template so that the rounds of its loops are bounded, and its actions
// print with Text; size is the length of its text. The error is about a literal that is
// misleading, such as 0100 for 64.
func Prepare(t *template.Template, size int) error {
	for _, defined := range t.Templates() {
		p := preparer{tree: defined.Tree, size: size}
		walk(defined.Root, p.visit)
		p.countRound(defined.Root)
		if p.err != nil {
			return p.err
		}
	}
	return nil
}

type preparer struct {
	tree *parse.Tree
	size int
	err  error
}

func (p *preparer) visit(n parse.Node) {
	switch n := n.(type) {
	case *parse.RangeNode:
		p.countRound(n.List)
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 {
			p.print(n.Pipe)
		}
	case *parse.NumberNode:
		p.literal(n)
	}
}

// print adds a call of printFunc to a pipeline.
func (p *preparer) print(pipe *parse.PipeNode) {
	text := pipe.String()
	action := &parse.StringNode{NodeType: parse.NodeString, Pos: pipe.Pos, Quoted: strconv.Quote(text), Text: text}
	pipe.Cmds = append(pipe.Cmds, p.call(pipe.Pos, printFunc, action).Cmds...)
}

// literal rejects numbers that mean something else in Go than in JSON.
func (p *preparer) literal(n *parse.NumberNode) {
	digits := strings.TrimLeft(n.Text, "+-")
	reason := ""
	switch {
	case digits[0] == '\'':
		reason = "strings need double quotes or backquotes, not " + n.Text
	case n.IsComplex && !n.IsInt && !n.IsFloat:
		reason = n.Text + " is not a valid number"
	case len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' && n.IsInt:
		sign, digits := strings.TrimSuffix(n.Text, digits), strings.TrimLeft(digits, "0")
		reason = fmt.Sprintf("%s is octal here; write %s%s, or %s0o%s for %d", n.Text, sign, digits, sign, digits, n.Int64)
	}
	if reason != "" && p.err == nil {
		place, _ := p.tree.ErrorContext(n)
		p.err = fmt.Errorf("template: %s: %s", place, reason)
	}
}

func (p *preparer) countRound(body *parse.ListNode) {
	size := &parse.NumberNode{NodeType: parse.NodeNumber, IsInt: true, Int64: int64(p.size), Text: strconv.Itoa(p.size)}
	round := &parse.ActionNode{NodeType: parse.NodeAction, Pos: body.Pos, Pipe: p.call(body.Pos, roundFunc, size)}
	body.Nodes = append([]parse.Node{round}, body.Nodes...)
}

func (p *preparer) call(at parse.Pos, function string, arg parse.Node) *parse.PipeNode {
	f := parse.NewIdentifier(function).SetPos(at).SetTree(p.tree)
	return &parse.PipeNode{NodeType: parse.NodePipe, Pos: at, Cmds: []*parse.CommandNode{
		{NodeType: parse.NodeCommand, Pos: at, Args: []parse.Node{f, arg}},
	}}
}

// walk visits the nodes of a parse tree, each before its children.
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

// functions returns the names of the functions that a template calls.
func functions(t *template.Template) []string {
	var names []string
	for _, defined := range t.Templates() {
		walk(defined.Root, func(n parse.Node) {
			if f, ok := n.(*parse.IdentifierNode); ok {
				names = append(names, f.Ident)
			}
		})
	}
	slices.Sort(names)
	return slices.Compact(names)
}
