package policy

// Evaluate weighs a request against every layer of a set.
func Evaluate(_ Request, _ Set) Decision {
	return Decision{Effect: ImplicitDeny, DecidedBy: IdentityBased}
}

// Message is the sentence that S3 answers a denied request with.
func Message(r Request, d Decision) string { return "Access Denied" }

// IsPublic tells whether S3 takes the policy for public, and why.
func IsPublic(d *Document) (bool, string) { return false, "" }

// Remark is one finding of Lint.
type Remark struct {
	Statement int // index from 0; -1: the document as a whole
	Sid       string
	Line      int    // of the document, from 1
	Code      string // stable name of the rule, such as "unknown-action"
	Text      string // one sentence: what is wrong
	Instead   string // what was probably meant; empty: nothing to offer
}

// Lint looks for what people get wrong in a document meant for a place.
func Lint(d *Document, k Kind) []Remark { return nil }

// ActionExists tells whether S3 has the action.
func ActionExists(action string) bool { return true }

// SuggestAction names the action that was meant by one that does not exist.
func SuggestAction(action string) string { return "" }
