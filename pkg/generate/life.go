package generate

import "github.com/apizee-hooks/apizee-hooks/pkg/apizee"

// stage is a state of an object and the possible next states.
type stage struct {
	state string // "" for none
	next  []step // none if the object ends here
}

// step is a transition to another stage. Its probability is its share of the sum of
// all weights.
type step struct {
	state  string
	weight int
}

// life is the stages of an object. The first is the initial one.
type life []stage

// route is a stage with resolved names: next has the indexes of other routes, each
// repeated by its weight.
type route struct {
	state, quoted string
	bit           uint64 // of entity.shown, by the state
	next          []int
}

func (l life) routes() []route {
	index := make(map[string]int, len(l))
	for i, s := range l {
		index[s.state] = i
	}
	routes := make([]route, len(l))
	for i, s := range l {
		routes[i].state, routes[i].quoted = s.state, quoted(s.state)
		for _, step := range s.next {
			for range step.weight {
				routes[i].next = append(routes[i].next, index[step.state])
			}
		}
	}
	return routes
}

// routesThrough is the life of an object for which none is defined: from the first of
// the values to any later one, until the last. Without values it has a few updates.
func routesThrough(words []string) []route {
	const fewest = 3
	routes := make([]route, max(len(words), fewest))
	for i := range routes {
		if i < len(words) {
			routes[i].state, routes[i].quoted = words[i], quoted(words[i])
		}
		for later := i + 1; later < len(routes); later++ {
			routes[i].next = append(routes[i].next, later)
		}
	}
	return routes
}

// behavior defines the events of one kind of object. Unset fields have the defaults for
// any object.
type behavior struct {
	weight int // in the default mix
	most   int // at most alive
	life   life
	// born sets the details of a new object that do not change.
	born func(*Stream, *entity)
	// values are the values of its props, by path. The first prop with documented values
	// has the state.
	values map[string]value
}

// behaviorOf is the behavior of an object. Many are alive at the same time, as on a
// busy platform.
func behaviorOf(object string) behavior {
	switch object {
	case apizee.Ticket:
		return ticketBehavior()
	case apizee.Media:
		return mediaBehavior()
	case apizee.Conversation:
		return conversationBehavior()
	case apizee.ConversationEvent:
		return sessionBehavior()
	}
	return behavior{weight: 10, most: 12, born: func(*Stream, *entity) {}}
}
