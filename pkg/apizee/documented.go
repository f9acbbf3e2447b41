package apizee

// Documented is what Apizee's documentation says. Each call makes a catalog of
// its own, which the caller may change.
func Documented() *Catalog {
	return &Catalog{
		Events:  documentedEvents(),
		Objects: documentedObjects(),
		// Words of newer or neighbouring public Apizee pages, which the webhook
		// page does not document: a notice, not an error.
		ElsewhereObjects: []string{"smsmessage", "conversationevent"},
		ElsewhereEvents:  []string{"conversationevent.create"},
	}
}

func documentedEvents() []Word {
	return []Word{
		{"create", "the object came into being"},
		{"update", "something about the object changed"},
		{"delete", "the object is gone; no props are documented for it"},
	}
}

func documentedObjects() []Object {
	return []Object{
		{
			Name:        "ticket",
			Description: "a ticket, whose state tells how far it has come",
			ID:          Identifier{[]Type{Integer}, "100", "the ticket's database id"},
			Props: []Prop{
				{
					Path: "state", Flag: "state", Type: Text, Description: "last recorded state",
					Values: []string{
						"new", "open", "opened", "invited", "inprogress", "updated",
						"expired", "declined", "rejected", "done", "closed",
					},
					Elsewhere: []string{"cancelled"},
					Example:   `"invited"`, Default: true,
				},
				{
					Path: "geoloc.lat", Flag: "lat", Type: Number, Description: "last recorded latitude, in degrees",
					Range: &Range{-90, 90}, Example: "47.866675",
				},
				{
					Path: "geoloc.lng", Flag: "lng", Type: Number, Description: "last recorded longitude, in degrees",
					Range: &Range{-180, 180}, Example: "-3.865805",
				},
			},
		},
		{
			Name:        "media",
			Description: "a media that belongs to a ticket, a conference or a conversation",
			ID:          Identifier{[]Type{Integer, Text}, "9", "the documentation does not say which type; an integer is sent"},
			Props: []Prop{
				{
					Path: "state", Flag: "state", Type: Text, Description: "last recorded state",
					Values:  []string{"inprogress", "uncompleted", "completed", "error"},
					Example: `"inprogress"`, Default: true,
				},
				{
					Path: "_parent.name", Flag: "parent-name", Type: Text, Description: "name of the parent object",
					Values:  []string{"ticket", "conference", "conversation"},
					Example: `"ticket"`, Default: true,
				},
				{
					Path: "_parent.id", Flag: "parent-id", Type: Integer, Description: "id of the parent object",
					Example: "100", Default: true,
				},
			},
		},
		{
			Name:        "conversation",
			Description: "a conversation, which the documentation also calls a conference",
			ID: Identifier{
				[]Type{Text}, `"734e3a7b-eb17-4d3f-901d-bcff178b"`,
				"the public id, not the database id; not shaped like a UUID",
			},
			Props: []Prop{
				{
					Path: "eventType", Flag: "event-type", Type: Text, Description: "type of the sent event",
					Values: []string{"conversationEnded"}, Example: `"conversationEnded"`, Default: true,
				},
				{
					Path: "name", Flag: "name", Type: Text, Description: "name of the conversation",
					Example: `"TEST"`, Default: true,
				},
				{
					Path: "finishedAt", Flag: "finished-at", Type: DateTime,
					Description: "end date of the conversation, with a numeric offset",
					Example:     `"2021-09-20T13:25:06+00:00"`, Default: true,
				},
			},
		},
	}
}
