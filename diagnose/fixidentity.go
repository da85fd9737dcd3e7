package diagnose

import (
	"encoding/json"
	"fmt"
	"strings"

	"s403/diagnose/policy"
)

// allowPolicyName is the name that new inline policies get.
const allowPolicyName = "S3ReadOneObject"

// fixIdentityNoAllow: one more Allow, for this action on this very object.
func fixIdentityNoAllow(r *reading, _ Finding) []Fix {
	return r.identityAllow("Allow "+r.action+" on "+r.thing(), nil)
}

// thing is what the reading's action is about, in two words.
func (r *reading) thing() string {
	switch r.action {
	case decryptAction:
		return "this key"
	case sessionAction, "s3:ListBucket":
		return "this bucket"
	}
	return "this object"
}

// identityAllow is a new inline policy of one statement; conditions are those of
// the Allow that missed, which must go on holding.
func (r *reading) identityAllow(title string, conditions json.RawMessage) []Fix {
	s := r.grant(nil, r.resource)
	if len(conditions) > 0 {
		s = s.with("Condition", conditions)
	}
	if !r.awsRules() {
		return r.grantElsewhere(title, s)
	}
	name := r.purpose().policy
	doc := editable{top: members{{"Version", encode("2012-10-17")}}}.plus(s)
	text, parsed := doc.document()
	after := r.eval.set
	after.Identity = append(append([]policy.Named{}, after.Identity...), policy.Named{Name: name, Document: parsed})
	if parsed == nil {
		return nil
	}
	fix := Fix{
		Title: title, Who: WhoCaller, Kind: FixPolicy, Policy: pretty(s), After: text, Text: r.attachTo(name),
		Applies: Place{Layer: layerIdentity, Owner: r.identityARN(), Policy: name},
	}
	if fix.Text == "" {
		fix.Text = "Add the statement below to the permission set or policy of " + r.identityARN() + "; whoever administers account " + r.callerAccount() + " can."
	}
	return r.offer(fix, policy.Place{Layer: policy.IdentityBased, Policy: name}, after)
}

// fixIdentityWrongResource: the Allow that names the action gets the object's
// ARN, where it grants nothing more by that; else a statement of its own.
func fixIdentityWrongResource(r *reading, _ Finding) []Fix {
	for _, miss := range r.misses(policy.ElementResource) {
		title := fmt.Sprintf("Name the object in %s", statementName(miss.Place))
		edit := func(m members) members {
			return m.with("Resource", oneOrMany(r.resourcesFor(stringList(m.get("Resource")))))
		}
		if r.grantsOnly(miss.Place) {
			if fixes := r.editIdentity(miss.Place, title, edit); len(fixes) > 0 {
				return fixes
			}
		}
	}
	return r.identityAllow("Allow "+r.action+" on this object", r.missedConditions(policy.ElementResource))
}

// resourcesFor adds the object's ARN to a list of resources. An entry that would
// match but for its partition is replaced, for it never matches anything here.
func (r *reading) resourcesFor(old []string) []string {
	out := append([]string{}, old...)
	for i, arn := range out {
		parts, want := strings.SplitN(arn, ":", 3), strings.SplitN(r.resource, ":", 3)
		if len(parts) == 3 && len(want) == 3 && parts[1] != want[1] && policy.MatchWildcard(parts[2], want[2]) {
			out[i] = parts[0] + ":" + want[1] + ":" + parts[2]
			return out
		}
	}
	return append(out, literal(r.resource))
}

// literal is the ARN of one object as a policy must write it, so that a key which holds
// what looks like a wildcard or a variable means itself (IAM User Guide, "IAM policy
// elements: Variables and tags", special characters).
func literal(arn string) string {
	if head, key, ok := strings.Cut(arn, "/"); ok {
		return head + "/" + asItStands.Replace(key)
	}
	return arn
}

var asItStands = strings.NewReplacer("*", "${*}", "?", "${?}", "${", "${$}{")

// fixIdentityWrongAction: the action that does not exist is replaced by the one
// that was meant, where the statement's resources allow no more than that.
func fixIdentityWrongAction(r *reading, _ Finding) []Fix {
	for _, miss := range r.misses(policy.ElementAction) {
		edit := func(m members) members {
			return m.with("Action", oneOrMany(r.actionsFor(stringList(m.get("Action")))))
		}
		title := fmt.Sprintf("Grant %s in %s", r.action, statementName(miss.Place))
		if fixes := r.editIdentity(miss.Place, title, edit); len(fixes) > 0 {
			return fixes
		}
	}
	return r.identityAllow("Allow "+r.action+" on this object", r.missedConditions(policy.ElementAction))
}

// actionsFor replaces actions that do not exist, or adds the one needed.
func (r *reading) actionsFor(old []string) []string {
	var out []string
	done := false
	for _, a := range old {
		if !policy.ActionExists(a) && !strings.ContainsAny(a, "*?") && strings.HasPrefix(strings.ToLower(a), "s3:") {
			if done {
				continue
			}
			a, done = r.action, true
		}
		out = append(out, a)
	}
	if !done {
		out = append(out, r.action)
	}
	return out
}

