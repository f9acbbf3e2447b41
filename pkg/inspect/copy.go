package inspect

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"al.essio.dev/pkg/shellescape"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/replay"
)

// copyForm is a form in which an exchange can be copied.
type copyForm struct {
	name  string
	fits  func(entry recording.Entry) error // why it has no such form
	write func(h *handler, entry recording.Entry) (string, error)
}

func copyForms() []copyForm {
	return []copyForm{
		{"curl", func(recording.Entry) error { return nil }, (*handler).curl},
		{"send", fitsEvent, (*handler).sendCommand},
		{"step", fitsStep, (*handler).step},
		{"template", fitsTemplate, (*handler).template},
		{"body", fitsBody, func(_ *handler, entry recording.Entry) (string, error) { return string(entry.Body), nil }},
		{"headers", fitsHeaders, headerLines},
	}
}

// copies returns what an exchange can be copied as.
func copies(entry recording.Entry) []string {
	names := []string{}
	for _, form := range copyForms() {
		if form.fits(entry) == nil {
			names = append(names, form.name)
		}
	}
	return names
}

var (
	errNotEvent = errors.New("only a POST of one JSON object can be copied in this form")
	errNotUTF8  = errors.New("what is not UTF-8 cannot be copied as text")
	errRepeated = errors.New("a scenario step cannot have a header twice")
	errTwice    = errors.New("a template cannot have a key twice")
)

func fitsEvent(entry recording.Entry) error {
	if entry.Method != apizee.Method || len(entry.Body) > payload.MaxTemplate/2 {
		return errNotEvent
	}
	if _, err := payload.Raw(entry.Body); err != nil {
		return errNotEvent
	}
	return nil
}

func fitsTemplate(entry recording.Entry) error {
	if err := fitsEvent(entry); err != nil {
		return err
	}
	if !jsontext.Value(entry.Body).IsValid() { // the event is, but for its names
		return errTwice
	}
	return nil
}

func fitsBody(entry recording.Entry) error {
	if !utf8.Valid(entry.Body) {
		return errNotUTF8
	}
	return nil
}

func fitsHeaders(entry recording.Entry) error {
	for _, h := range headerList(entry.Headers) {
		if !utf8.ValidString(h.Value) {
			return errNotUTF8
		}
	}
	return nil
}

func fitsStep(entry recording.Entry) error {
	headers, err := copiedHeaders(entry)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for _, h := range differing(headers) {
		name := strings.ToLower(h.Name)
		switch {
		case names[name]:
			return errRepeated
		case !utf8.ValidString(h.Value):
			return errNotUTF8
		}
		names[name] = true
	}
	return fitsEvent(entry)
}

func (h *handler) copy(w http.ResponseWriter, r *http.Request) {
	id, err := pathID(r)
	if err != nil {
		writeError(w, err)
		return
	}
	entry, err := h.store.entry(id)
	if err != nil {
		writeError(w, err)
		return
	}
	as := r.URL.Query().Get("as")
	forms := copyForms()
	i := slices.IndexFunc(forms, func(f copyForm) bool { return f.name == as })
	switch {
	case i < 0:
		writeError(w, &httpError{http.StatusNotFound, fmt.Sprintf("unknown form %q", as), "use " + strings.Join(copies(entry), ", ") + "."})
	case forms[i].fits(entry) != nil:
		writeError(w, &httpError{http.StatusUnprocessableEntity, forms[i].fits(entry).Error(), "copy it as curl."})
	default:
		text, err := forms[i].write(h, entry)
		if err != nil {
			writeError(w, &httpError{http.StatusUnprocessableEntity, err.Error(), "copy the body."})
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(text))
	}
}

// copyTarget returns where a copied request goes, and how that is reached: to the first target of the user,
// else to where it was received. The secrets of the target are not masked.
func (h *handler) copyTarget(entry recording.Entry) (deliver.Target, deliver.Network, error) {
	target, network := h.copyEndpoint(entry)
	path, err := parsePath(cmp.Or(entry.Path, "/"))
	if err != nil {
		return target.Target, network, err
	}
	headers, err := copiedHeaders(entry)
	return deliver.Target{URL: target.at(path), Headers: deliver.Override(headers, target.Headers)}, network, err
}

// copiedHeaders returns the headers of a copy. Those that are masked are there as such, so that one sees what
// to type.
func copiedHeaders(entry recording.Entry) ([]deliver.Header, error) {
	headers, err := replay.RecordedHeaders(entry.Headers)
	if err != nil {
		return nil, err
	}
	for _, name := range replay.MaskedHeaders(entry.Headers, headers) {
		for _, value := range entry.Headers[name] {
			h, err := deliver.NewHeader(name, value)
			if err != nil {
				return nil, err
			}
			headers = append(headers, h)
		}
	}
	return headers, nil
}

func (h *handler) copyEndpoint(entry recording.Entry) (Target, deliver.Network) {
	u := &url.URL{Scheme: "http", Host: "localhost:3000"}
	switch host := entry.Headers["Host"]; {
	case len(h.Targets) > 0:
		return h.Targets[0], h.Network
	case h.ReceiverURL != nil:
		return Target{Target: deliver.Target{URL: h.ReceiverURL}}, h.ReceiverNetwork
	case len(host) > 0:
		if given, err := deliver.ParseURL("http://" + host[0]); err == nil {
			u = given
		}
	}
	return Target{Target: deliver.Target{URL: u}}, h.Network
}

