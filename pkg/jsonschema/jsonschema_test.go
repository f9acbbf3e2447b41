package jsonschema

import (
	"encoding/json"
	"testing"
	"time"

	"gotest.tools/v3/golden"
)

type status string

func (status) Values() []string { return []string{"on", "off"} }

type embedded struct {
	Inner int `json:"inner"`
}

type everything struct {
	embedded
	Text     string              `json:"text" about:"some text"`
	Status   status              `json:"status"`
	At       time.Time           `json:"at"`
	TookMS   float64             `json:"tookMs"`
	Yes      bool                `json:"yes"`
	Any      json.RawMessage     `json:"any"`
	Bytes    []byte              `json:"bytes,omitempty"`
	List     []embedded          `json:"list"`
	Map      map[string][]string `json:"map"`
	Nullable *int                `json:"nullable"`
	Optional *int                `json:"optional,omitempty"`
	Hidden   string              `json:"-"`
	Untagged string
	Unnamed  string `json:",omitempty"`
}

func TestSchemas(t *testing.T) {
	golden.Assert(t, string(Document(Of(everything{}), "urn:one", "Everything", "All that is known.")), "one.golden")
	golden.Assert(t, string(Document(Of(embedded{}, []embedded{}), "urn:two", "Two", "One of two.")), "two.golden")
}
