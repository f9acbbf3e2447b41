package generate

import "github.com/apizee-hooks/apizee-hooks/pkg/apizee"

// stage is a state that an object can be in, and what may come of it.
type stage struct {
	state string // "" is none
	next  []step // none means that the object's life ends here
}

// step is a way on to another stage. Of all the ways on, each is taken as often as
// its weight has a share in their sum.
type step struct {
	state  string
	weight int
}

// life is the table of an object's stages. The first is the one it is created in.
type life []stage

// route is a stage with its names resolved: next holds indexes of routes, each as
// often as its weight says.
type route struct {
	state, quoted string
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

// routesThrough is the life of an object that has none of its own: from the first of
// the words to one of those behind it, until the last. Without words there are a few
// updates.
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

// behavior is how the objects of one name live, and what their props say. What is not
// set is as for any object.
type behavior struct {
	weight int // in the default mix
	most   int // alive at once
	life   life
	// born draws what the new object keeps for its life.
	born func(*Stream, *entity)
	// values are those of its props, by their paths. The first prop that has documented
	// words tells the stage.
	values map[string]value
}

// behaviorOf is what is known of an object's own ways. Enough are alive at once that
// lives overlap as on a busy platform.
func behaviorOf(object string) behavior {
	switch object {
	case apizee.Ticket:
		return ticketBehavior()
	case apizee.Media:
		return mediaBehavior()
	case apizee.Conversation:
		return conversationBehavior()
	}
	return behavior{weight: 10, most: 12, born: func(*Stream, *entity) {}}
}
