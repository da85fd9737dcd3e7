package policy

type actionRow struct{ lower string }

var actionRows = map[string]actionRow{}

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
func Lint(_ *Document, _ Kind) []Remark { return nil }

// ActionExists tells whether S3 has the action.
func ActionExists(_ string) bool { return true }

// SuggestAction names the action that was meant by one that does not exist.
func SuggestAction(_ string) string { return "" }
