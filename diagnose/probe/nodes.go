package probe

import (
	"s403/diagnose"
)

// graph is every question of a diagnosis. The order is that of the stations of
// the way; what starts when follows from the needs alone:
//
//	round 1  the request itself, its bodied twin, the region, the caller
//	round 2  variants of the request, the bucket's settings, the caller's lists
//	round 3  documents, the KMS key, the levels of the organization
//	round 4  versions of managed policies, the documents of the organization
func graph() []node {
	all := firstRound()
	all = append(all, variantNodes()...)
	all = append(all, bucketNodes()...)
	all = append(all, objectNodes()...)
	all = append(all, callerNodes()...)
	return append(all, organizationNodes()...)
}

// answered are the needs of whatever is only asked after a refusal.
var answered = []string{"head", "get", "bucket region"}

// identified is answered, and who asks is known as well.
var identified = append([]string{"caller", "own buckets"}, answered...)

func firstRound() []node {
	return []node{
		fill(Info{Fact: "head", Operation: "HeadObject", Service: "s3", Privilege: "s3:GetObject"},
			live, func(e *diagnose.Evidence) *diagnose.Fact[diagnose.Answer] { return &e.Head }, askHead),
		fill(Info{Fact: "get", Operation: "GetObject", Service: "s3", Privilege: "s3:GetObject"},
			live, func(e *diagnose.Evidence) *diagnose.Fact[diagnose.Answer] { return &e.Get }, askGet),
		fill(Info{Fact: "bucket region", Operation: "HeadBucket", Service: "s3"},
			first(named, unsignable), func(e *diagnose.Evidence) *diagnose.Fact[string] { return &e.BucketRegion }, askRegion),
		fill(Info{Fact: "caller", Operation: "GetCallerIdentity", Service: "sts"},
			onService("sts"), func(e *diagnose.Evidence) *diagnose.Fact[diagnose.Identity] { return &e.Caller }, askCaller),
		fill(Info{Fact: "own buckets", Operation: "ListBuckets", Service: "s3", Privilege: "s3:ListAllMyBuckets"},
			first(named, signed, notAs, listed), func(e *diagnose.Evidence) *diagnose.Fact[bool] { return &e.OwnBuckets }, askOwnBuckets),
	}
}

func variantNodes() []node {
	info := func(fact string) Info {
		return Info{Fact: fact, Operation: "HeadObject", Service: "s3", Privilege: "s3:GetObject", Needs: answered}
	}
	type answer = diagnose.Fact[diagnose.Answer]
	return []node{
		fill(info("head again"), first(live, plain, onlyIf(worthRepeating, "nothing suggests that the same request would fare better now")),
			func(e *diagnose.Evidence) *answer { return &e.HeadAgain }, askHeadAgain),
		fill(info("head without owner"), first(live, plain, stopped, onlyIf(hasOwner, "no expected bucket owner was sent")),
			func(e *diagnose.Evidence) *answer { return &e.HeadWithoutOwner }, askWithout("without x-amz-expected-bucket-owner", func(h *headers) { h.owner = "" })),
		fill(info("head without checksum"), first(live, plain, stopped, onlyIf(hasChecksum, "no checksum was asked for")),
			func(e *diagnose.Evidence) *answer { return &e.HeadWithoutChecksum }, askWithout("without x-amz-checksum-mode", func(h *headers) { h.checksum = false })),
		fill(info("head without version"), first(live, plain, stopped, onlyIf(hasVersion, "no version was asked for")),
			func(e *diagnose.Evidence) *answer { return &e.HeadWithoutVersion }, askWithout("of the current version", func(h *headers) { h.version = "" })),
		fill(info("unsigned head"), first(live, plain, refused, signed, unsignable),
			func(e *diagnose.Evidence) *answer { return &e.UnsignedHead }, askUnsignedHead),
		fill(Info{Fact: "head bucket", Operation: "HeadBucket", Service: "s3", Privilege: "s3:ListBucket", Needs: answered},
			first(live, plain, stopped, named), func(e *diagnose.Evidence) *answer { return &e.HeadBucket }, askHeadBucket),
		fill(Info{Fact: "directory session", Operation: "CreateSession", Service: "s3", Privilege: "s3express:CreateSession", Needs: answered},
			first(live, stopped, onlyIf(directory, "the bucket is no directory bucket")),
			func(e *diagnose.Evidence) *answer { return &e.DirectorySession }, askDirectorySession),
	}
}

