package generate

import "github.com/apizee-hooks/apizee-hooks/pkg/apizee"

// A session is about one of the tickets, and takes place where the ticket is. Each of its
// events is an object of its own. No event has the ticket's ID, since it is not documented
// where that would be.
func sessionBehavior() behavior {
	agentValue := func(of func(agent) string) value {
		return func(dst []byte, m moment) []byte {
			dst = append(append(dst, '"'), of(agents[m.of.agent])...)
			return append(dst, '"')
		}
	}
	return behavior{
		most: 16, life: sessionLife(),
		born: func(s *Stream, e *entity) { e.agent, e.place = s.random.below(len(agents)), s.ticketPlace() },
		values: map[string]value{
			apizee.PropLatitude:       func(dst []byte, m moment) []byte { return appendDegrees(dst, m.of.place.lat) },
			apizee.PropLongitude:      func(dst []byte, m moment) []byte { return appendDegrees(dst, m.of.place.lng) },
			apizee.PropAgentEmail:     agentValue(func(a agent) string { return a.email }),
			apizee.PropAgentPhone:     agentValue(func(a agent) string { return a.phone }),
			apizee.PropAgentFirstName: agentValue(func(a agent) string { return a.first }),
			apizee.PropAgentLastName:  agentValue(func(a agent) string { return a.last }),
		},
	}
}

func sessionLife() life {
	return life{
		{state: apizee.TicketNew, next: []step{{apizee.TicketAssigned, 1}}},
		{state: apizee.TicketAssigned, next: []step{{apizee.InvitationSent, 1}}},
		{state: apizee.InvitationSent, next: []step{
			{apizee.InvitationClicked, 75}, {apizee.InvitationResent, 15}, {apizee.InvitationDeclined, 5}, {apizee.InvitationExpired, 5},
		}},
		{state: apizee.InvitationResent, next: []step{{apizee.InvitationClicked, 80}, {apizee.InvitationExpired, 20}}},
		{state: apizee.InvitationClicked, next: []step{{apizee.InvitationAccepted, 90}, {apizee.InvitationDeclined, 10}}},
		{state: apizee.InvitationAccepted, next: []step{{apizee.ConsentAccepted, 1}}},
		{state: apizee.ConsentAccepted, next: []step{{apizee.DeviceAllowed, 90}, {apizee.DeviceDisallowed, 10}}},
		{state: apizee.DeviceDisallowed, next: []step{{apizee.DeviceAllowed, 1}}},
		{state: apizee.DeviceAllowed, next: []step{{apizee.GeoAllowed, 60}, {apizee.GeoDisallowed, 20}, {apizee.SessionStarted, 20}}},
		{state: apizee.GeoAllowed, next: []step{{apizee.SessionStarted, 1}}},
		{state: apizee.GeoDisallowed, next: []step{{apizee.SessionStarted, 1}}},
		{state: apizee.SessionStarted, next: []step{{apizee.SessionEstablished, 1}}},
		{state: apizee.SessionEstablished, next: []step{{apizee.PictureTaken, 70}, {apizee.UserLeft, 30}}},
		{state: apizee.PictureTaken, next: []step{{apizee.PictureTaken, 30}, {apizee.OCRDone, 30}, {apizee.UserLeft, 40}}},
		{state: apizee.OCRDone, next: []step{{apizee.PictureTaken, 30}, {apizee.UserLeft, 70}}},
		{state: apizee.UserLeft, next: []step{{apizee.AgentLeft, 1}}},
		{state: apizee.AgentLeft, next: []step{{apizee.SurveyAnswered, 50}, {apizee.TicketCompleted, 50}}},
		{state: apizee.SurveyAnswered, next: []step{{apizee.TicketCompleted, 1}}},
		{state: apizee.TicketCompleted, next: []step{{apizee.TicketClosed, 1}}},
		{state: apizee.InvitationDeclined, next: []step{{apizee.TicketClosed, 1}}},
		{state: apizee.InvitationExpired, next: []step{{apizee.TicketClosed, 1}}},
		{state: apizee.TicketClosed},
	}
}

// The texts of agents are written into JSON as they are.
type agent struct{ email, phone, first, last string }

var agents = [...]agent{
	{"john.doe@example.com", "+33123456789", "John", "Doe"},
	{"zoe.lefevre@example.com", "+33198765432", "Zoé", "Lefèvre"},
	{"amina.benali@example.com", "+33155501234", "Amina", "Benali"},
	{"lars.muller@example.com", "+33144402020", "Lars", "Müller"},
}

// ticketPlace is the position of a ticket that is alive, or any.
func (s *Stream) ticketPlace() position {
	for i := range s.populations {
		if p := &s.populations[i]; p.name == apizee.Ticket && len(p.alive) > 0 {
			return p.alive[s.random.below(len(p.alive))].place
		}
	}
	return s.city()
}
