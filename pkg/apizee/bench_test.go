package apizee

import "testing"

// catalog is the catalog of the tests.
var catalog = Documented()

// The events of the documentation, one with dotted names, and one with an
// error.
var benchmarks = []struct{ name, body string }{
	{"ticket", `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited","geoloc":{"lat":47.866675,"lng":-3.865805}}}`},
	{"media", `{"event":"update","time":1575976413,"object":"media","objectId":9,"props":{"state":"inprogress","_parent":{"name":"ticket","id":100}}}`},
	{"conversation", `{"event":"update","time":1632144306,"object":"conversation","objectId":"734e3a7b-eb17-4d3f-901d-bcff178b","props":{"eventType":"conversationEnded","name":"TEST","finishedAt":"2021-09-20T13:25:06+00:00"}}`},
	{"dotted", `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited","geoloc.lat":47.866675,"geoloc.lng":-3.865805}}`},
	{"mistaken", `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"opend","agent":"Ada"}}`},
}

func BenchmarkValidate(b *testing.B) {
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			body := []byte(bench.body)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				catalog.Validate(body)
			}
		})
	}
}

func BenchmarkValidateRequest(b *testing.B) {
	request := Request{
		Method:  Method,
		Headers: map[string][]string{"Content-Type": {ContentType}, "User-Agent": {UserAgent}},
		Body:    []byte(benchmarks[0].body),
	}
	b.SetBytes(int64(len(request.Body)))
	b.ReportAllocs()
	for b.Loop() {
		catalog.ValidateRequest(request)
	}
}

func BenchmarkFilterMatch(b *testing.B) {
	filter, err := catalog.ParseFilter([]string{"object=ticket", "event!=delete", "props.state=done,closed"})
	if err != nil {
		b.Fatal(err)
	}
	event := catalog.Validate([]byte(benchmarks[0].body)).Event
	b.ReportAllocs()
	for b.Loop() {
		filter.Match(event)
	}
}
