package diagnose

import (
	"encoding/json"
	"strings"

	"s403/diagnose/policy"
)

// The fixes at doors with more than one lock: access points, and Block Public Access.

// fixAccessPointPolicy: both doors must open, the access point's and the bucket's.
func fixAccessPointPolicy(r *reading, _ Finding) []Fix {
	ap, arn := r.AccessPoint.Value, r.identityARN()
	if _, denied := r.denyOf(layerResource); denied || r.live.said.Effect == explicitDeny {
		return r.fixDeny(policy.ResourceBased, WhoBucketOwner) // no Allow helps against a Deny
	}
	if ap.NetworkOrigin == "VPC" && !r.fromVPC() {
		return []Fix{ask(WhoCaller, "Come from the access point's VPC", "This access point takes requests from "+firstOf(ap.VPC, "its VPC")+" alone; send it from there, or use another access point.")}
	}
	if arn == "" || r.bucketBehind() == "" {
		return []Fix{ask(WhoBucketOwner, "Let the caller in at the access point", "The access point's policy and the bucket's policy must both allow the caller.")}
	}
	principal := map[string]string{"AWS": arn}
	delegate := r.grant(principal, r.bucketResource()).with("Sid", "ThroughTheAccessPoint")
	if through := firstOf(ap.ARN, r.Target.Bucket); strings.HasPrefix(through, "arn:") {
		delegate = withCondition(delegate, "StringEquals", "s3:DataAccessPointArn", through)
	}
	return r.bothDoors(r.grant(principal, r.resource), delegate)
}

// bothDoors opens the one that is shut, or both. An access point without a policy
// leaves the decision to the bucket.
func (r *reading) bothDoors(door, delegate members) []Fix {
	behind := policy.Place{Layer: policy.ResourceBased, Policy: "bucket policy"}
	before := policy.Place{Layer: policy.ResourceBased, Policy: accessPointPolicyName}
	atBucket := func(r *reading) []Fix {
		return r.addTo(behind, "Let the bucket policy take "+r.who()+"'s requests through the access point", WhoBucketOwner, delegate)
	}
	atDoor := r.addTo(before, "Let "+r.who()+" in by the access point's policy", WhoBucketOwner, door)
	if len(atDoor) > 0 && len(atDoor[0].After) > 0 {
		return atDoor
	}
	if fixes := atBucket(r); len(fixes) > 0 && len(fixes[0].After) > 0 {
		return fixes
	}
	open := r.afterAdding(before, door)
	all := append(r.statementOnly(before, "Let "+r.who()+" in by the access point's policy", door), atBucket(open)...)
	for i := range all {
		all[i].Together = len(all[i].Policy) > 0
	}
	return all
}

// afterAdding is the reading as it would be with a statement more at p.
func (r *reading) afterAdding(p policy.Place, s members) *reading {
	doc, _, ok := r.opened(p)
	if !ok {
		return r
	}
	_, parsed := doc.plus(s).document()
	if parsed == nil {
		return r
	}
	return r.afterwards(r.withDocument(p, parsed))
}

// statementOnly shows a change that is only half of what is needed, with the
// whole document where it was read.
func (r *reading) statementOnly(p policy.Place, title string, s members) []Fix {
	fix := Fix{Title: title, Who: WhoBucketOwner, Kind: FixPolicy, Policy: pretty(s), Applies: r.placeOf(p)}
	fix.Text = "Ask " + fix.whoCan() + " to add the statement below to " + r.theDocument(p) + "." + r.readFirst(p)
	if doc, source, ok := r.opened(p); ok {
		fix.Text, fix.After = r.putBack(p, WhoBucketOwner), doc.plus(s).bytes()
		if source {
			fix.Before = doc.bytes()
		}
	}
	return []Fix{fix}
}

// bucketBehind is the bucket whose policy counts: behind an access point the one
// that it leads to; "" when that is not known.
func (r *reading) bucketBehind() string {
	if r.Target.Kind == GeneralPurpose || r.Target.Kind == PresignedURL || r.Target.Kind == DirectoryBucket {
		return r.Target.Bucket
	}
	return r.AccessPoint.Value.Bucket
}

// fixRestrictPublicBuckets: the switch stays; the policy stops being public.
func fixRestrictPublicBuckets(r *reading, _ Finding) []Fix {
	advice := ask(WhoBucketOwner, "Name who may read, in place of everybody",
		"While a statement of the bucket policy is open to everybody, this switch shuts out all other accounts. Give each such statement fixed principals, or a condition on a fixed aws:PrincipalOrgID, aws:SourceVpce or aws:SourceIp; no Deny needs to be looked for, and the switch can stay on.")
	if fix, ok := r.unpublish(); ok {
		return []Fix{fix, advice}
	}
	return []Fix{advice}
}

// unpublish holds every statement that is open to everybody to the accounts whom
// the switch lets in anyway, the bucket's own, and gives the caller a statement
// of her own: nobody loses what they had, and nobody else gains.
func (r *reading) unpublish() (Fix, bool) {
	p := policy.Place{Layer: policy.ResourceBased, Policy: "bucket policy"}
	doc, source, ok := r.opened(p)
	owner := r.bucketAccount()
	if !ok || !source || r.identityARN() == "" || r.unsigned || owner == "" || owner == "unknown" {
		return Fix{}, false
	}
	changed := doc
	for i, raw := range doc.statements {
		if s, read := readMembers(raw); read && publicAllow(s) {
			changed, _ = changed.edited(i, func(m members) members { return withCondition(m, "StringEquals", "aws:PrincipalAccount", owner) })
		}
	}
	mine := r.grant(map[string]string{"AWS": r.identityARN()}, r.bucketResource())
	changed = changed.plus(mine)
	text, parsed := changed.document()
	if parsed == nil {
		return Fix{}, false
	}
	restricted := *r
	restricted.eval.set.RestrictPublicBuckets = true
	after := restricted.withDocument(p, parsed)
	effect, _ := restricted.weighed(&after)
	if public, _ := policy.IsPublic(parsed); public || effect != policy.Allow || !restricted.spares(p, after) {
		return Fix{}, false
	}
	return Fix{
		Title: "Name " + r.who() + " in place of everybody", Who: WhoBucketOwner, Kind: FixPolicy,
		Text: r.putBack(p, WhoBucketOwner), Policy: pretty(mine), Before: doc.bytes(), After: text,
		Applies: r.placeOf(p),
	}, true
}

// publicAllow tells an Allow to everybody that no condition holds to anything.
func publicAllow(s members) bool {
	doc, err := policy.Parse(encode(members{{"Version", encode("2012-10-17")}, {"Statement", encode([]json.RawMessage{encode(s)})}}))
	if err != nil {
		return false
	}
	public, _ := policy.IsPublic(doc)
	return public
}