// curl returns the command that `send --dry-run=curl` prints for the request.
func (h *handler) curl(entry recording.Entry) (string, error) {
	target, network, err := h.copyTarget(entry)
	if err != nil {
		return "", err
	}
	options := deliver.CurlOptions{Method: entry.Method, Network: network, ShowSecrets: h.store.options.ShowSecrets}
	return console.SafeShell(deliver.CurlCommand(target, entry.Body, options)) + "\n", nil
}

// differing returns the headers that differ from those that Apizee sends.
func differing(headers []deliver.Header) []deliver.Header {
	return slices.DeleteFunc(slices.Clone(headers), func(h deliver.Header) bool {
		switch h.Name {
		case "User-Agent":
			return h.Value == apizee.UserAgent
		case "Content-Type":
			return h.Value == apizee.ContentType
		case "Accept":
			return h.Value == "*/*"
		}
		return false
	})
}

// sendCommand returns a send command: with flags when they build the same body, else with the body.
func (h *handler) sendCommand(entry recording.Entry) (string, error) {
	target, network, err := h.copyTarget(entry)
	if err != nil {
		return "", err
	}
	args := h.flags(entry.Body)
	pipe := ""
	switch {
	case args != nil:
	case len(entry.Body) > deliver.ArgumentLimit:
		pipe, args = shellescape.QuoteCommand([]string{"printf", "%s", string(entry.Body)})+" | ", []string{"--data", "-"}
	default:
		args = []string{"--data", string(entry.Body)}
	}
	if raw, _ := payload.Raw(entry.Body); len(raw) < len(entry.Body) || !h.store.options.Catalog.Validate(entry.Body).OK() {
		args = append(args, "--allow-undocumented")
	}
	for _, header := range differing(target.Headers) {
		if !h.store.options.ShowSecrets {
			header = header.Mask()
		}
		args = append(args, "-H", header.String())
	}
	args = append(args, "-t", target.ShowURL(h.store.options.ShowSecrets))
	args = append(args, h.NetworkArguments(network)...)
	return console.SafeShell(pipe+shellescape.QuoteCommand(append([]string{"apizee-hooks", "send"}, args...))) + "\n", nil
}

// flags returns the arguments of send that build a body, or nil.
func (h *handler) flags(body []byte) []string {
	catalog := h.store.options.Catalog
	report := catalog.Validate(body)
	event := report.Event
	object, known := catalog.LookupObject(event.Object)
	unix, err := strconv.ParseInt(event.Time, 10, 64)
	if !known || len(report.Findings) > 0 || err != nil {
		return nil
	}
	spec := payload.Spec{Object: event.Object, Event: event.Name, ID: event.IDText()}
	args := []string{event.Object, event.Name, "--id=" + event.IDText()}
	for _, value := range event.Props {
		prop, known := object.Prop(value.Path)
		if !known {
			return nil
		}
		spec.Props = append(spec.Props, payload.Prop{Path: value.Path, Text: value.Text()})
		args = append(args, "--"+prop.Flag+"="+value.Text())
	}
	if built, _, err := payload.Build(catalog, spec, unix); err != nil || !bytes.Equal(built, body) {
		return nil
	}
	return append(args, "--time="+event.Time)
}

// template returns a template of the event, dated now, with the id as a variable.
func (h *handler) template(entry recording.Entry) (string, error) {
	event := h.store.options.Catalog.Validate(entry.Body).Event
	text := "{{/* " + title(h.store.options.Catalog, event) + " */}}\n{\n"
	separator := ""
	for name, value := range members(entry.Body) {
		text += separator + `  "` + literal(string(name)) + `": `
		switch id, err := strconv.ParseInt(string(value), 10, 64); {
		case string(name) == "time" && err == nil:
			text += "{{ unix }}"
		case string(name) == "objectId" && err == nil:
			text += fmt.Sprintf("{{ .id | default %d | toJson }}", id)
		default:
			indented, _ := pretty(value, payload.MaxTemplate)
			text += literal(strings.ReplaceAll(string(indented), "\n", "\n  "))
		}
		separator = ",\n"
	}
	return string(console.SafeJSON([]byte(text + "\n}\n"))), nil
}

// literal escapes what begins an action in a template.
func literal(text string) string { return strings.ReplaceAll(text, "{{", `{{ "{{" }}`) }

// title describes an event, with documented words only: others could end a comment.
func title(catalog *apizee.Catalog, event apizee.Event) string {
	if !slices.Contains(catalog.ObjectNames(), event.Object) || !slices.Contains(catalog.EventNames(), event.Name) {
		return "An event."
	}
	state := ""
	if object, _ := catalog.LookupObject(event.Object); event.Name == apizee.Update {
		prop, _ := object.Prop(apizee.PropState)
		if value, _ := event.Prop(apizee.PropState); slices.Contains(prop.Values, value.Text()) {
			state = " to " + value.Text()
		}
	}
	return "A " + event.Object + " " + event.Name + state + "."
}

func headerLines(_ *handler, entry recording.Entry) (string, error) {
	var out strings.Builder
	for _, header := range headerList(entry.Headers) {
		out.WriteString(header.Name + ": " + header.Value + "\n")
	}
	return out.String(), nil
}
