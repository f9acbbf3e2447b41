package audit

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// secret is a header that may be the endpoint's secret.
type secret = deliver.Header

const authorization = "Authorization"

// findSecrets returns the headers that may be secrets: the one that the options name, else those
// with the name of a secret, and the user and password of the URL, which are sent as a header.
func findSecrets(o Options) []secret {
	headers := slices.Clone(o.Target.Headers)
	isNamed := func(name string) func(deliver.Header) bool {
		return func(h deliver.Header) bool { return strings.EqualFold(h.Name, name) }
	}
	if user := o.Target.URL.User; user != nil && !slices.ContainsFunc(headers, isNamed(authorization)) {
		password, _ := user.Password()
		headers = append(headers, secret{Name: authorization, Value: basic(user.Username(), password)})
	}
	return slices.DeleteFunc(headers, func(h deliver.Header) bool {
		isSecret := redact.IsSecret(h.Name)
		if o.SecretHeader != "" {
			isSecret = strings.EqualFold(h.Name, o.SecretHeader)
		}
		return h.Remove || h.Value == "" || !isSecret
	})
}

// without returns the endpoint without these secrets.
func (s *session) without(secrets ...secret) deliver.Target {
	target := s.options.Target
	var removed []deliver.Header
	for _, secret := range secrets {
		removed = append(removed, deliver.Header{Name: secret.Name, Remove: true})
		if strings.EqualFold(secret.Name, authorization) {
			u := *target.URL
			u.User = nil
			target.URL = &u
		}
	}
	return withHeader(target, removed...)
}

// with returns the endpoint with other headers in place of a secret.
func (s *session) with(replaced secret, headers ...deliver.Header) deliver.Target {
	target := s.without(replaced)
	target.Headers = slices.DeleteFunc(target.Headers, func(h deliver.Header) bool { return h.Remove && h.Name == replaced.Name })
	target.Headers = append(target.Headers, headers...)
	return target
}

// testSecrets sends an event without any of the secrets, and finds out which of them the endpoint
// checks.
func (s *session) testSecrets() attempt {
	a := s.do(Request{Label: "without " + namesOf(s.secrets), Target: s.without(s.secrets...), Body: s.ordinary()})
	s.tested, s.checks = true, a.judgeAs(mustDeny()) != Failed
	if !s.checks || len(s.secrets) == 1 {
		return a
	}
	var checked []secret
	for _, each := range s.secrets {
		if s.do(Request{Target: s.without(each), Body: s.ordinary()}).judgeAs(mustDeny()) != Failed {
			checked = append(checked, each)
		}
	}
	if len(checked) > 0 {
		s.secrets = checked
	}
	a.actual = a.describe() + fmt.Sprintf(" (checked: %s)", namesOf(s.secrets))
	return a
}

func namesOf(secrets []secret) string {
	var names []string
	for _, s := range secrets {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}

func needsSecret(s *session) string {
	if len(s.secrets) == 0 {
		return "no secret header is configured"
	}
	return ""
}

// checksNoSecret is for the rules that have no meaning if the endpoint does not check its secret.
func checksNoSecret(s *session) string {
	if !s.tested {
		s.testSecrets()
	}
	if !s.checks {
		return "the endpoint accepts an event without the secret"
	}
	return ""
}

const emptyValue = "empty value"

// wrongValues returns values that resemble a secret, by what is wrong with them. A scheme such as
// Bearer stays, and of a user and password only the password is changed.
func wrongValues(secret secret) (labels []string, values map[string]string) {
	prefix, value := "", secret.Value
	encode := func(s string) string { return s }
	if scheme, rest, ok := strings.Cut(value, " "); ok && strings.EqualFold(secret.Name, authorization) {
		prefix, value = scheme+" ", strings.TrimSpace(rest)
		plain, err := base64.StdEncoding.DecodeString(value)
		if user, password, ok := strings.Cut(string(plain), ":"); ok && err == nil && strings.EqualFold(scheme, "Basic") {
			prefix, value = "", password
			encode = func(s string) string { return basic(user, s) }
		}
	}
	values = map[string]string{}
	add := func(label, wrong string) {
		if wrong != value {
			labels = append(labels, label)
			values[label] = strings.TrimSpace(prefix + encode(wrong))
		}
	}
	add("longer value", value+"x")
	if value != "" {
		start, last := value[:len(value)-1], value[len(value)-1]
		other := "x"
		if last == 'x' || last == 'X' {
			other = "y"
		}
		add("different last character", start+other)
		if start != "" {
			add("prefix", start)
		}
	}
	add(emptyValue, "")
	add("other letter case", swapCase(value))
	return labels, values
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}
