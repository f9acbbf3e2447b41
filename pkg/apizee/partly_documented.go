package apizee

// Objects of Apizee's newer pages, which leave more open than the webhooks page: the
// Session Events API, and a later revision of the webhooks page.

const (
	ConversationEvent = "conversationevent"
	SMSMessage        = "smsmessage"

	PropAgentEmail     = "agent.email"
	PropAgentPhone     = "agent.phone"
	PropAgentFirstName = "agent.firstname"
	PropAgentLastName  = "agent.lastname"
)

// Event types of a session that the code refers to.
const (
	ConsentAccepted    = "consent.accepted"
	SessionStarted     = "ticket.sessionStarted"
	GeoAllowed         = "geo.ansAllowed"
	GeoDisallowed      = "geo.ansDisallowed"
	TicketNew          = "ticket.new"
	TicketAssigned     = "ticket.assigned"
	TicketCompleted    = "ticket.completed"
	TicketClosed       = "ticket.closed"
	DeviceAllowed      = "mediaDevice.allowed"
	DeviceDisallowed   = "mediaDevice.disallowed"
	SessionEstablished = "session.established"
	InvitationSent     = "ticket.invitationSent"
	InvitationResent   = "ticket.invitationResent"
	InvitationAccepted = "ticket.invitationAccepted"
	InvitationDeclined = "ticket.invitationDeclined"
	InvitationExpired  = "ticket.invitationExpired"
	InvitationClicked  = "ticket.invitationClicked"
	PictureTaken       = "media.pictureTaken"
	SurveyAnswered     = "survey.answered"
	AgentLeft          = "session.agentLeft"
	UserLeft           = "session.userLeft"
	OCRDone            = "media.OCRDone"
)

func partlyDocumentedObjects() []Object {
	agent := []string{PropAgentEmail, PropAgentPhone, PropAgentFirstName, PropAgentLastName}
	position := []string{PropLatitude, PropLongitude}
	shown := func(value string, props ...string) Variant { return Variant{Value: value, Props: props} }
	open := func(value string) Variant { return Variant{Value: value, Open: true} }
	types := []Variant{
		shown(ConsentAccepted),
		shown(SessionStarted),
		shown(GeoAllowed, position...),
		shown(GeoDisallowed),
		shown("ticket.approved", agent...),
		shown(TicketNew, agent...),
		shown(TicketAssigned, agent...),
		shown(TicketCompleted, agent...),
		shown("ticket.cancelled", agent...),
		shown(TicketClosed, agent...),
		open(DeviceAllowed),
		open(DeviceDisallowed),
		open("mediaDevice.cameraAllowed"),
		open("mediaDevice.cameraDisallowed"),
		open("mediaDevice.micAllowed"),
		open("mediaDevice.micDisallowed"),
		open(SessionEstablished),
		open("ticket.priorityChanged"),
		open(InvitationSent),
		open(InvitationResent),
		open(InvitationAccepted),
		open(InvitationDeclined),
		open(InvitationExpired),
		open(InvitationClicked),
		open("ticket.invitationNotclicked"),
		open("session.agentContacted"),
		open(PictureTaken),
		open("media.pictureSent"),
		open(SurveyAnswered),
		open(AgentLeft),
		open(UserLeft),
		open(OCRDone),
	}
	return []Object{
		{
			Name:             ConversationEvent,
			Description:      "an action in the session of a ticket, such as an invitation or a picture",
			Page:             "Session Events API",
			PartlyDocumented: true,
			Assumptions: []Assumption{
				{"place of the event type", "props." + PropEventType + ", as for a " + Conversation},
				{"objectId", "the event's own ID, a string of any shape"},
				{"source and ID of the ticket", "not sent; accepted in the props"},
				{"props that no example shows", "not sent; any are accepted"},
			},
			Events: []string{Create},
			ID:     Identifier{[]Type{Text}, `"6564a3f19c2e7b0d4f8a1c35"`, "ID of the event, assumed to be a string of any shape"},
			Props: []Prop{
				{
					Path: PropEventType, Flag: "event-type", Type: Text, Description: "type of the event",
					Values: valuesOf(types), Variants: types, Example: `"` + TicketNew + `"`, Default: true,
				},
				{
					Path: PropLatitude, Flag: "lat", Type: Number, Description: "latitude, in degrees",
					Example: "48.650032799999998", Pair: &Pair{With: PropLongitude, Joint: ","},
				},
				{Path: PropLongitude, Flag: "lng", Type: Number, Description: "longitude, in degrees", Example: "-3.3655395000000001"},
				{Path: PropAgentEmail, Flag: "agent-email", Type: Text, Description: "email address of the agent", Example: `"john.doe@example.com"`},
				{Path: PropAgentPhone, Flag: "agent-phone", Type: Text, Description: "phone number of the agent", Example: `"+33123456789"`},
				{
					Path: PropAgentFirstName, Flag: "agent-firstname", Type: Text, Description: "first name of the agent",
					Example: `"John"`, Pair: &Pair{With: PropAgentLastName, Joint: " "},
				},
				{Path: PropAgentLastName, Flag: "agent-lastname", Type: Text, Description: "last name of the agent", Example: `"Doe"`},
			},
		},
		{
			Name:             SMSMessage,
			Description:      "a text message; the page only names it",
			Page:             "Webhooks, as of 2026",
			PartlyDocumented: true,
			Assumptions: []Assumption{
				{"objectId", "an integer is sent; a string is accepted"},
				{"events", "those of the documented objects"},
				{"props", "not sent; any are accepted"},
			},
			ID: Identifier{[]Type{Integer, Text}, "100", "ID of the message, assumed to be an integer or a string"},
		},
	}
}

func valuesOf(variants []Variant) []string {
	values := make([]string, len(variants))
	for i, v := range variants {
		values[i] = v.Value
	}
	return values
}
