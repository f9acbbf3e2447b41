package show

import (
	"crypto/tls"
	"net"
	"net/url"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// Receptions shows what a listener receives.
type Receptions struct {
	Style
	Listening
	Page         string        // URL of the inspector; "" is none
	Link         func() string // URL of the request that is shown, on a terminal that shows links; nil is none
	Headers      bool          // show the headers of each request
	SecretHeader string        // name of a header that is a secret besides the usual ones
}

// Listening is the address of a listener, and what it does.
type Listening struct {
	URL        string           // on this machine
	Addr       net.Addr         // the bound address
	Path       string           // the only path that is served; "" is any
	Forward    *url.URL         // where events are forwarded to; nil is none
	Proxy      string           // on the way there, without its secrets; "" is none
	SelfSigned *tls.Certificate // the generated certificate; nil is none
}

// ReceptionPrinter shows requests, malformed data, and the number of requests that were omitted. Omitted
// may be called concurrently with another method.
type ReceptionPrinter interface {
	Printer[*receive.Reception, *Tally]
	Malformed(dst []byte, m receive.Malformed) []byte
	Omitted(n int) []byte
}

// receptionForm is one form with its printer.
type receptionForm struct {
	form Form
	in   func(Receptions) ReceptionPrinter
}

// receptionForms returns the forms of received requests, the default first.
func receptionForms() []receptionForm {
	return []receptionForm{
		{Line, func(r Receptions) ReceptionPrinter { return receptionLine{r} }},
		{Pretty, func(r Receptions) ReceptionPrinter { return receptionPretty{receptionLine{r}} }},
		{JSON, func(r Receptions) ReceptionPrinter { return receptionJSON{r} }},
		{CSV, func(r Receptions) ReceptionPrinter { return receptionCSV{r} }},
	}
}

// ReceptionForms returns their names.
func ReceptionForms() []string {
	var words []string
	for _, f := range receptionForms() {
		words = append(words, string(f.form))
	}
	return words
}

// In returns the printer for one of ReceptionForms.
func (r Receptions) In(form Form) ReceptionPrinter {
	forms := receptionForms()
	i := slices.IndexFunc(forms, func(f receptionForm) bool { return f.form == form })
	return forms[max(i, 0)].in(r)
}
