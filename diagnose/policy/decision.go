package policy

// Effect is the outcome of an evaluation, in the contract's words.
type Effect string

// The effects. Of several, an explicit deny beats an allow, and an allow beats
// the implicit deny that stands where nothing matched.
const (
	Allow        Effect = "allow"
	ExplicitDeny Effect = "explicit-deny"
	ImplicitDeny Effect = "implicit-deny"
)

// Layer names a policy type in the words of S3's error messages.
type Layer string

// The layers, in the order in which a single one is named when several deny:
// S3 itself names only one of them ("Troubleshoot access denied (403
// Forbidden) errors").
const (
	ServiceControl  Layer = "service control policy"
	ResourceControl Layer = "resource control policy"
	VPCEndpoint     Layer = "VPC endpoint policy"
	ResourceBased   Layer = "resource-based policy"
	IdentityBased   Layer = "identity-based policy"
	Boundary        Layer = "permissions boundary"
	SessionPolicy   Layer = "session policy"
)

// Decision is what Evaluate answers.
type Decision struct {
	Effect Effect
	// DecidedBy is the layer that denied or, for an allow, the layer whose
	// Allow granted the request. The root user, who needs no Allow, is granted
	// by IdentityBased.
	DecidedBy Layer
	// Matched holds every statement that matched the request, of all layers.
	Matched []Match
	// Missed holds the statements that almost matched: all of their elements
	// but one did. One statement has several entries when several of its
	// condition keys failed.
	Missed []Miss
	// Layers tells what each layer said by itself, always all of them: the
	// evaluation never stops at the first deny.
	Layers []LayerResult
}

// Layer returns what one layer said, and false when there is no such layer.
func (d Decision) Layer(l Layer) (LayerResult, bool) {
	for _, r := range d.Layers {
		if r.Layer == l {
			return r, true
		}
	}
	return LayerResult{}, false
}

// LayerResult is what one layer by itself says to the request.
type LayerResult struct {
	Layer Layer
	// Effect is the layer's own; for a layer that does not apply it is Allow.
	Effect Effect
	// Applies tells whether the layer had a say. A permissions boundary that is
	// not set, or the identity policies of an anonymous caller, have none.
	Applies bool
	// Overridden tells that the layer's implicit deny does not count, because a
	// bucket policy in the same account names the caller directly (IAM User
	// Guide, "How AWS enforcement code logic evaluates requests").
	Overridden bool
	// Level is the level of the organization that did not allow, for a service
	// control policy's implicit deny.
	Level string
	// Public tells that RestrictPublicBuckets made the deny: no statement of
	// the bucket policy did.
	Public bool
}

// Place says where in which policy a statement stands.
type Place struct {
	Layer     Layer
	Level     string // of the organization, for control policies
	Policy    string // the name given to Named; "bucket policy" or "access point policy"
	Statement int    // index within the document, from 0
	Sid       string
	Effect    string // "Allow" or "Deny"
	Line      int    // of the document, from 1: where the statement opens
}

// Match is a statement that matched the request.
type Match struct {
	Place
	// Terms are its conditions, each with the value it met. A statement
	// without a Condition has none.
	Terms []Term
}

// Miss is one reason why a statement that almost matched did not.
type Miss struct {
	Place
	Element     Element
	ElementLine int      // of the document, from 1: where the element stands
	Key         string   // the condition key as the policy spells it; conditions only
	Operator    string   // the condition operator as the policy spells it; conditions only
	Patterns    []string // what the policy asks for
	Met         []string // what the request had; empty when it had nothing
	Reason      string   // one sentence for a person, without a full stop
}

// Term is one condition of a matched statement and what it met.
type Term struct {
	Key, Operator string
	Line          int // of the document, from 1
	Patterns      []string
	Met           []string // empty when the key was not in the request
	Reason        string   // one sentence for a person, without a full stop
}

// Element names the element of a statement that a Miss is about, as the policy
// language spells it.
type Element string

// The elements that can keep a statement from matching.
const (
	ElementPrincipal    Element = "Principal"
	ElementNotPrincipal Element = "NotPrincipal"
	ElementAction       Element = "Action"
	ElementNotAction    Element = "NotAction"
	ElementResource     Element = "Resource"
	ElementNotResource  Element = "NotResource"
	ElementCondition    Element = "Condition"
)
