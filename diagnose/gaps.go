package diagnose

import (
	"fmt"
	"slices"
	"strings"
)

// A gap is a fact that would help and is not known: who may see it, by which
// permission.
type gap struct {
	state      State
	note       string
	permission string
	what       string
	who        string
}

// gaps says, a sentence for each reason, what was not visible and who could see
// it. Facts that have no bearing on this refusal are left out, so that the list
// stays one that a person reads.
func (r *reading) gaps() []string {
	if !r.Done || r.live.stop == stopAllowed || r.live.stop == stopAbsent || r.live.stop == stopEarly || r.live.stop == stopNoAnswer {
		return nil
	}
	out := together(r.openFacts())
	if r.beyondPolicies() {
		return out
	}
	if r.sessionHidden() {
		out = append(out, "a session policy cannot be read by any API; whoever assumed the role knows what was passed")
	}
	if len(r.eval.unseen) > 0 {
		out = append(out, fmt.Sprintf("policies ask for %s", r.hinges()))
	}
	return out
}

// together puts what was hidden for one and the same reason, and can be seen by
// the same people, into one sentence.
func together(open []gap) []string {
	type reason struct {
		state     State
		note, who string
	}
	var reasons []reason
	about := map[reason][]gap{}
	for _, g := range open {
		why := reason{g.state, g.note, g.who}
		if g.state == Denied {
			why.note = "" // the service's words differ, what they mean does not
		}
		if g.state == Known || g.state == Absent || g.state == NotAsked && g.note == "" {
			continue
		}
		if about[why] == nil {
			reasons = append(reasons, why)
		}
		about[why] = append(about[why], g)
	}
	var out []string
	for _, why := range reasons {
		out = append(out, sentenceOf(why.state, why.note, why.who, about[why]))
	}
	return out
}

// sentenceOf words one reason.
func sentenceOf(state State, note, who string, gaps []gap) string {
	var whats, permissions []string
	for _, g := range gaps {
		whats = append(whats, g.what)
		if !slices.Contains(permissions, g.permission) {
			permissions = append(permissions, g.permission)
		}
	}
	what, permission := andList(whats), andList(permissions)
	seen := fmt.Sprintf("%s can see %s", who, plural(whats, "it", "them"))
	switch state {
	case Denied:
		return fmt.Sprintf("%s %s denied, so %s %s not read; %s", permission, plural(permissions, "was", "were"), what, plural(whats, "was", "were"), seen)
	case Failed:
		return fmt.Sprintf("%s got no usable answer%s, so %s %s not read", permission, noteTail(note), what, plural(whats, "was", "were"))
	}
	return fmt.Sprintf("%s %s not asked for%s; %s", what, plural(whats, "was", "were"), noteTail(note), seen)
}

// andList joins words as a sentence does: "a, b and c".
func andList(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// plural agrees with the words: several, or policies.
func plural(words []string, one, many string) string {
	if len(words) > 1 || strings.HasSuffix(words[0], "policies") {
		return many
	}
	return one
}

func noteTail(note string) string {
	if note == "" {
		return ""
	}
	return " (" + note + ")"
}

// sessionHidden tells that the caller may carry a session policy unseen.
func (r *reading) sessionHidden() bool {
	kind := r.caller().Kind
	return r.awsRules() && (kind == KindRoleSession || kind == KindFederated) && r.SessionPolicies.State == NotAsked
}

// Who can see what a caller may not.
const (
	ownerSees    = "the bucket's owner"
	iamAdminSees = "an administrator of the caller's account"
	orgAdminSees = "an administrator of the organization"
)

// openFacts lists the facts that matter for permissions.
func (r *reading) openFacts() []gap {
	listing := gap{r.Listing.State, r.Listing.Note, r.dialect().list, "whether the key exists", ownerSees}
	switch {
	case r.live.stop == stopListing:
		return []gap{listing}
	case r.live.stop == stopKMS && r.awsRules():
		return []gap{{r.KMSKey.State, r.KMSKey.Note, "kms:DescribeKey", "the KMS key", "the key's owner"}}
	case r.beyondPolicies():
		return nil
	}
	if r.dialect().noPolicies {
		return []gap{listing}
	}
	all := []gap{{r.BucketPolicy.State, r.BucketPolicy.Note, "s3:GetBucketPolicy", "the bucket policy", ownerSees}, listing}
	if !r.awsRules() {
		return all
	}
	if !r.unsigned {
		all = append(all, r.callerFacts()...)
	}
	if r.live.stop == stopReason && r.live.said.Layer != layerResource {
		return all // the bucket's settings have no bearing on what S3 reported
	}
	return append(all, r.bucketFacts(ownerSees)...)
}

// beyondPolicies tells that the policies which let the object be read have let the
// request pass, so that nothing unread in them matters.
func (r *reading) beyondPolicies() bool {
	switch r.live.stop {
	case stopListing, stopKMS, stopObject, stopSSEC, stopHeadOnly, stopWebPage:
		return true
	}
	return false
}

// callerFacts lists the policies on the caller's side, but for those of which S3
// itself says that they let the request pass. Whoever may not read the service
// control policies may not read the resource control policies either, and a
// user's boundary is read where her policies are.
func (r *reading) callerFacts() []gap {
	rcps, boundary := r.RCPs.State, r.Boundary.State
	if rcps == NotAsked && r.SCPs.State == Denied {
		rcps = Denied
	}
	if boundary == NotAsked && r.IdentityPolicies.State == Denied {
		boundary = Denied
	}
	facts := map[string]gap{
		layerIdentity: {r.IdentityPolicies.State, r.IdentityPolicies.Note, "iam:Get*/List*", "the caller's identity policies", iamAdminSees},
		layerBoundary: {boundary, r.Boundary.Note, "iam:GetRole/GetUser", "whether a permissions boundary is set", iamAdminSees},
		layerSCP:      {r.SCPs.State, r.SCPs.Note, "organizations:ListPoliciesForTarget", "the service control policies", orgAdminSees},
		layerRCP:      {rcps, r.RCPs.Note, "organizations:ListPoliciesForTarget", "the resource control policies", orgAdminSees},
	}
	var all []gap
	for _, layer := range []string{layerIdentity, layerBoundary, layerSCP, layerRCP} {
		if !r.precedes(layer) {
			all = append(all, facts[layer])
		}
	}
	return all
}

// bucketFacts lists the settings of the bucket that bear on this caller.
func (r *reading) bucketFacts(owner string) []gap {
	if r.Target.Kind == DirectoryBucket {
		return nil // it has none of these settings
	}
	if r.relation == sameAccount && !r.unsigned {
		return []gap{{r.Ownership.State, r.Ownership.Note, "s3:GetBucketOwnershipControls", "whether ACLs are enabled", owner}}
	}
	return []gap{
		{r.PublicAccess.State, r.PublicAccess.Note, "s3:GetBucketPublicAccessBlock", "Block Public Access of the bucket", owner},
		{r.Ownership.State, r.Ownership.Note, "s3:GetBucketOwnershipControls", "whether ACLs are enabled", owner},
		{r.RequestPayment.State, r.RequestPayment.Note, "s3:GetBucketRequestPayment", "who pays for requests", owner},
	}
}
