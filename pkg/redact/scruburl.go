package redact

import (
	"net/url"
	"strings"
)

// uri replaces what a URL says: the user, the host, the path and the values of the query. A fragment
// is a path.
func (k *secretKey) uri(text string) string {
	scheme, rest, _ := strings.Cut(text, ":")
	if isPersonScheme(scheme) {
		return scheme + ":" + k.part(unescapePercent(rest))
	}
	authority, isURL := strings.CutPrefix(rest, "//")
	if !isURL {
		return k.text(text)
	}
	end := separator(authority, "/?#")
	authority, rest = authority[:end], authority[end:]
	var out strings.Builder
	out.WriteString(k.scheme(scheme) + "://")
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		for i, part := range strings.SplitN(authority[:at], ":", 2) {
			if i > 0 {
				out.WriteByte(':')
			}
			out.WriteString(url.QueryEscape(k.part(unescapePercent(part))))
		}
		out.WriteByte('@')
		authority = authority[at+1:]
	}
	out.WriteString(k.host(authority))
	out.WriteString(k.path(rest, func(string) bool { return false }))
	return out.String()
}

func (k *secretKey) scheme(scheme string) string {
	switch strings.ToLower(scheme) {
	case "http", "https", "ws", "wss", "ftp", "file":
		return scheme
	}
	return k.word(scheme)
}

// host replaces a host, perhaps with a port, by a name of a domain that is reserved for examples.
func (k *secretKey) host(text string) string {
	if text == "" {
		return ""
	}
	if isIP(text) {
		return k.ip(text)
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		if address, rest, found := strings.Cut(inner, "]"); found && isIP(address) && rest == "" {
			return "[" + k.ip(address) + "]"
		}
	}
	name, portText, hasPort := strings.Cut(text, ":")
	lower := strings.ToLower(name)
	label, domain, _ := strings.Cut(lower, ".")
	if lower != "localhost" && !(isExampleDomain(domain) && k.isWord(label)) {
		name = k.word("host "+lower) + "." + k.exampleDomain(domain)
	}
	if hasPort {
		name += ":" + port(portText)
	}
	return name
}

// path replaces the segments of a path, and the values of a query and a fragment. Segments that stays
// reports true for stay, as do the names of parameters that are names of fields, and the usual
// extensions of files.
func (k *secretKey) path(text string, stays func(segment string) bool) string {
	var out strings.Builder
	inQuery := false
	for text != "" {
		if strings.IndexByte("/?#&;=", text[0]) >= 0 {
			inQuery = inQuery || text[0] == '?'
			out.WriteByte(text[0])
			text = text[1:]
			continue
		}
		end := separator(text, "/?#&;=")
		segment := unescapePercent(text[:end])
		isName := inQuery && end < len(text) && text[end] == '='
		switch {
		case isMasked(segment) || stays(segment) || isName && isFieldName(segment):
			out.WriteString(text[:end])
		default:
			out.WriteString(escapeSegment(k.file(segment)))
		}
		text = text[end:]
	}
	return out.String()
}

// escapeSegment escapes what would end a segment, or not be in a URL.
func escapeSegment(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// file replaces a segment, perhaps with the extension of a file.
func (k *secretKey) file(segment string) string {
	if dot := strings.LastIndexByte(segment, '.'); dot > 0 {
		switch extension := segment[dot:]; extension {
		case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".pdf", ".mp4", ".webm", ".json", ".xml", ".html", ".php":
			return k.part(segment[:dot]) + extension
		}
	}
	return k.part(segment)
}

// part replaces a part of a URL. A URL in a URL is replaced as a text, since there is no end to how
// deep they can be nested.
func (k *secretKey) part(text string) string {
	kind := Classify(text)
	if kind != KindURI && kind != KindText {
		return k.replace(kind, text)
	}
	var out strings.Builder
	k.runs(&out, text)
	return out.String()
}