// fixIdentityConditionUnmet: meet the condition; or let it take this request's
// value as well. A condition is never dropped.
func fixIdentityConditionUnmet(r *reading, _ Finding) []Fix {
	var fixes []Fix
	for _, miss := range r.misses(policy.ElementCondition) {
		fixes = append(fixes, r.meet(miss.Key, miss.Operator, miss.Patterns))
		if len(miss.Met) == 0 || !widening(miss.Operator) {
			continue
		}
		edit := func(m members) members { return withCondition(m, miss.Operator, miss.Key, miss.Met[0]) }
		title := fmt.Sprintf("Let %s take this request's %s as well", statementName(miss.Place), miss.Key)
		fixes = append(fixes, r.editIdentity(miss.Place, title, edit)...)
	}
	return fixes
}

// widening tells the operators to which another value means another way to match.
func widening(operator string) bool {
	op := strings.TrimSuffix(operator[strings.IndexByte(operator, ':')+1:], "IfExists")
	switch op {
	case "StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress":
		return true
	}
	return false
}

// misses are the Allow statements of identity policies that missed by one
// element, each statement once.
func (r *reading) misses(element policy.Element) []policy.Miss {
	var out []policy.Miss
	for _, m := range r.eval.decision.Missed {
		if m.Layer == policy.IdentityBased && m.Effect == "Allow" && m.Element == element {
			out = append(out, m)
		}
	}
	return out
}

// missedConditions are the conditions of the first Allow that missed by element.
func (r *reading) missedConditions(element policy.Element) json.RawMessage {
	for _, m := range r.misses(element) {
		if doc, ok := r.openPolicy(m.Place); ok {
			if s, ok := doc.statement(m.Statement); ok {
				return s.get("Condition")
			}
		}
	}
	return nil
}

// openPolicy opens the identity policy that a place points into.
func (r *reading) openPolicy(p policy.Place) (editable, bool) {
	d := r.document(p)
	if d == nil {
		return editable{}, false
	}
	return r.takeApart(d)
}

// grantsOnly tells whether a statement grants no action but the one needed, so
// that another resource in it grants nothing else.
func (r *reading) grantsOnly(p policy.Place) bool {
	d := r.document(p)
	if d == nil || p.Statement >= len(d.Statements) || d.Statements[p.Statement].Actions.Not {
		return false
	}
	for _, a := range d.Statements[p.Statement].Actions.List {
		if !equalFold(a.Text, r.action) && !equalFold(a.Text, "s3:ListBucket") {
			return false
		}
	}
	return !d.Statements[p.Statement].Resources.Not
}

// editIdentity changes one statement of one identity policy and shows the change
// if it holds: nobody else who carries the policy gains by it, and the caller no
// other action.
func (r *reading) editIdentity(p policy.Place, title string, edit func(members) members) []Fix {
	source, found := r.policyDoc(p.Policy)
	doc, ok := r.openPolicy(p)
	if !ok || !found || r.ownedByAWS(p) {
		return nil
	}
	changed, ok := doc.edited(p.Statement, edit)
	text, parsed := changed.document()
	if !ok || parsed == nil {
		return nil
	}
	after := r.withDocument(p, parsed)
	if !r.spares(p, after) || !r.narrow(after, r.otherwise()[:1]) {
		return nil
	}
	return r.offer(Fix{
		Title: title, Who: WhoCaller, Kind: FixPolicy, Text: r.putPolicy(source),
		Policy: pretty(changed.statements[p.Statement]), Before: doc.bytes(), After: text,
		Applies: r.placeOf(p),
	}, p, after)
}

// policyDoc finds an identity policy by the name that it is shown by.
func (r *reading) policyDoc(name string) (PolicyDoc, bool) {
	for i, known := range docNames(r.IdentityPolicies.Value) {
		if known == name {
			return r.IdentityPolicies.Value[i], true
		}
	}
	return PolicyDoc{}, false
}

// putPolicy is the command that puts a changed identity policy back.
func (r *reading) putPolicy(d PolicyDoc) string {
	if !r.awsRules() {
		return whoRuns + " can put the changed document in the place of policy " + docName(d) + "."
	}
	kind, name, _ := strings.Cut(d.Attached, " ")
	switch {
	case d.ARN != "":
		return "aws iam create-policy-version --policy-arn " + shellWord(d.ARN) + " --policy-document file://policy.json --set-as-default"
	case kind == "group" || kind == "user" || kind == "role":
		return "aws iam put-" + kind + "-policy --" + kind + "-name " + shellWord(name) +
			" --policy-name " + shellWord(d.Name) + " --policy-document file://policy.json"
	}
	if put := r.attachTo(shellWord(d.Name)); put != "" {
		return put
	}
	return "Put the changed document where policy " + docName(d) + " is kept."
}

// replaced is a list of policies with one document changed.
func replaced(list []policy.Named, name string, document *policy.Document) []policy.Named {
	out := append([]policy.Named{}, list...)
	for i := range out {
		if out[i].Name == name {
			out[i].Document = document
		}
	}
	return out
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// fixVersionPermission: s3:GetObject does not cover versions; the version's own
// action is granted on the same object.
func fixVersionPermission(r *reading, f Finding) []Fix {
	fixes := []Fix{command(WhoCaller, "Read the current version instead", "aws s3api head-object"+r.bucketFlag()+" --key "+shellWord(r.Target.Key))}
	if r.relation == otherAccount {
		return append(fixBucketPolicyNoAllow(r, f), fixes...)
	}
	return append(r.identityAllow("Allow s3:GetObjectVersion on this object", nil), fixes...)
}
