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
	Headers      bool   // are shown with each request
	SecretHeader string // one that is a secret by its use, whatever its name
}

// Listening is where events are received.
type Listening struct {
	URL        string           // how this machine reaches the listener
	Addr       net.Addr         // that is bound
	Path       string           // the only one that is served; "" is any
	Forward    *url.URL         // where events are passed on to; nil is nowhere
	SelfSigned *tls.Certificate // the certificate that was made on the spot; nil is none
}

// ReceptionPrinter shows requests, what came in and was no request, and that some were not
// shown. Omitted may be called while another method runs.
type ReceptionPrinter interface {
	Printer[*receive.Reception, *Tally]
	Malformed(dst []byte, m receive.Malformed) []byte
	Omitted(n int) []byte
}

// receptionForm makes the printer of one form.
type receptionForm struct {
	form Form
	in   func(Receptions) ReceptionPrinter
}

// receptionForms are those of received requests, the usual one first.
func receptionForms() []receptionForm {
	return []receptionForm{
		{Line, func(r Receptions) ReceptionPrinter { return receptionLine{r} }},
		{Pretty, func(r Receptions) ReceptionPrinter { return receptionPretty{receptionLine{r}} }},
		{JSON, func(r Receptions) ReceptionPrinter { return receptionJSON{r} }},
		{CSV, func(r Receptions) ReceptionPrinter { return receptionCSV{r} }},
	}
}

// ReceptionForms are the words for them.
func ReceptionForms() []string {
	var words []string
	for _, f := range receptionForms() {
		words = append(words, string(f.form))
	}
	return words
}

// In is the printer for one of ReceptionForms.
func (r Receptions) In(form Form) ReceptionPrinter {
	forms := receptionForms()
	i := slices.IndexFunc(forms, func(f receptionForm) bool { return f.form == form })
	return forms[max(i, 0)].in(r)
}
