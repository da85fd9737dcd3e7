package diagnose

import (
	"strings"

	"s403/diagnose/policy"
)

// putBack is the command that puts a changed document back where it stands.
func (r *reading) putBack(p policy.Place, who Who) string {
	switch p.Layer {
	case policy.ResourceBased:
		return r.putDoor(p)
	case policy.IdentityBased:
		if d, ok := r.policyDoc(p.Policy); ok {
			return r.putPolicy(d)
		}
	case policy.Boundary:
		if arn := firstOf(r.Boundary.Value.ARN, r.Role.Value.BoundaryARN); arn != "" {
			return "aws iam create-policy-version --policy-arn " + shellWord(arn) + " --policy-document file://policy.json --set-as-default"
		}
	case policy.ServiceControl:
		return updateOrganizationPolicy(r.SCPs.Value, p)
	case policy.ResourceControl:
		return updateOrganizationPolicy(r.RCPs.Value, p)
	case policy.VPCEndpoint:
		return "aws ec2 modify-vpc-endpoint --vpc-endpoint-id " + shellWord(r.VPCEndpoint.Value.ID) + " --policy-document file://policy.json"
	case policy.SessionPolicy:
		return r.assumeAgain().Text
	}
	return "Ask " + Fix{Who: who, Kind: FixPolicy}.whoCan() + " to put the changed document in its place."
}

// putDoor is the command for the policy of a bucket, an access point or a key.
func (r *reading) putDoor(p policy.Place) string {
	ap := r.AccessPoint.Value
	switch {
	case r.door == keyPolicyName:
		return "aws kms put-key-policy --key-id " + shellWord(r.resource) + " --policy-name default --policy file://policy.json"
	case p.Policy == accessPointPolicyName:
		return "aws s3control put-access-point-policy --account-id " + shellWord(ap.Account) + " --name " + shellWord(ap.Name) + " --policy file://policy.json"
	}
	return "aws s3api put-bucket-policy --bucket " + shellWord(r.bucketBehind()) + " --policy file://policy.json"
}

// readFirst are the commands for a document that was not read: fetch it, add the
// statement, put it back. Empty where the document has no name yet.
func (r *reading) readFirst(p policy.Place) string {
	read := ""
	ap := r.AccessPoint.Value
	switch {
	case p.Layer == policy.VPCEndpoint && r.VPCEndpoint.Value.ID != "":
		read = "aws ec2 describe-vpc-endpoints --vpc-endpoint-ids " + shellWord(r.VPCEndpoint.Value.ID) + " --query 'VpcEndpoints[0].PolicyDocument' --output text"
	case p.Layer == policy.ServiceControl && r.callerAccount() != "":
		return "\naws organizations list-policies-for-target --target-id " + r.callerAccount() + " --filter SERVICE_CONTROL_POLICY"
	case p.Layer != policy.ResourceBased:
	case r.door == keyPolicyName:
		read = "aws kms get-key-policy --key-id " + shellWord(r.resource) + " --policy-name default --query Policy --output text"
	case p.Policy == accessPointPolicyName && ap.Name != "":
		read = "aws s3control get-access-point-policy --account-id " + shellWord(ap.Account) + " --name " + shellWord(ap.Name) + " --query Policy --output text"
	case p.Policy != accessPointPolicyName && r.bucketBehind() != "":
		read = "aws s3api get-bucket-policy --bucket " + shellWord(r.bucketBehind()) + " --query Policy --output text"
	}
	if read == "" {
		return ""
	}
	return "\n" + read + " > policy.json  # then add the statement to it\n" + r.putBack(p, "")
}

// updateOrganizationPolicy is the command for a service or resource control policy.
func updateOrganizationPolicy(levels []PolicyLevel, p policy.Place) string {
	id := p.Policy
	for _, l := range levels {
		for _, d := range l.Policies {
			if docName(d) == p.Policy && d.ARN != "" {
				id = d.ARN[strings.LastIndexByte(d.ARN, '/')+1:]
			}
		}
	}
	return "aws organizations update-policy --policy-id " + shellWord(id) + " --content file://policy.json"
}

// ownerOf is the ARN of what carries the document.
func (r *reading) ownerOf(p policy.Place) string {
	switch p.Layer {
	case policy.ResourceBased:
		return r.doorOwner(p)
	case policy.VPCEndpoint:
		return r.VPCEndpoint.Value.ID
	case policy.ServiceControl:
		return firstOf(p.Level, r.callerAccount())
	case policy.ResourceControl:
		return firstOf(p.Level, r.bucketAccount())
	case policy.SessionPolicy:
		return r.caller().ARN
	case policy.IdentityBased:
		return r.carrier(p.Policy)
	}
	return r.identityARN()
}

// doorOwner is the ARN of the key, access point or bucket whose policy it is.
func (r *reading) doorOwner(p policy.Place) string {
	switch {
	case r.door == keyPolicyName:
		return r.resource
	case p.Policy == accessPointPolicyName:
		return firstOf(r.AccessPoint.Value.ARN, r.Target.Bucket)
	}
	return Target{Bucket: r.bucketBehind(), Partition: r.Target.Partition}.BucketARN()
}

// carrier is the user, role or group that carries an identity policy.
func (r *reading) carrier(name string) string {
	own := r.identityARN()
	d, _ := r.policyDoc(name)
	group, ok := strings.CutPrefix(d.Attached, "group ")
	if !ok {
		return own
	}
	partition := firstOf(r.Target.Partition, "aws")
	return "arn:" + partition + ":iam::" + arnAccount(own) + ":group/" + group
}

// placeOf says where the changed document goes, for the lab and for a person.
func (r *reading) placeOf(p policy.Place) Place {
	at := Place{Layer: string(p.Layer), Owner: r.ownerOf(p), Policy: p.Policy}
	switch {
	case p.Layer == policy.ResourceBased && r.door == keyPolicyName:
		at.Layer, at.Policy = keyPolicyName, "default"
	case p.Layer == policy.ResourceBased && p.Policy == accessPointPolicyName:
		at.Layer = accessPointPolicyName
	case p.Layer == policy.IdentityBased:
		d, _ := r.policyDoc(p.Policy)
		at.Policy = firstOf(firstOf(d.ARN, d.Name), p.Policy)
	case p.Layer == policy.Boundary:
		at.Policy = firstOf(firstOf(r.Boundary.Value.ARN, r.Role.Value.BoundaryARN), p.Policy)
	}
	return at
}

// ownedByAWS tells a policy that AWS keeps, which can be attached and detached but
// not edited (IAM User Guide, "AWS managed policies").
func (r *reading) ownedByAWS(p policy.Place) bool {
	return strings.Contains(r.placeOf(p).Policy, ":iam::aws:policy/")
}

// assumeAgain: a session policy is fixed for the life of its session.
func (r *reading) assumeAgain() Fix {
	arn := r.identityARN()
	if !strings.Contains(arn, ":role/") {
		return ask(WhoCaller, "Open the session again with a wider policy", "A session policy cannot be changed: ask whoever opens the session to pass one that allows "+r.action+" on "+r.resource+".")
	}
	return command(WhoCaller, "Assume the role again with a wider session policy",
		"aws sts assume-role --role-arn "+shellWord(arn)+" --role-session-name s403 --policy file://policy.json")
}

// otherNetwork: the policy of a VPC endpoint binds only what passes it.
func (r *reading) otherNetwork() Fix {
	return ask(WhoCaller, "Take another way", "The endpoint's policy binds only requests that pass it: from another network, or through an endpoint whose policy allows "+r.resource+", the request is not held up here.")
}
