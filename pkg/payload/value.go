package payload

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// encodeID writes an id as typed: an integer where the object allows one and the text
// is a number, else a string where it allows that.
func (s Spec) encodeID(object apizee.Object) (jsontext.Value, error) {
	if s.ID == "" && object.ID.Example != "" {
		return jsontext.Value(object.ID.Example), nil
	}
	if s.ID == "" && s.Undocumented {
		return nil, &FieldError{Path: idPath, Reason: "no id is documented for " + s.Object + "; give one"}
	}
	types := object.ID.Types
	if number, ok := numberOf(s.ID); ok && (len(types) == 0 || slices.Contains(types, apizee.Integer)) {
		return number, nil
	}
	if len(types) > 0 && !slices.Contains(types, apizee.Text) && !s.Undocumented {
		return nil, &FieldError{idPath, `"` + s.ID + `" is not an integer such as ` + object.ID.Example, true}
	}
	return textValue(idPath, s.ID)
}

// encodeProp writes the value of a prop as its documented type, with the digits
// typed. What does not fit the type is a string when the contract may be left.
func (s Spec) encodeProp(object apizee.Object, p Prop) (jsontext.Value, error) {
	path := inProps + p.Path
	prop, documented := object.Prop(p.Path)
	if !documented {
		if strings.Count(p.Path, ".") >= maxDepth {
			return nil, &FieldError{Path: inProps + p.Path[:40] + "…", Reason: "it is nested too deep"}
		}
		return jsonOrText(path, p.Text)
	}
	switch prop.Type {
	case apizee.Integer, apizee.Number:
		if number, ok := numberOf(p.Text); ok {
			return number, nil
		}
		if !s.Undocumented {
			return nil, &FieldError{path, `"` + p.Text + `" is not ` + kindOf(prop.Type) + " such as " + prop.Example, true}
		}
	case apizee.DateTime:
		if utc, isUTC := strings.CutSuffix(p.Text, "Z"); isUTC && !s.Undocumented {
			return textValue(path, utc+"+00:00")
		}
	}
	return textValue(path, p.Text)
}

func kindOf(t apizee.Type) string {
	if t == apizee.Integer {
		return "an integer"
	}
	return "a number"
}

// numberOf is the text as a JSON number.
func numberOf(text string) (jsontext.Value, bool) {
	v, err := compacted([]byte(text))
	return v, err == nil && v.Kind() == '0'
}

// jsonOrText is the text as the JSON it is, else as a string.
func jsonOrText(path, text string) (jsontext.Value, error) {
	if v, err := compacted([]byte(text)); err == nil {
		return v, nil
	}
	return textValue(path, text)
}

func textValue(path, text string) (jsontext.Value, error) {
	v, err := quoted(text)
	if err != nil {
		return nil, &FieldError{Path: path, Reason: "the text is not UTF-8"}
	}
	return v, nil
}
