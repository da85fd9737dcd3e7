package policy

import (
	"fmt"
	"strings"
)

// BareMessage is all that S3 says to callers to whom it explains nothing.
const BareMessage = "Access Denied"

// Message is the sentence that S3 answers a denied request with; empty for one
// that is allowed. S3 explains itself to callers of the bucket's own account or
// organization only, never to anonymous ones, and across accounts it does not
// name a VPC endpoint policy (Amazon S3 User Guide, "Troubleshoot access denied
// (403 Forbidden) errors"). Two accounts are known to share an organization
// when the request has the same aws:PrincipalOrgID and aws:ResourceOrgID.
func Message(r Request, d Decision) string {
	if d.Effect == Allow {
		return ""
	}
	who := newCaller(r.Principal)
	if who.kind == callerAnonymous || who.kind == callerService || !explains(r, who.account, d.DecidedBy) {
		return BareMessage
	}
	head := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: \"%s\"", r.Principal, r.Action, r.Resource)
	if d.Effect == ImplicitDeny {
		return fmt.Sprintf("%s because no %s allows the %s action", head, d.DecidedBy, r.Action)
	}
	return fmt.Sprintf("%s with an explicit deny in %s%s", head, withArticle(d.DecidedBy), policyARN(d))
}

// explains tells whether S3 gives this caller a reason.
func explains(r Request, account string, decidedBy Layer) bool {
	if r.ResourceAccount == "" || account == r.ResourceAccount {
		return true
	}
	c := call{req: &r}
	caller, bucket := c.values("aws:PrincipalOrgID", "aws:principalorgid"), c.values("aws:ResourceOrgID", "aws:resourceorgid")
	return decidedBy != VPCEndpoint && len(caller) == 1 && len(bucket) == 1 && caller[0] == bucket[0]
}

// withArticle puts a or an before a layer's name, as S3 does.
func withArticle(l Layer) string {
	if l == IdentityBased {
		return "an " + string(l)
	}
	return "a " + string(l)
}

// policyARN is the ARN of the policy that denied, which S3 adds since 2026 for
// all layers but resource-based and VPC endpoint policies ("Enhanced access
// denied error messages with policy ARNs"). Inline policies have none.
func policyARN(d Decision) string {
	if d.DecidedBy == ResourceBased || d.DecidedBy == VPCEndpoint {
		return ""
	}
	for _, m := range d.Matched {
		if m.Layer == d.DecidedBy && m.Effect == "Deny" && strings.HasPrefix(m.Policy, "arn:") {
			return ": " + m.Policy
		}
	}
	return ""
}
