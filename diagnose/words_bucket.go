package diagnose

// The words for a newcomer about the bucket's side: its policy, its owner, its
// guards, the organization and the network in front of it.
const (
	wordsBucketPolicyExplicitDeny = "A bucket policy is attached to the bucket and speaks about everybody who comes. " +
		"A Deny in it that matches refuses the request, whoever asks and whatever allows it elsewhere. " +
		"Usual ones admit only one VPC endpoint, one network, one organization or TLS, and catch a caller who comes another way."

	wordsBucketPolicyNoAllow = "A caller from another account needs two yeses: from the policies of its own account and from the bucket's policy. " +
		"Without an Allow in the bucket policy the request is refused, even for an administrator of the other account. " +
		"Often nobody has added the new role, or the tool runs with the wrong profile and so in the wrong account."

	wordsSCPNoAllow = "A service control policy is the ceiling that an organization sets over all identities of an account. " +
		"Each level from the root down to the account must allow the action, or it is refused for every user and role of the account. " +
		"It appears when FullAWSAccess was detached somewhere and the list in its place leaves out what is needed."

	wordsSCPExplicitDeny = "A service control policy is the ceiling that an organization sets over all identities of an account. " +
		"A Deny in it refuses for every user and role of the account, its root user included. " +
		"Usual ones close regions, or protect log and backup buckets."

	wordsRCPExplicitDeny = "A resource control policy is the organization's guard over the resources of an account, such as its buckets. " +
		"A Deny in it refuses whoever asks, also callers from other accounts. " +
		"Usual ones admit only principals of the organization, or only TLS, and catch a partner or an AWS service."

	wordsVPCENoAllow = "A VPC endpoint is a private door from a network to S3, and it can carry a policy of its own. " +
		"What that policy does not allow is refused for everything that passes the door. " +
		"It is met when the endpoint lists the team's own buckets and a job needs another one, often one that AWS owns."

	wordsVPCEExplicitDeny = "A VPC endpoint is a private door from a network to S3, and it can carry a policy of its own. " +
		"A Deny in it refuses every request that passes the door and matches. " +
		"It usually keeps data from leaving: buckets of other accounts or organizations are forbidden."

	wordsAccessPointPolicy = "An access point is a second front door to a bucket, with its own name, policy and network rule. " +
		"A request through it needs a yes at this door and at the bucket, and the caller's policies must name the access point's ARN. " +
		"It refuses when the bucket does not delegate to the access point, when the door is for one VPC only, or when the caller's policies name the bucket's ARN alone."

	wordsRestrictPublicBuckets = "Block Public Access is a set of switches over a bucket and over an account; RestrictPublicBuckets is one of them. " +
		"While it is on and the bucket policy counts as public, that policy lets in AWS services and the bucket's own account alone, not even other accounts that it names. " +
		"S3 reports it as an explicit deny in a resource-based policy, so people search for a Deny that does not exist."

	wordsIgnorePublicACLs = "Block Public Access is a set of switches over a bucket and over an account; IgnorePublicAcls is one of them. " +
		"While it is on, what ACLs grant to everybody, or to everybody with an AWS account, does not count, and what only they granted is refused. " +
		"It comes up when the switch is turned on, as it is for all new buckets, over objects that were public by ACL."

	wordsObjectOwnership = "Where ACLs are enabled, an object belongs to the account that uploaded it, which need not be the bucket's. " +
		"An Allow in the bucket policy covers only objects of the bucket's own account, so for the others it grants nothing. " +
		"It is met when another account delivers logs or exports without the ACL bucket-owner-full-control."

	wordsObjectACL = "An access control list is the oldest kind of S3 permission: a short list of accounts and groups on an object. " +
		"Where only such a list could grant this caller, and no line of it does, the request is refused. " +
		"It is met in old buckets that never got a policy, and with objects that were uploaded by a third account."

	wordsBucketNotYours = "Bucket names are shared by all accounts of a partition: whoever took a name first has it. " +
		"A request to somebody else's bucket is refused like any other, with no hint that the name is not the one you mean. " +
		"A typo, a missing suffix, or a bucket that was deleted and taken by another account leads here."

	wordsNoSuchBucket = "A request for an object names a bucket, and S3 looks whether there is one of that name. " +
		"When there is none it answers 404 NoSuchBucket; this is no denial. " +
		"Look for a typo, a missing environment suffix, another partition, or a bucket that was deleted."

	wordsRegionMismatch = "A bucket lives in one region, and a request must be sent to that region and signed for it. " +
		"S3 answers 301 PermanentRedirect or 400 AuthorizationHeaderMalformed otherwise, and a HEAD shows only the number. " +
		"The configured region is usually the team's default, and the bucket lives elsewhere."
)
