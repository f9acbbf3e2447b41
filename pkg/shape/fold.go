package shape

import "slices"

// Names of members may be data: a map from persons to numbers has names of persons, and a lowercase
// one looks like the name of a field. The names of fields come again and again, so that many names
// that are each rare are data. So is a rare one beside names that look like data.
const (
	manyRare = 16 // rare members by which a map is known
	rareIn   = 10 // a member of one in so many objects is rare, and so is one that came once
)

// Fold counts the rare members of maps together, without their names, and returns the paths of the
// members that keep their names. A name that came often, or a few that are rare, cannot be told from
// those of fields.
func (b *Baseline) Fold() (named map[string]bool) {
	for folded := true; folded; { // until no map is in a map
		places := map[string]*place{}
		for _, s := range b.order {
			b.count(places, s.Kind, s.Root)
		}
		folded, named = false, map[string]bool{}
		for _, s := range b.order {
			folded = b.fold(places, s.Kind, s.Root, named) || folded
		}
	}
	return named
}

// place is the objects at one path, of all kinds of events.
type place struct {
	members map[string]presence // the undocumented ones, by name
	isMixed bool                // whether names that look like data are beside them
}

// presence is in how many objects a member was, of the kinds of events that have it.
type presence struct{ seen, of int }

func (p presence) isRare() bool { return p.of > 1 && (p.seen == 1 || p.seen*rareIn <= p.of) }

// isMap reports whether the rare names are data.
func (p *place) isMap() bool {
	rare := 0
	for _, m := range p.members {
		if m.isRare() {
			rare++
		}
	}
	return p.isMixed || rare >= manyRare
}

// count counts the members at each path.
func (b *Baseline) count(places map[string]*place, k Kind, f *Field) {
	p := places[f.Path]
	if p == nil {
		p = &place{members: map[string]presence{}}
		places[f.Path] = p
	}
	p.isMixed = p.isMixed || f.Others != nil
	for _, m := range f.Members {
		if !b.words.isDocumented(k.Object, m.Path) {
			of := p.members[m.Name]
			p.members[m.Name] = presence{of.seen + m.Seen, of.of + f.Types[Object]}
		}
	}
	for _, inner := range f.inner() {
		b.count(places, k, inner)
	}
}

// fold counts the rare members of the maps in a field together, and reports whether there are any.
func (b *Baseline) fold(places map[string]*place, k Kind, f *Field, named map[string]bool) (folded bool) {
	p := places[f.Path]
	isKept := b.rules.Name != nil && b.rules.Name(f.Path, "*")
	if !isKept && p.isMap() {
		f.Members = slices.DeleteFunc(f.Members, func(m *Field) bool {
			if !p.members[m.Name].isRare() || b.words.isDocumented(k.Object, m.Path) {
				return false
			}
			b.merge(k, b.others(k, f), m)
			delete(f.byName, m.Name)
			folded = true
			return true
		})
	}
	for _, m := range f.Members {
		named[m.Path] = true
	}
	for _, inner := range f.inner() {
		folded = places[inner.Path] != nil && b.fold(places, k, inner, named) || folded
	}
	return folded
}

// inner returns the fields directly in a field.
func (f *Field) inner() []*Field {
	inner := slices.Clone(f.Members)
	for _, each := range []*Field{f.Others, f.Items} {
		if each != nil {
			inner = append(inner, each)
		}
	}
	return inner
}

// merge adds the values of an undocumented field to those of another one. Its range is not known then.
func (b *Baseline) merge(k Kind, f, from *Field) {
	f.Range, f.ranged = nil, false
	f.Seen += from.Seen
	for t, n := range from.Types {
		f.Types[t] += n
	}
	f.Texts |= from.Texts
	for _, m := range from.Members {
		to := f.byName[m.Name]
		if to == nil {
			to = f.insert(b.field(k, f.Path, m.Name))
		}
		b.merge(k, to, m)
	}
	if from.Others != nil {
		b.merge(k, b.others(k, f), from.Others)
	}
	if from.Items != nil {
		b.merge(k, b.items(k, f), from.Items)
	}
}
