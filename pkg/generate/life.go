package generate

// stage is a state that an object can be in, and what may come of it.
type stage struct {
	state   string
	located bool   // a position may be sent with it
	next    []step // none means that the object's life ends here
}

// step is a way on to another stage. Of all the ways on, each is taken as often as
// its weight has a share in their sum.
type step struct {
	state  string
	weight int
}

// life is the table of an object's stages. The first is the one it is created in.
type life []stage

// ticketLife is what a ticket goes through.
func ticketLife() life {
	return life{
		{state: "new", next: []step{{"invited", 55}, {"open", 35}, {"expired", 5}, {"rejected", 5}}},
		{state: "invited", next: []step{{"opened", 76}, {"declined", 12}, {"expired", 12}}},
		{state: "open", next: []step{{"opened", 70}, {"updated", 20}, {"rejected", 10}}},
		{state: "opened", next: []step{{"inprogress", 90}, {"updated", 6}, {"rejected", 4}}},
		{state: "updated", located: true, next: []step{{"inprogress", 70}, {"done", 30}}},
		{state: "inprogress", located: true, next: []step{{"inprogress", 45}, {"updated", 20}, {"done", 35}}},
		{state: "done", next: []step{{"closed", 1}}},
		{state: "closed"},
		{state: "declined"},
		{state: "expired"},
		{state: "rejected"},
	}
}

// mediaLife is what a media goes through. A broken upload may be taken up again.
func mediaLife() life {
	return life{
		{state: "inprogress", next: []step{{"completed", 80}, {"uncompleted", 14}, {"error", 6}}},
		{state: "uncompleted", next: []step{{"inprogress", 75}, {"error", 25}}},
		{state: "completed"},
		{state: "error"},
	}
}

// conversationLife is all that is documented of a conversation. Its states are the
// values of eventType; there is none until the end.
func conversationLife() life {
	return life{
		{state: "", next: []step{{conversationEnded, 1}}},
		{state: conversationEnded},
	}
}

// route is a life with its names resolved: next holds indexes of stages, each as
// often as its weight says.
type route struct {
	state   string
	located bool
	next    []int
}

func (l life) routes() []route {
	index := make(map[string]int, len(l))
	for i, s := range l {
		index[s.state] = i
	}
	routes := make([]route, len(l))
	for i, s := range l {
		routes[i] = route{state: s.state, located: s.located}
		for _, step := range s.next {
			for range step.weight {
				routes[i].next = append(routes[i].next, index[step.state])
			}
		}
	}
	return routes
}
