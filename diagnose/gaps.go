package diagnose

import "fmt"

// A gap is a fact that would help and is not known: who may see it, by which
// permission.
type gap struct {
	state      State
	note       string
	permission string
	what       string
	who        string
}

// gaps says, a sentence each, what was not visible and who could see it. Facts
// that have no bearing on this refusal are left out, so that the list stays one
// that a person reads.
func (r *reading) gaps() []string {
	if !r.Done || r.live.stop == stopAllowed || r.live.stop == stopAbsent || r.live.stop == stopEarly || r.live.stop == stopNoAnswer {
		return nil
	}
	var out []string
	for _, g := range r.openFacts() {
		switch g.state {
		case Denied:
			out = append(out, fmt.Sprintf("%s was denied, so %s was not read; %s can see it", g.permission, g.what, g.who))
		case Failed:
			out = append(out, fmt.Sprintf("%s got no usable answer, so %s was not read%s", g.permission, g.what, noteTail(g.note)))
		case NotAsked:
			if g.note != "" {
				out = append(out, fmt.Sprintf("%s was not asked for (%s); %s can see it", g.what, g.note, g.who))
			}
		}
	}
	if r.sessionHidden() {
		out = append(out, "a session policy cannot be read by any API; whoever assumed the role knows what was passed")
	}
	if len(r.eval.unseen) > 0 {
		out = append(out, fmt.Sprintf("policies ask for %s", r.hinges()))
	}
	return out
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

// openFacts lists the facts that matter for permissions.
func (r *reading) openFacts() []gap {
	const owner, iamAdmin, orgAdmin = "the bucket's owner", "an administrator of the caller's account", "an administrator of the organization"
	all := []gap{
		{r.BucketPolicy.State, r.BucketPolicy.Note, "s3:GetBucketPolicy", "the bucket policy", owner},
		{r.Listing.State, r.Listing.Note, "s3:ListBucket", "the listing that shows whether the key exists", owner},
	}
	if !r.awsRules() {
		return all
	}
	if r.unsigned {
		return append(all, r.bucketFacts(owner)...)
	}
	all = append(all,
		gap{r.IdentityPolicies.State, r.IdentityPolicies.Note, "iam:Get* and iam:List*", "what the caller's identity policies say", iamAdmin},
		gap{r.Boundary.State, r.Boundary.Note, "iam:GetRole or iam:GetUser", "whether a permissions boundary is set", iamAdmin},
		gap{r.SCPs.State, r.SCPs.Note, "organizations:ListPoliciesForTarget", "what the service control policies say", orgAdmin},
		gap{r.RCPs.State, r.RCPs.Note, "organizations:ListPoliciesForTarget", "what the resource control policies say", orgAdmin})
	if r.live.stop == stopReason && r.live.said.Layer != layerResource {
		return all // the bucket's settings have no bearing on what S3 reported
	}
	return append(all, r.bucketFacts(owner)...)
}

// bucketFacts lists the settings of the bucket that bear on this caller.
func (r *reading) bucketFacts(owner string) []gap {
	if r.relation == sameAccount && !r.unsigned {
		return []gap{{r.Ownership.State, r.Ownership.Note, "s3:GetBucketOwnershipControls", "whether ACLs are enabled", owner}}
	}
	return []gap{
		{r.PublicAccess.State, r.PublicAccess.Note, "s3:GetBucketPublicAccessBlock", "Block Public Access of the bucket", owner},
		{r.Ownership.State, r.Ownership.Note, "s3:GetBucketOwnershipControls", "whether ACLs are enabled", owner},
		{r.RequestPayment.State, r.RequestPayment.Note, "s3:GetBucketRequestPayment", "who pays for requests", owner},
	}
}
