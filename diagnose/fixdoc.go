package diagnose

import (
	"bytes"
	"encoding/json"

	"s403/diagnose/policy"
)

// Editing policy documents for fixes. Members keep their order and whatever is
// not changed keeps its value, so that the difference shows the change alone.

// member is one name and value of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

type members []member

// readMembers reads an object; false for anything else.
func readMembers(doc []byte) (members, bool) {
	decoder := json.NewDecoder(bytes.NewReader(doc))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	var all members
	for decoder.More() {
		t, err := decoder.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, false
		}
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return nil, false
		}
		all = append(all, member{name, value})
	}
	return all, true
}

// get returns the value of a member, nil when there is none.
func (m members) get(name string) json.RawMessage {
	for _, one := range m {
		if one.name == name {
			return one.value
		}
	}
	return nil
}

// with returns a copy in which name has the value, at its old place or at the end.
func (m members) with(name string, value any) members {
	out := append(members{}, m...)
	for i := range out {
		if out[i].name == name {
			out[i].value = encode(value)
			return out
		}
	}
	return append(out, member{name, encode(value)})
}

// MarshalJSON writes the object in the order of its members.
func (m members) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, one := range m {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(encode(one.name))
		out.WriteByte(':')
		out.Write(one.value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// encode is JSON without HTML escapes, which would make ARNs unreadable.
func encode(value any) json.RawMessage {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimSpace(out.Bytes())
}

// pretty indents a document by two spaces.
func pretty(value any) []byte {
	var out bytes.Buffer
	if json.Indent(&out, encode(value), "", "  ") != nil {
		return nil
	}
	return out.Bytes()
}

// editable is a policy document taken apart into its statements.
type editable struct {
	top        members
	statements []json.RawMessage
}

// openDocument takes a document apart; nil source gives an empty document.
func openDocument(source []byte) (editable, bool) {
	if len(bytes.TrimSpace(source)) == 0 {
		return editable{top: members{{"Version", encode("2012-10-17")}}}, true
	}
	top, ok := readMembers(source)
	if !ok {
		return editable{}, false
	}
	raw := bytes.TrimSpace(top.get("Statement"))
	e := editable{top: top}
	switch {
	case len(raw) == 0:
	case raw[0] == '{':
		e.statements = []json.RawMessage{raw}
	case json.Unmarshal(raw, &e.statements) != nil:
		return editable{}, false
	}
	return e, true
}

// takeApart is openDocument for a document of the evidence, done once: large ones are
// quoted and edited several times.
func (r *reading) takeApart(d *policy.Document) (editable, bool) {
	if e, ok := r.apart[d]; ok {
		return e, e.top != nil
	}
	e, ok := openDocument(d.Source())
	r.apart[d] = e
	return e, ok
}

// bytes puts the document together again, indented. It is written by hand, for
// encoding/json would read a large document again at every level.
func (e editable) bytes() []byte {
	var out bytes.Buffer
	out.WriteByte('{')
	placed := false
	for i, m := range e.top {
		if i > 0 {
			out.WriteByte(',')
		}
		if m.name == "Statement" {
			e.writeStatements(&out)
			placed = true
			continue
		}
		out.Write(encode(m.name))
		out.WriteByte(':')
		out.Write(m.value)
	}
	if !placed {
		if len(e.top) > 0 {
			out.WriteByte(',')
		}
		e.writeStatements(&out)
	}
	out.WriteByte('}')
	var indented bytes.Buffer
	indented.Grow(out.Len() + out.Len()/2)
	if json.Indent(&indented, out.Bytes(), "", "  ") != nil {
		return nil
	}
	return indented.Bytes()
}

func (e editable) writeStatements(out *bytes.Buffer) {
	out.WriteString(`"Statement":[`)
	for i, s := range e.statements {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(s)
	}
	out.WriteByte(']')
}

// plus returns the document with one statement more.
func (e editable) plus(statement members) editable {
	e.statements = append(append([]json.RawMessage{}, e.statements...), encode(statement))
	return e
}

// statement is the members of statement i; false where there is none of that number.
func (e editable) statement(i int) (members, bool) {
	if i < 0 || i >= len(e.statements) {
		return nil, false
	}
	return readMembers(e.statements[i])
}

// edited returns the document with statement i changed.
func (e editable) edited(i int, change func(members) members) (editable, bool) {
	old, ok := e.statement(i)
	if !ok {
		return e, false
	}
	e.statements = append([]json.RawMessage{}, e.statements...)
	e.statements[i] = encode(change(old))
	return e, true
}

// document is the edited document as text, and as the policy engine reads it;
// nil when it is none.
func (e editable) document() ([]byte, *policy.Document) {
	text := e.bytes()
	d, err := policy.Parse(text)
	if err != nil {
		return text, nil
	}
	return text, d
}

// allowing makes an Allow of the members that are not empty, in the order in
// which people write them.
func allowing(sid string, principal any, action, resource string, condition json.RawMessage) members {
	m := members{{"Sid", encode(sid)}, {"Effect", encode("Allow")}}
	if principal != nil {
		m = append(m, member{"Principal", encode(principal)})
	}
	m = append(m, member{"Action", encode(action)}, member{"Resource", encode(resource)})
	if len(condition) > 0 {
		m = append(m, member{"Condition", condition})
	}
	return m
}

// withCondition adds values to a key of an operator of a statement's Condition.
// Keys and operators are ANDed; the values of a negated operator are ANDed too,
// so another value there is another exception.
func withCondition(m members, operator, key string, values ...string) members {
	operators, _ := readMembers(m.get("Condition"))
	keys, _ := readMembers(operators.get(operator))
	for _, k := range keys {
		if equalFold(k.name, key) {
			key = k.name
		}
	}
	all := append(stringList(keys.get(key)), values...)
	var value any = all
	if len(all) == 1 {
		value = all[0]
	}
	return m.with("Condition", operators.with(operator, keys.with(key, value)))
}

// stringList reads a string or a list of strings.
func stringList(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil && len(raw) > 0 {
		return []string{one}
	}
	var many []string
	_ = json.Unmarshal(raw, &many) // anything else has no strings
	return many
}

// oneOrMany writes a single value as people do: without a list.
func oneOrMany(values []string) any {
	if len(values) == 1 {
		return values[0]
	}
	return values
}