func bucketNodes() []node {
	// This is settled at once where the target is no access point.
	needs := append([]string{"bucket behind"}, answered...)
	info := func(fact, operation, privilege string) Info {
		return Info{Fact: fact, Operation: operation, Service: "s3", Privilege: privilege, Needs: needs}
	}
	settings := first(refused, named, ordinary)
	point := first(onlyIf(accessPoint, "the request names a bucket, not an access point"), refused, onService("s3control"))
	return []node{
		fill(info("bucket policy", "GetBucketPolicy", "s3:GetBucketPolicy"), first(refused, named, policied),
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.PolicyDoc] { return &e.BucketPolicy }, askBucketPolicy),
		fill(info("policy status", "GetBucketPolicyStatus", "s3:GetBucketPolicyStatus"), settings,
			func(e *diagnose.Evidence) *diagnose.Fact[bool] { return &e.PolicyPublic }, askPolicyStatus),
		fill(info("public access block", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"), settings,
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.PublicAccessBlock] { return &e.PublicAccess }, askPublicAccess),
		fill(info("ownership", "GetBucketOwnershipControls", "s3:GetBucketOwnershipControls"), settings,
			func(e *diagnose.Evidence) *diagnose.Fact[string] { return &e.Ownership }, askOwnership),
		fill(info("bucket ACL", "GetBucketAcl", "s3:GetBucketAcl"), settings,
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.ACL] { return &e.BucketACL }, askBucketACL),
		fill(info("request payment", "GetBucketRequestPayment", "s3:GetBucketRequestPayment"), settings,
			func(e *diagnose.Evidence) *diagnose.Fact[string] { return &e.RequestPayment }, askRequestPayment),
		fill(info("encryption", "GetBucketEncryption", "s3:GetEncryptionConfiguration"), first(refused, named, ordinary),
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.Encryption] { return &e.Encryption }, askEncryption),
		fill(info("bucket tags", "GetBucketTagging", "s3:GetBucketTagging"), settings,
			func(e *diagnose.Evidence) *diagnose.Fact[map[string]string] { return &e.BucketTags }, askBucketTags),
		fill(Info{Fact: "bucket owner", Needs: append([]string{"bucket policy"}, identified...)}, always,
			func(e *diagnose.Evidence) *diagnose.Fact[string] { return &e.OwnerOfBucket }, findOwner),
		fill(Info{Fact: "account public access block", Operation: "GetPublicAccessBlock", Service: "s3control", Privilege: "s3:GetAccountPublicAccessBlock", Needs: []string{"bucket owner"}},
			first(refused, onService("s3control"), ownerKnown),
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.PublicAccessBlock] { return &e.AccountPublic }, askAccountPublic),
		{
			Info: Info{Fact: "bucket behind", Operation: "GetAccessPoint, ListAccessPoints", Service: "s3control", Privilege: "s3:GetAccessPoint, s3:ListAccessPoints", Needs: identified},
			skip: point, ask: askBehind, pass: func(*diagnose.Evidence, string) {},
		},
		fill(Info{Fact: "access point", Operation: "GetAccessPointPolicy", Service: "s3control", Privilege: "s3:GetAccessPointPolicy", Needs: []string{"bucket behind"}},
			point, func(e *diagnose.Evidence) *diagnose.Fact[diagnose.AccessPoint] { return &e.AccessPoint }, askAccessPoint),
	}
}

func objectNodes() []node {
	info := func(fact, operation, privilege string) Info {
		return Info{Fact: fact, Operation: operation, Service: "s3", Privilege: privilege, Needs: answered}
	}
	return []node{
		fill(info("listing", "ListObjectsV2", "s3:ListBucket"), first(stopped, named, keyed),
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.Listing] { return &e.Listing }, askListing),
		fill(info("object ACL", "GetObjectAcl", "s3:GetObjectAcl"), first(refused, named, keyed, ordinary),
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.ACL] { return &e.ObjectACL }, askObjectACL),
		fill(info("object tags", "GetObjectTagging", "s3:GetObjectTagging"), first(refused, named, keyed, ordinary),
			func(e *diagnose.Evidence) *diagnose.Fact[map[string]string] { return &e.ObjectTags }, askObjectTags),
		fill(Info{Fact: "KMS key", Operation: "DescribeKey", Service: "kms", Privilege: "kms:DescribeKey, kms:GetKeyPolicy", Needs: []string{"encryption", "head"}},
			first(refused, onService("kms"), onlyIf(encrypted, "nothing shows that the object is encrypted with a KMS key")),
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.KMSKey] { return &e.KMSKey }, askKMSKey),
	}
}

