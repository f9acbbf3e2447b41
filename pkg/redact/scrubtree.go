package redact

import (
	"cmp"
	"slices"
	"strings"
)

// tree has a node for each path that was seen, with what is known of the path, so that it is worked
// out once.
type tree struct {
	keep   map[string]bool
	named  map[string]bool  // paths of members whose names may stay; nil is all
	root   *node            // of bodies
	others map[string]*node // of headers and the like, by path
	rest   *node            // counts for the paths that are not remembered
	nodes  int
}

// node is a path: the place of a value in a body, or a header.
type node struct {
	path     string
	name     string
	isData   bool    // the name is data, and is replaced
	keeps    bool    // the values at the path are to stay
	limit    float64 // of the latitude or longitude that the path names, else 0
	members  []*node
	byName   map[string]*node // of the members, when they are many
	itemNode *node
	seen     int      // how often the name came
	words    []string // some of the documented values at the path
	counts   []tally
	rest     *node // counts in place of this node
}

type tally struct {
	kind  Kind
	kept  bool
	count int
}

func newTree(keep, named map[string]bool) *tree {
	return &tree{keep: keep, named: named, root: &node{}, others: make(map[string]*node), rest: &node{path: "…"}}
}

// newNode returns a node, which remembered reports whether to add to the tree.
func (t *tree) newNode(parent *node, path, name string) (n *node, remembered bool) {
	n = &node{path: path, name: name, keeps: t.keep[path], limit: positionLimit(path)}
	if len(path) > longestPath {
		n.path = parent.path
	}
	if len(path) > longestPath || t.nodes >= mostNodes {
		n.rest = t.rest
		return n, false
	}
	t.nodes++
	return n, true
}

// at returns the node of a path that is not one of a body.
func (t *tree) at(path string) *node {
	n, found := t.others[path]
	if !found {
		var remembered bool
		if n, remembered = t.newNode(t.root, path, ""); remembered {
			t.others[path] = n
		}
	}
	return n
}

const (
	// mostNodes is how many paths are remembered. Data that is used as a name is one path, but some
	// data looks like the name of a field.
	mostNodes = 10_000
	// longestPath is in bytes. What is deeper has the path of what it is in.
	longestPath = 512
	fewMembers  = 16
	// mostWords is how many documented values of a path are remembered.
	mostWords = 16
)

// member returns the node of a member. All members with names that are data have one.
func (t *tree) member(n *node, name string) *node {
	if n.byName != nil {
		if m, ok := n.byName[name]; ok {
			return m
		}
	} else {
		for _, m := range n.members {
			if m.name == name {
				return m
			}
		}
	}
	name = strings.Clone(name) // which is a part of a body
	path := joinPath(n.path, name)
	all := joinPath(n.path, "*")
	isData := !t.keep[path] && !t.keep[all] && !(isFieldName(name) && (t.named == nil || t.named[path]))
	if isData && name != "*" {
		return t.member(n, "*")
	}
	m, remembered := t.newNode(n, path, name)
	m.isData = isData
	m.keeps = m.keeps || t.keep[all]
	if remembered {
		n.add(m)
	}
	return m
}

func (n *node) add(m *node) {
	n.members = append(n.members, m)
	if len(n.members) == fewMembers {
		n.byName = make(map[string]*node)
		for _, m := range n.members {
			n.byName[m.name] = m
		}
	} else if n.byName != nil {
		n.byName[m.name] = m
	}
}

// items returns the node of the items of an array.
func (t *tree) items(n *node) *node {
	if n.itemNode != nil {
		return n.itemNode
	}
	items, remembered := t.newNode(n, n.path+"[]", "")
	if remembered {
		n.itemNode = items
	}
	return items
}

// count counts a value.
func (n *node) count(kind Kind, kept bool) {
	if n.rest != nil {
		n = n.rest
	}
	for i := range n.counts {
		if c := &n.counts[i]; c.kind == kind && c.kept == kept {
			c.count++
			return
		}
	}
	n.counts = append(n.counts, tally{kind, kept, 1})
}

// Row says how often the values of a kind at a path were kept or replaced.
type Row struct {
	Path  string `json:"path"`
	Kind  Kind   `json:"kind"`
	Kept  bool   `json:"kept"`
	Count int    `json:"count"`
}

// rows returns the counts of all nodes, by path, with what was kept first.
func (t *tree) rows() []Row {
	var rows []Row
	var collect func(*node)
	collect = func(n *node) {
		for _, c := range n.counts {
			rows = append(rows, Row{n.path, c.kind, c.kept, c.count})
		}
		for _, m := range n.members {
			collect(m)
		}
		if n.itemNode != nil {
			collect(n.itemNode)
		}
	}
	collect(t.root)
	collect(t.rest)
	slices.SortFunc(rows, func(a, b Row) int {
		kept := func(r Row) int {
			if r.Kept {
				return 0
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.Path, b.Path), kept(a)-kept(b), cmp.Compare(a.Kind, b.Kind))
	})
	return rows
}
