package s3view

import "slices"

// A FieldState says how a value is known, or why it is not. Explorers that leave
// denied values out make "denied" look like "not there"; these five do not.
type FieldState uint8

// The states of a Field.
const (
	Known         FieldState = iota
	Denied                   // the caller may not read it; Action names what is missing
	NotConfigured            // there is none, and the store says so
	NotSupported             // the store has no such thing
	Failed                   // no usable answer
)

// String gives the state as the screen words it.
func (s FieldState) String() string {
	switch s {
	case Known:
		return "known"
	case Denied:
		return "denied"
	case NotConfigured:
		return "not configured"
	case NotSupported:
		return "not supported"
	}
	return "failed"
}

// A Field is one named value of an object or a bucket, ready to be shown. Names
// and values come from the store and may hold any character.
type Field struct {
	Name   string // as people call it: "storage class"
	Value  string // as people read it; empty unless Known
	State  FieldState
	Action string // the IAM action that reading it needs
	Why    string // one line for Denied, NotSupported and Failed
	Text   string // the whole document behind the value (policy, CORS, …); often empty
	Err    *Error // the refusal, for a diagnosis; nil when Known
}

// known makes a field that is known, or not configured when value is empty.
func known(name, value string) Field {
	if value == "" {
		return Field{Name: name, State: NotConfigured}
	}
	return Field{Name: name, Value: value}
}

// unknown makes a field of an error. absent lists the codes by which the store
// says that nothing is configured.
func unknown(name, action string, err error, absent ...string) Field {
	f := Field{Name: name, Action: action, State: Failed, Err: AsError(err)}
	if f.Err == nil {
		f.Why = oneLine(err.Error())
		return f
	}
	if slices.Contains(absent, f.Err.Code) {
		return Field{Name: name, Action: action, State: NotConfigured}
	}
	if f.Err.Op == createSession {
		f.Action = "s3express:CreateSession"
	}
	switch {
	case f.Err.Denied():
		f.State, f.Why = Denied, "needs "+f.Action
	case f.Err.NotSupported():
		f.State, f.Why = NotSupported, "this store does not have it"
	default:
		f.Why = f.Err.Error()
	}
	return f
}
