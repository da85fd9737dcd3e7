package diagnose

import (
	"fmt"
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
	if r.sessionHidden() {
		out = append(out, "a session policy cannot be read by any API; whoever assumed the role knows what was passed")
	}
	if len(r.eval.unseen) > 0 {
		out = append(out, fmt.Sprintf("policies ask for %s", r.hinges()))
	}
	return out
}

// together puts what was hidden for one and the same reason into one sentence.
func together(open []gap) []string {
	var begins []string
	about := map[string][]gap{}
	for _, g := range open {
		begin := g.reason()
		if begin == "" {
			continue
		}
		if begin += "\n" + g.who; about[begin] == nil {
			begins = append(begins, begin)
		}
		about[begin] = append(about[begin], g)
	}
	var out []string
	for _, begin := range begins {
		reason, who, _ := strings.Cut(begin, "\n")
		out = append(out, fmt.Sprintf("%s: %s. %s can see %s", reason, list(about[begin]), capital(who), itThem(about[begin])))
	}
	return out
}

// reason is why the fact is not known, to begin a sentence with; empty for what
// is known or does not matter.
func (g gap) reason() string {
	switch {
	case g.state == Denied:
		return "not allowed to read"
	case g.state == Failed:
		return "no usable answer" + noteTail(g.note)
	case g.state == NotAsked && g.note != "":
		return "not asked" + noteTail(g.note)
	}
	return ""
}

// list names the facts and, once each, the permissions that show them.
func list(gaps []gap) string {
	var parts []string
	for i, g := range gaps {
		part := g.what
		if i+1 == len(gaps) || gaps[i+1].permission != g.permission {
			part += " (" + g.permission + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

func itThem(gaps []gap) string {
	if len(gaps) > 1 {
		return "them"
	}
	return "it"
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
	all := []gap{
		{r.BucketPolicy.State, r.BucketPolicy.Note, "s3:GetBucketPolicy", "the bucket policy", ownerSees},
		{r.Listing.State, r.Listing.Note, "s3:ListBucket", "whether the key exists", ownerSees},
	}
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
		layerIdentity: {r.IdentityPolicies.State, r.IdentityPolicies.Note, "iam:Get* and iam:List*", "the caller's identity policies", iamAdminSees},
		layerBoundary: {boundary, r.Boundary.Note, "iam:GetRole or iam:GetUser", "whether a permissions boundary is set", iamAdminSees},
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
