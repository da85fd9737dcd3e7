package diagnose

import (
	"strings"

	"s403/diagnose/policy"
)

// The fixes of a layer that does not allow. The Allow goes into that very layer:
// an Allow elsewhere could not help.

// fixBucketPolicyNoAllow: the bucket's owner lets this caller read this object.
func fixBucketPolicyNoAllow(r *reading, _ Finding) []Fix {
	arn := r.identityARN()
	if arn == "" || r.unsigned {
		return []Fix{ask(WhoCaller, "Send a signed request", "The bucket's owner can let an account, user or role in, but not an unknown caller.")}
	}
	s := allowing("ReadOneObject", map[string]string{"AWS": arn}, r.action, r.bucketResource(), nil)
	if r.action == "s3:ListBucket" {
		s = s.with("Sid", "ListThisBucket")
	}
	fixes := []Fix{r.addTo(policy.Place{Layer: policy.ResourceBased, Policy: "bucket policy"},
		"Let "+r.who()+" in by the bucket policy", WhoBucketOwner, s)}
	if r.relation == otherAccount {
		fixes = append(fixes, ask(WhoCaller, "Check that this is the profile you meant",
			"Your credentials belong to account "+firstOf(r.callerAccount(), "another")+", and the bucket to another account; environment variables beat the profile. Both sides must allow a request between accounts."))
	}
	return fixes
}

// fixSCPNoAllow widens a policy of the level that does not allow. FullAWSAccess
// is AWS's own and cannot be edited.
func fixSCPNoAllow(r *reading, _ Finding) []Fix {
	result, _ := r.eval.decision.Layer(policy.ServiceControl)
	place := policy.Place{Layer: policy.ServiceControl, Level: result.Level}
	for _, l := range r.eval.set.SCPs {
		for _, p := range l.Policies {
			if l.Name == result.Level && p.Name != "FullAWSAccess" {
				place.Policy = p.Name
			}
		}
	}
	s := allowing("ReadOneObject", nil, r.action, r.resource, nil)
	if arn := r.identityARN(); arn != "" {
		s = withCondition(s, "ArnEquals", "aws:PrincipalArn", arn) // for nobody else in the account
	}
	return []Fix{r.addTo(place, "Allow it in the service control policy", WhoOrgAdmin, s)}
}

// fixBoundaryNoAllow: an Allow in an identity policy would not help, for the
// boundary is a ceiling over it (IAM user guide, "Permissions boundaries").
func fixBoundaryNoAllow(r *reading, _ Finding) []Fix {
	place := policy.Place{Layer: policy.Boundary}
	if b := r.eval.set.Boundaries; len(b) > 0 {
		place.Policy = b[0].Name
	}
	s := allowing("ReadOneObject", nil, r.action, r.resource, nil)
	return []Fix{r.addTo(place, "Widen the permissions boundary by this object", WhoCaller, s)}
}

// fixSessionNoAllow: no API reads a session policy, so the whole document is
// known only in the lab.
func fixSessionNoAllow(r *reading, _ Finding) []Fix {
	s := allowing("ReadOneObject", nil, r.action, r.resource, nil)
	if len(r.eval.set.Session) == 0 {
		fix := r.assumeAgain()
		fix.Policy = pretty(s)
		return []Fix{fix}
	}
	place := policy.Place{Layer: policy.SessionPolicy, Policy: r.eval.set.Session[0].Name}
	return []Fix{r.addTo(place, "Assume the role again with a wider session policy", WhoCaller, s)}
}

// fixVPCENoAllow names the caller in a condition: the Principal of an endpoint
// policy should be "*" (VPC guide, "Control access to VPC endpoints").
func fixVPCENoAllow(r *reading, _ Finding) []Fix {
	place := policy.Place{Layer: policy.VPCEndpoint}
	if v := r.eval.set.VPCEndpoint; len(v) > 0 {
		place.Policy = v[0].Name
	}
	s := allowing("ReadOneObject", "*", r.action, r.resource, nil)
	if arn := r.identityARN(); arn != "" {
		s = withCondition(s, "ArnEquals", "aws:PrincipalArn", arn)
	}
	return []Fix{r.addTo(place, "Allow it in the VPC endpoint's policy", WhoNetworkAdmin, s), r.otherNetwork()}
}

