package apizee

// Documented words that programs decide on. Each is typed here and nowhere else; the
// others are in the catalog alone.
const (
	Create = "create"
	Update = "update"
	Delete = "delete" // the event that has no documented props

	Ticket       = "ticket"
	Media        = "media"
	Conversation = "conversation"
	Conference   = "conference" // what a media's parent calls a conversation too

	PropState      = "state"
	PropLatitude   = "geoloc.lat"
	PropLongitude  = "geoloc.lng"
	PropParentName = "_parent.name"
	PropParentID   = "_parent.id"
	PropEventType  = "eventType"
	PropName       = "name"
	PropFinishedAt = "finishedAt"

	StateNew          = "new"
	StateOpen         = "open"
	StateOpened       = "opened"
	StateInvited      = "invited"
	StateInProgress   = "inprogress"
	StateUpdated      = "updated"
	StateExpired      = "expired"
	StateDeclined     = "declined"
	StateRejected     = "rejected"
	StateDone         = "done"
	StateClosed       = "closed"
	StateUncompleted  = "uncompleted"
	StateCompleted    = "completed"
	StateError        = "error" // of a media
	ConversationEnded = "conversationEnded"
)

// Documented is what Apizee's documentation says. Each call makes a catalog of
// its own, which the caller may change.
func Documented() *Catalog {
	return &Catalog{
		Events:  documentedEvents(),
		Objects: documentedObjects(),
		// Words of newer or neighbouring public Apizee pages, which the webhook
		// page does not document: a warning, not an error.
		ElsewhereObjects: []string{"smsmessage", "conversationevent"},
		ElsewhereEvents:  []string{"conversationevent.create"},
	}
}

func documentedEvents() []Word {
	return []Word{
		{Create, "the object came into being"},
		{Update, "something about the object changed"},
		{Delete, "the object is gone; no props are documented for it"},
	}
}

func documentedObjects() []Object {
	return []Object{
		{
			Name:        Ticket,
			Description: "a ticket, whose state tells how far it has come",
			ID:          Identifier{[]Type{Integer}, "100", "the ticket's database id"},
			Props: []Prop{
				{
					Path: PropState, Flag: "state", Type: Text, Description: "last recorded state",
					Values: []string{
						StateNew, StateOpen, StateOpened, StateInvited, StateInProgress, StateUpdated,
						StateExpired, StateDeclined, StateRejected, StateDone, StateClosed,
					},
					Elsewhere: []string{"cancelled"},
					Example:   `"invited"`, Default: true,
				},
				{
					Path: PropLatitude, Flag: "lat", Type: Number, Description: "last recorded latitude, in degrees",
					Range: &Range{-90, 90}, Example: "47.866675",
					Pair: &Pair{With: PropLongitude, Joint: ","},
				},
				{
					Path: PropLongitude, Flag: "lng", Type: Number, Description: "last recorded longitude, in degrees",
					Range: &Range{-180, 180}, Example: "-3.865805",
				},
			},
		},
		{
			Name:        Media,
			Description: "a media that belongs to a ticket, a conference or a conversation",
			ID:          Identifier{[]Type{Integer, Text}, "9", "the documentation does not say which type; an integer is sent"},
			Props: []Prop{
				{
					Path: PropState, Flag: "state", Type: Text, Description: "last recorded state",
					Values:  []string{StateInProgress, StateUncompleted, StateCompleted, StateError},
					Example: `"inprogress"`, Default: true,
				},
				{
					Path: PropParentName, Flag: "parent-name", Type: Text, Description: "name of the parent object",
					Values:  []string{Ticket, Conference, Conversation},
					Example: `"ticket"`, Default: true,
					Pair: &Pair{With: PropParentID, Joint: "/", Flag: "parent"},
				},
				{
					Path: PropParentID, Flag: "parent-id", Type: Integer, Description: "id of the parent object",
					Example: "100", Default: true,
				},
			},
		},
		{
			Name:        Conversation,
			Description: "a conversation, which the documentation also calls a conference",
			ID: Identifier{
				[]Type{Text}, `"734e3a7b-eb17-4d3f-901d-bcff178b"`,
				"the public id, not the database id; not shaped like a UUID",
			},
			Props: []Prop{
				{
					Path: PropEventType, Flag: "event-type", Type: Text, Description: "type of the sent event",
					Values: []string{ConversationEnded}, Example: `"conversationEnded"`, Default: true,
				},
				{
					Path: PropName, Flag: "name", Type: Text, Description: "name of the conversation",
					Example: `"TEST"`, Default: true,
				},
				{
					Path: PropFinishedAt, Flag: "finished-at", Type: DateTime,
					Description: "end date of the conversation, with a numeric offset",
					Example:     `"2021-09-20T13:25:06+00:00"`, Default: true,
				},
			},
		},
	}
}
