package policy

// Request is the call that is to be judged.
type Request struct {
	// Principal is an ARN (user, assumed-role session, federated user, root), a
	// service principal such as "cloudfront.amazonaws.com", or "anonymous".
	Principal string
	Action    string // "s3:GetObject"; compared without regard to case
	Resource  string // the ARN, in the exact case of the key
	// ResourceAccount owns the bucket. Empty means the caller's own account.
	ResourceAccount string
	// BucketResource is the same object by the bucket's ARN, when Resource is
	// the ARN of an access point: bucket policies are written with it. Empty
	// means Resource.
	BucketResource string
	// Context holds the condition keys of the request. Key names are compared
	// without regard to case. The keys that follow from the principal
	// (aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:username,
	// aws:userid) are derived where they are not given; every other key that is
	// not here is absent from the request.
	Context map[string][]string
}

// Set is every policy that has a say, by layer. For Boundaries, Session and
// VPCEndpoint a nil slice means that the layer does not apply, and one that is
// empty but not nil that it applies and allows nothing. The same holds for the
// policies of one Level of SCPs; without any level there is no organization.
type Set struct {
	Identity []Named   // inline, managed and of groups: their union
	Resource *Document // the bucket policy; nil: there is none
	// Boundaries is the permissions boundary of the user or role.
	Boundaries []Named
	Session    []Named // passed when the session was made: their union
	// SCPs and RCPs go from the root to the account. Every level of SCPs must
	// allow. RCPs only deny: RCPFullAWSAccess is always present beside them.
	SCPs, RCPs  []Level
	VPCEndpoint []Named
	// RestrictPublicBuckets is the setting of S3 Block Public Access in effect.
	RestrictPublicBuckets bool
	// AccessPoint is the policy of the access point that the request came
	// through. It and the bucket policy must both allow; a bucket that
	// delegates does so by a statement on s3:DataAccessPointAccount, which is
	// an ordinary Allow. nil: no access point, or one without a policy.
	AccessPoint *Document
}

// Named is a policy document with the name it is shown by: a policy name or ARN.
type Named struct {
	Name     string
	Document *Document
}

// Level is one level of an organization, such as "root", an OU or the account,
// with the policies attached there.
type Level struct {
	Name     string
	Policies []Named
}

// Kind is the place a policy document is meant for. Its value is the zero Kind
// when the place is not known.
type Kind uint8

// The kinds of policy document.
const (
	AnyKind Kind = iota
	IdentityKind
	BucketKind
	BoundaryKind
	SessionKind
	SCPKind
	RCPKind
	VPCEndpointKind
	AccessPointKind
)
