package apizee

// Documented words that the code refers to. Each is written only here, or in the file of
// the partly documented objects; the others are only in the catalog.
const (
	Create = "create"
	Update = "update"
	Delete = "delete" // the event that has no documented props

	Ticket       = "ticket"
	Media        = "media"
	Conversation = "conversation"
	Conference   = "conference" // another name for a conversation, used by a media's parent

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

// Documented returns what Apizee documents. Each call returns a new catalog, which
// the caller may change.
func Documented() *Catalog {
	return &Catalog{Events: documentedEvents(), Objects: append(documentedObjects(), partlyDocumentedObjects()...)}
}

// webhooksPage is the title of the page that the documented objects are from.
const webhooksPage = "Webhooks"

func documentedEvents() []Word {
	return []Word{
		{Create, "the object was created"},
		{Update, "the object changed"},
		{Delete, "the object was deleted; no props are documented"},
	}
}

func documentedObjects() []Object {
	return []Object{
		{
			Name:        Ticket,
			Description: "a ticket, with its state",
			Page:        webhooksPage,
			ID:          Identifier{[]Type{Integer}, "100", "database id of the ticket"},
			Props: []Prop{
				{
					Path: PropState, Flag: "state", Type: Text, Description: "last recorded state",
					Values: []string{
						StateNew, StateOpen, StateOpened, StateInvited, StateInProgress, StateUpdated,
						StateExpired, StateDeclined, StateRejected, StateDone, StateClosed,
					},
					PartlyDocumented: []string{"cancelled"},
					Example:          `"invited"`, Default: true,
				},
				{
					Path: PropLatitude, Flag: "lat", Type: Number, Description: "last recorded latitude, in degrees",
					Range: &Range{"latitude", -90, 90}, Example: "47.866675",
					Pair: &Pair{With: PropLongitude, Joint: ","},
				},
				{
					Path: PropLongitude, Flag: "lng", Type: Number, Description: "last recorded longitude, in degrees",
					Range: &Range{"longitude", -180, 180}, Example: "-3.865805",
				},
			},
		},
		{
			Name:        Media,
			Description: "a media that belongs to a ticket, a conference or a conversation",
			Page:        webhooksPage,
			ID:          Identifier{[]Type{Integer, Text}, "9", "media id; its type is not documented, an integer is sent"},
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
			AlsoCalled:  Conference,
			Description: "a conversation, which the documentation also calls a conference",
			Page:        webhooksPage,
			ID: Identifier{
				[]Type{Text}, `"734e3a7b-eb17-4d3f-901d-bcff178b"`,
				"public id of the conversation, not the database id; not a UUID",
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
