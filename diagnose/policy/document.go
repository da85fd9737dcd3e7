package policy

// Document is a policy document that has been read. It is immutable once
// Parse has returned it, and may be shared between goroutines.
type Document struct {
	Version    string // "2012-10-17", "2008-10-17", or empty where there is none
	ID         string
	Statements []Statement
	source     []byte
	ready      []compiled // as Statements
	// public is the index of a statement that makes the policy public, or -1.
	public    int
	publicWhy string
}

// Source returns the document as it was read.
func (d *Document) Source() []byte { return d.source }

// Statement is one statement of a document.
type Statement struct {
	Sid    string
	Effect string // "Allow" or "Deny"
	Index  int    // within the document, from 0
	// Line and EndLine are the first and last lines of the statement in the
	// document, from 1.
	Line, EndLine int
	// Principals is nil where the statement has neither Principal nor NotPrincipal.
	Principals *Principals
	Actions    Values // Action or NotAction
	Resources  Values // Resource or NotResource
	Conditions []Condition
}

// Values is an element that holds one or more strings.
type Values struct {
	Not  bool // NotAction, NotResource
	Line int  // where the element's name stands
	List []Value
}

// Value is one string of a policy document and where it stands.
type Value struct {
	Text string
	Line int
}

// Principals is a Principal or NotPrincipal element.
type Principals struct {
	Not  bool
	Line int
	List []Principal
}

// Principal is one principal that a statement names.
type Principal struct {
	Type string // "AWS", "Service", "Federated", "CanonicalUser", or "*" for the bare string
	Value
}

// Condition is one key of one operator of a Condition block.
type Condition struct {
	Operator string // as the policy spells it, such as "ForAnyValue:StringLike"
	Key      string // as the policy spells it
	Line     int    // where the key stands
	Values   []Value
}
