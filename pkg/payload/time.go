package payload

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// tooManySeconds is the year 5138 in seconds; as milliseconds it is 1973.
const tooManySeconds = 100_000_000_000

// ParseTime reads a time as whole UNIX seconds or as RFC 3339, whose fraction of a
// second is dropped. Milliseconds are refused.
func ParseTime(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err == nil && n >= tooManySeconds:
		return 0, fmt.Errorf("%s looks like milliseconds; write %d for seconds", text, n/1000)
	case err == nil:
		return n, nil
	}
	t, err := time.Parse(time.RFC3339, strings.ToUpper(text))
	if err != nil {
		return 0, fmt.Errorf("%q is no time; write whole UNIX seconds such as 1575976413, or RFC 3339 such as 2021-09-20T13:25:06+00:00", text)
	}
	return t.Unix(), nil
}

// SetTime puts a time in UNIX seconds into an event.
func SetTime(c *apizee.Catalog, body []byte, unix int64) ([]byte, error) {
	seconds := jsontext.Value(strconv.AppendInt(nil, unix, 10))
	return Apply(c, body, []Change{{"time", []key{{name: "time"}}, seconds}})
}