func callerNodes() []node {
	return []node{
		fill(Info{Fact: "role or user", Operation: "GetRole, GetUser", Service: "iam", Privilege: "iam:GetRole or iam:GetUser", Needs: identified},
			first(refused, onService("iam"), identity),
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.Principal] { return &e.Role }, askPrincipal),
		fill(Info{Fact: "identity policies", Operation: "List…Policies, Get…Policy, GetPolicyVersion", Service: "iam",
			Privilege: "iam:List*Policies, iam:GetRolePolicy or iam:GetUserPolicy, iam:GetPolicy, iam:GetPolicyVersion", Needs: identified},
			first(refused, onService("iam"), identity),
			func(e *diagnose.Evidence) *diagnose.Fact[[]diagnose.PolicyDoc] { return &e.IdentityPolicies }, askIdentityPolicies),
		fill(Info{Fact: "permissions boundary", Operation: "GetPolicyVersion", Service: "iam", Privilege: "iam:GetPolicy, iam:GetPolicyVersion", Needs: []string{"role or user"}},
			first(refused, onService("iam"), principalKnown),
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.PolicyDoc] { return &e.Boundary }, askBoundary),
		fill(Info{Fact: "simulation", Operation: "SimulatePrincipalPolicy", Service: "iam", Privilege: "iam:SimulatePrincipalPolicy", Needs: []string{"role or user"}},
			first(refused, onService("iam"), identity),
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.Simulation] { return &e.Simulation }, askSimulation),
		fill(Info{Fact: "VPC endpoint", Operation: "DescribeVpcEndpoints", Service: "ec2", Privilege: "ec2:DescribeVpcEndpoints", Needs: identified},
			first(refused, onService("ec2"), identity),
			func(e *diagnose.Evidence) *diagnose.Fact[diagnose.VPCEndpoint] { return &e.VPCEndpoint }, askVPCEndpoint),
	}
}

func organizationNodes() []node {
	info := func(fact, operation, privilege string, needs ...string) Info {
		return Info{Fact: fact, Operation: operation, Service: "organizations", Privilege: privilege, Needs: needs}
	}
	gate := first(refused, onService("organizations"), identity)
	ahead := node{
		Info: Info{Fact: "documents ahead", Operation: "ListPolicies, GetAccountAuthorizationDetails, GetPublicAccessBlock, DescribePolicy", Service: "iam",
			Privilege: "iam:ListPolicies, iam:GetAccountAuthorizationDetails, s3:GetAccountPublicAccessBlock, organizations:ListPolicies, organizations:DescribePolicy",
			Needs:     append([]string{"head again"}, identified...)},
		skip: first(refused, identity, onlyIf(late, "no trip was lost")),
		ask:  askAhead, pass: func(*diagnose.Evidence, string) {},
	}
	tree := node{
		Info: info("organization tree", "DescribeAccount, ListParents, ListPoliciesForTarget, DescribePolicy",
			"organizations:Describe*, organizations:List*", identified...),
		skip: gate, ask: askTree, pass: func(*diagnose.Evidence, string) {},
	}
	return []node{
		{
			Info: info("organization", "DescribeOrganization", "organizations:DescribeOrganization", identified...),
			skip: gate, ask: askOrganization, pass: passOrganization,
		},
		tree,
		ahead,
		fill(info("service control policies", "", "", "organization tree", "organization"), gate,
			func(e *diagnose.Evidence) *diagnose.Fact[[]diagnose.PolicyLevel] { return &e.SCPs }, pickSCPs),
		fill(info("resource control policies", "", "", "organization tree", "organization", "bucket owner"), first(gate, ownerKnown),
			func(e *diagnose.Evidence) *diagnose.Fact[[]diagnose.PolicyLevel] { return &e.RCPs }, pickRCPs),
		fill(info("same organization", "DescribeAccount", "organizations:DescribeAccount", "organization", "bucket owner"), first(gate, ownerKnown),
			func(e *diagnose.Evidence) *diagnose.Fact[bool] { return &e.SameOrganization }, askSameOrganization),
	}
}
