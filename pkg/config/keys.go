package config

import (
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

const (
	// FileName is the name of a configuration file.
	FileName = "apizee-hooks.yaml"

	envPrefix  = "APIZEE_HOOKS_"
	envConfig  = envPrefix + "CONFIG"
	envProfile = envPrefix + "PROFILE"

	profilesKey = "profiles"
)

// Key describes one setting.
type Key struct {
	Name        string // as in the file, with the section: "listen.addr"
	Default     string // as in the file; "" for none
	Example     string // as YAML, for the template, if there is no default
	Flag        string // the command-line flag without dashes; "" for none
	Description string // one sentence
	Variable    string // the description for the environment variable, if it is another one
	Secret      bool   // the value is masked
	Empty       bool   // the value may be empty

	kind kind
}

// lines is how a variable has headers.
const lines = `, one per line; "Name:" removes one.`

// Env is the name of the environment variable that sets the key.
func (k Key) Env() string {
	return envPrefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(k.Name))
}

// Keys returns all settings, those without a section first. Defaults, environment
// variables, checks, the template and the list of values are made from it.
func Keys() []Key {
	return []Key{
		{Name: "to", kind: address, Flag: "to", Example: "http://localhost:3000/apizeehooks/",
			Description: "URL of the endpoint."},
		{Name: "headers", kind: headers, Flag: "header", Example: "X-Api-Key: change-me",
			Description: "Request headers; null removes a header.", Variable: "Request headers" + lines},
		{Name: "timeout", kind: duration, Flag: "timeout", Default: "10s",
			Description: "Time limit of a delivery attempt, and of a forwarded request; 0 is none."},
		{Name: "insecure", kind: boolean, Flag: "insecure", Default: "false",
			Description: "Accept any TLS certificate."},
		{Name: "templates", kind: text, Example: "./hooks/templates",
			Description: "Directory with your own event templates, relative to the current directory."},

		{Name: "listen.addr", kind: text, Flag: "addr", Default: "127.0.0.1:8279",
			Description: "Address to listen on; port 0 is any free port."},
		{Name: "listen.path", kind: text, Flag: "path", Example: "/apizeehooks/",
			Description: "Only path to accept; return 404 for others."},
		{Name: "listen.status", kind: status, Flag: "status", Default: "204",
			Description: "Status of the response."},
		{Name: "listen.body", kind: text, Flag: "body", Empty: true, Example: `'{"accepted": true}'`,
			Description: "Body of the response."},
		{Name: "listen.response-headers", kind: headers, Flag: "response-header", Example: "Content-Type: application/json",
			Description: "Headers of the response.", Variable: "Headers of the response" + lines},
		{Name: "listen.delay", kind: duration, Flag: "delay", Default: "0s",
			Description: "Delay before the response."},
		{Name: "listen.require-header", kind: headerLine, Flag: "require-header", Secret: true, Example: `"X-Api-Key: change-me"`,
			Description: "Header that events must have; return 401 without it."},
		{Name: "listen.forward-to", kind: address, Flag: "forward-to", Example: "http://localhost:3000/apizeehooks/",
			Description: "URL to forward events to and return the response of."},
		{Name: "listen.record", kind: text, Flag: "record", Example: "events.ndjson",
			Description: "Recording to append each event to."},
		{Name: "listen.inspect", kind: text, Flag: "inspect", Example: "127.0.0.1:8280",
			Description: "Address to serve the inspector on."},
		{Name: "listen.inspect-memory", kind: text, Flag: "inspect-memory", Default: "64MiB",
			Description: "Memory for the events of the inspector."},
		{Name: "listen.output", kind: text, Flag: "output", Default: "line",
			Description: "Output format: line, pretty, json or csv."},
		{Name: "listen.max-body", kind: text, Flag: "max-body", Default: "1MiB",
			Description: "Largest accepted body; return 413 above it."},

		{Name: "audit.probe", kind: request, Flag: "probe", Example: "GET http://localhost:3000/tickets/{{ .id }}",
			Description: "Request that shows the effect of an event."},
		{Name: "audit.probe-headers", kind: headers, Flag: "probe-header", Example: "Authorization: Bearer change-me",
			Description: "Headers of the probe.", Variable: "Headers of the probe" + lines},
		{Name: "audit.probe-expect", kind: text, Flag: "probe-expect", Example: `'json: {state: "{{ .state }}"}'`,
			Description: "Expected response to the probe, as in a scenario."},
		{Name: "audit.probe-count", kind: text, Flag: "probe-count", Example: "version",
			Description: "Path of the value that a duplicate must not change."},
		{Name: "audit.within", kind: duration, Flag: "within", Default: "2s",
			Description: "Time limit of an effect."},
	}
}

// split splits the name into the section ("" or "listen") and the rest.
func (k Key) split() (section, name string) {
	if i := strings.LastIndexByte(k.Name, '.'); i >= 0 {
		return k.Name[:i], k.Name[i+1:]
	}
	return "", k.Name
}

// Default returns the default of a key, "" for none.
func Default(name string) string {
	k, _ := findKey(Keys(), name)
	return k.Default
}

func findKey(keys []Key, name string) (Key, bool) {
	for _, k := range keys {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}

func isSection(keys []Key, name string) bool {
	for _, k := range keys {
		if section, _ := k.split(); section != "" && section == name {
			return true
		}
	}
	return false
}

// suggestKey returns a suggestion for an unknown key in a section.
func suggestKey(keys []Key, section, name string, inProfile bool) string {
	siblings := siblingNames(keys, section, inProfile)
	if near := apizee.Nearest(name, siblings); near != "" {
		return apizee.Suggest(join(section, near))
	}
	for _, k := range keys { // the right name in the wrong section
		if _, own := k.split(); own == name || k.Flag == name {
			return apizee.Suggest(k.Name)
		}
	}
	return "; known: " + strings.Join(siblings, ", ")
}

func siblingNames(keys []Key, section string, inProfile bool) []string {
	var names []string
	for _, k := range keys {
		in, own := k.split()
		switch {
		case in == section:
			names = append(names, own)
		case section == "" && !slices.Contains(names, in):
			names = append(names, in)
		}
	}
	if section == "" && !inProfile {
		names = append(names, profilesKey)
	}
	return names
}

func join(section, name string) string {
	if section == "" {
		return name
	}
	return section + "." + name
}
