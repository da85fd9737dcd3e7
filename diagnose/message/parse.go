package message

// Parse reads an error text of whatever form. It never fails: what it does not
// recognise has the kind Unknown and no causes.
func Parse(text []byte) Message {
	m := Message{Schema: 1, Kind: Unknown, Causes: []string{}}
	if e, ok := ParseXML(text); ok {
		m.Kind, m.Code, m.RequestID = XML, e.Code, e.RequestID
	}
	return m
}
