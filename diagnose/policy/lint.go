package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Remark is one finding of Lint.
type Remark struct {
	Statement int // index from 0; -1: the document as a whole
	Sid       string
	Line      int    // of the document, from 1
	Code      string // stable name of the rule, such as "unknown-action"
	Text      string // one sentence without a full stop: what is wrong
	Instead   string // what was probably meant; empty: nothing to offer
}

// Lint looks for what people get wrong in policies for S3: actions that do not
// exist, object actions on a bucket's ARN and the reverse, condition keys that
// the action never has, partitions, NotPrincipal, variables in an old document.
// A document without remarks may still not do what was meant. Remarks come in
// the order of their lines.
func Lint(d *Document, k Kind) []Remark {
	l := linter{document: d, kind: k}
	l.wholeDocument()
	for i := range d.Statements {
		l.statement = &d.Statements[i]
		for _, rule := range rules {
			rule(&l)
		}
	}
	slices.SortStableFunc(l.remarks, func(a, b Remark) int { return cmp.Compare(a.Line, b.Line) })
	return l.remarks
}

// rules look at one statement each.
var rules = []func(*linter){
	(*linter).actions, (*linter).inversions, (*linter).fit, (*linter).resources,
	(*linter).principals, (*linter).conditions,
}

// linter is the state of one Lint.
type linter struct {
	document  *Document
	kind      Kind
	statement *Statement
	remarks   []Remark
}

// remark adds a remark about the statement at hand.
func (l *linter) remark(line int, code, instead, format string, args ...any) {
	l.remarks = append(l.remarks, Remark{Statement: l.statement.Index, Sid: l.statement.Sid,
		Line: line, Code: code, Text: fmt.Sprintf(format, args...), Instead: instead})
}

// wholeDocument looks at what no single statement shows.
func (l *linter) wholeDocument() {
	d := l.document
	if err := d.Check(l.kind); err != nil {
		var line int
		text := err.Error()
		if at, ok := err.(*SyntaxError); ok { //nolint:errorlint // Check returns nothing else
			line, text = at.Line, at.Text
		}
		l.remarks = append(l.remarks, Remark{Statement: -1, Line: line, Code: "misplaced-principal", Text: text})
	}
	if d.Version != version2012 && len(d.Statements) > 0 {
		l.oldVariables()
	}
	l.sids()
	l.partitions()
}

// oldVariables looks for ${…} in a document whose version does not have it.
func (l *linter) oldVariables() {
	for i := range l.document.Statements {
		l.statement = &l.document.Statements[i]
		lists := [][]Value{l.statement.Resources.List}
		for _, c := range l.statement.Conditions {
			lists = append(lists, c.Values)
		}
		for _, v := range slices.Concat(lists...) {
			if strings.Contains(v.Text, "${") {
				l.remark(v.Line, "variable-in-old-version", `"Version": "2012-10-17"`,
					"%s is plain text here: policy variables need \"Version\": \"2012-10-17\"", v.Text)
			}
		}
	}
}

// sids looks for a Sid that comes twice: IAM refuses such a policy, and S3
// takes it and then nobody can tell which statement is meant.
func (l *linter) sids() {
	first := make(map[string]int)
	for i := range l.document.Statements {
		s := &l.document.Statements[i]
		if have, twice := first[s.Sid]; twice && s.Sid != "" {
			l.statement = s
			l.remark(s.Line, "duplicate-sid", "", "the Sid %q is also that of statement %d", s.Sid, have)
			continue
		}
		first[s.Sid] = i
	}
}

// partitionNames is every partition of AWS ("AWS partitions", AWS General Reference).
var partitionNames = []string{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}

// partitions looks for partitions that do not exist or do not go together: a
// request never leaves its own.
func (l *linter) partitions() {
	seen := ""
	for i := range l.document.Statements {
		l.statement = &l.document.Statements[i]
		for _, v := range l.statement.Resources.List {
			p := splitARN(v.Text).partition()
			switch {
			case p == "" || strings.ContainsAny(p, "*?"):
			case !slices.Contains(partitionNames, p):
				l.remark(v.Line, "unknown-partition", "", "%s names the partition %q, which does not exist", v.Text, p)
			case seen != "" && p != seen:
				l.remark(v.Line, "mixed-partitions", "", "%s is of the partition %s and others here are of %s; a request matches one of them only", v.Text, p, seen)
			default:
				seen = p
			}
		}
	}
}

// actions looks for actions that do not exist.
func (l *linter) actions() {
	list := l.statement.Actions
	if len(list.List) == 0 {
		l.remark(list.Line, "empty-list", "", "the list of actions is empty")
	}
	for _, v := range list.List {
		switch {
		case ActionExists(v.Text):
		case strings.ContainsAny(v.Text, "*?"):
			l.remark(v.Line, "unknown-action", "", "no action of S3 is like %s", v.Text)
		default:
			instead := SuggestAction(v.Text)
			l.remark(v.Line, "unknown-action", instead, "%s", noSuchAction(v.Text, instead))
		}
	}
}

// inversions looks for an Allow of everything but something.
func (l *linter) inversions() {
	s := l.statement
	if s.Effect != "Allow" {
		return
	}
	if s.Actions.Not {
		l.remark(s.Actions.Line, "allow-not-action", "", "Allow with NotAction allows every other action, those of other services too")
	}
	if s.Resources.Not {
		l.remark(s.Resources.Line, "allow-not-resource", "", "Allow with NotResource allows the actions on everything else")
	}
}

// resources looks for ARNs that are no ARN of S3.
func (l *linter) resources() {
	list := l.statement.Resources
	if len(list.List) == 0 {
		l.remark(list.Line, "empty-list", "", "the list of resources is empty")
	}
	for _, v := range list.List {
		a := splitARN(v.Text)
		switch {
		case !a.ok && strings.HasPrefix(v.Text, "arn:"):
			l.remark(v.Line, "short-arn", "", "%s has fewer than six parts; an object's ARN is arn:aws:s3:::bucket/key", v.Text)
		case a.ok && a.service() == "s3" && bucketWithAccount(a):
			instead := "arn:" + a.partition() + ":s3:::" + a.resource()
			l.remark(v.Line, "bucket-arn-with-account", instead,
				"%s gives a region or account; the ARN of a bucket or object has neither", v.Text)
		case a.ok && strings.HasPrefix(a.resource(), "/"):
			l.remark(v.Line, "slash-before-bucket", "", "%s has a slash where the bucket's name should begin", v.Text)
		}
	}
}

// bucketWithAccount tells whether an ARN of S3 has a region or account though
// its resource is of none of the kinds that have them.
func bucketWithAccount(a arn) bool {
	if strings.Trim(a.part[3]+a.part[4], "*") == "" {
		return false
	}
	kind, _, _ := strings.Cut(a.resource(), "/")
	switch kind {
	case "accesspoint", "job", "storage-lens", "storage-lens-group", "access-grants", "async-request", "*":
		return false
	}
	return true
}