// addTo adds a statement to the document at p, and shows the whole change when
// the document was read and the change holds. Otherwise it shows the statement
// alone, for a document that was not read must not be overwritten.
func (r *reading) addTo(p policy.Place, title string, who Who, s members) Fix {
	fix := Fix{
		Title: title, Who: who, Kind: FixPolicy, Policy: pretty(s),
		Applies: r.placeOf(p),
	}
	fix.Text = "Ask " + fix.whoCan() + " to add the statement below to " + theDocument(p) + "."
	var source []byte
	switch d := r.document(p); {
	case d != nil:
		source = d.Source()
	case p.Layer != policy.ResourceBased || !r.bucketPolicyRead():
		return fix
	}
	doc, ok := openDocument(source)
	if !ok {
		return fix
	}
	changed := doc.plus(s)
	parsed := changed.document()
	if parsed == nil {
		return fix
	}
	after := r.withDocument(p, parsed)
	if !r.mends(after, p.Layer) || !r.spares(p.Layer, after) || !r.narrow(r.eval.set, after) {
		return fix
	}
	fix.Text, fix.After = r.putBack(p, who), changed.bytes()
	if source != nil {
		fix.Before = doc.bytes()
	}
	return fix
}

// theDocument names what a statement is added to.
func theDocument(p policy.Place) string {
	if p.Policy == accessPointPolicyName {
		return "the access point's policy"
	}
	return theLayer(string(p.Layer))
}

// fixAccessPointPolicy: both doors must open, the access point's and the bucket's.
func fixAccessPointPolicy(r *reading, _ Finding) []Fix {
	ap, arn := r.AccessPoint.Value, r.identityARN()
	if _, denied := r.denyOf(layerResource); denied || r.live.said.Effect == explicitDeny {
		return r.fixDeny(policy.ResourceBased, WhoBucketOwner) // no Allow helps against a Deny
	}
	if ap.NetworkOrigin == "VPC" && !r.VPCEndpoint.Known() {
		return []Fix{ask(WhoCaller, "Come from the access point's VPC", "This access point takes requests from "+firstOf(ap.VPC, "its VPC")+" alone; send it from there, or use another access point.")}
	}
	if arn == "" {
		return []Fix{ask(WhoBucketOwner, "Let the caller in at the access point", "The access point's policy and the bucket's policy must both allow the caller.")}
	}
	door := allowing("ReadOneObject", map[string]string{"AWS": arn}, r.action, r.resource, nil)
	place := policy.Place{Layer: policy.ResourceBased, Policy: accessPointPolicyName}
	fixes := []Fix{r.addTo(place, "Let "+r.who()+" in by the access point's policy", WhoBucketOwner, door)}
	delegate := allowing("ThroughTheAccessPoint", map[string]string{"AWS": arn}, r.action, r.bucketResource(), nil)
	if through := firstOf(ap.ARN, r.Target.Bucket); strings.HasPrefix(through, "arn:") {
		delegate = withCondition(delegate, "StringEquals", "s3:DataAccessPointArn", through)
	}
	fix := ask(WhoBucketOwner, "Let the bucket policy take requests through the access point",
		"If the bucket policy says nothing of the access point, add the statement below to it: both doors must open. Identity policies must name the access point's ARN too, for those that name the bucket do not match.")
	fix.Policy = pretty(delegate)
	return append(fixes, fix)
}

// fixRestrictPublicBuckets: the switch stays; the policy stops being public.
func fixRestrictPublicBuckets(r *reading, _ Finding) []Fix {
	fixes := []Fix{ask(WhoBucketOwner, "Name who may read, in place of everybody",
		"While a statement of the bucket policy is open to everybody, this switch shuts out all other accounts. Give each such statement fixed principals, or a condition on a fixed aws:PrincipalOrgID, aws:SourceVpce or aws:SourceIp; no Deny needs to be looked for, and the switch can stay on.")}
	if fix, ok := r.unpublish(); ok {
		fixes = append([]Fix{fix}, fixes...)
	}
	return fixes
}

// unpublish narrows the one public Allow that covers this request to this
// caller, if the policy is then no longer public.
func (r *reading) unpublish() (Fix, bool) {
	d, arn := r.eval.set.Resource, r.identityARN()
	if d == nil || arn == "" || r.unsigned {
		return Fix{}, false
	}
	doc, ok := openDocument(d.Source())
	if !ok {
		return Fix{}, false
	}
	p := policy.Place{Layer: policy.ResourceBased, Policy: "bucket policy"}
	for i, raw := range doc.statements {
		s, ok := readMembers(raw)
		if !ok || !strings.Contains(string(s.get("Principal")), `"*"`) || string(s.get("Effect")) != `"Allow"` {
			continue
		}
		changed, ok := doc.edited(i, func(m members) members { return m.with("Principal", map[string]string{"AWS": arn}) })
		parsed := changed.document()
		if !ok || parsed == nil {
			continue
		}
		if public, _ := policy.IsPublic(parsed); public || !r.mends(r.withDocument(p, parsed), p.Layer) {
			continue
		}
		return Fix{
			Title: "Name " + r.who() + " in place of everybody", Who: WhoBucketOwner, Kind: FixPolicy,
			Text: r.putBack(p, WhoBucketOwner), Policy: pretty(changed.statements[i]), Before: doc.bytes(), After: changed.bytes(),
			Applies: r.placeOf(p),
		}, true
	}
	return Fix{}, false
}
