package diagnose

import (
	"time"

	"s403/diagnose/policy"
)

// Evidence is all that is known about one refused request, so far. The zero
// value of every fact means that it was not asked. Probes fill it in as answers
// arrive and Explain may be called at any moment in between.
type Evidence struct {
	Target  Target
	Options Options
	Store   Store
	Done    bool // no probe is under way any more

	// What the client itself knows, before any call.
	Credentials Fact[Credentials]
	Skew        Fact[time.Duration] // server's clock minus ours, from the first Date header

	// The request itself and its twins.
	Head                Fact[Answer] // HeadObject as the person asked for it
	Get                 Fact[Answer] // GetObject, Range bytes=0-0; 200, 206 and 416 count as allowed
	HeadAgain           Fact[Answer] // HeadObject repeated after a skew or a GET that was allowed
	HeadWithoutOwner    Fact[Answer] // HeadObject without x-amz-expected-bucket-owner
	HeadWithoutChecksum Fact[Answer] // HeadObject without x-amz-checksum-mode
	HeadWithoutVersion  Fact[Answer] // HeadObject of the current version
	UnsignedHead        Fact[Answer] // HeadObject without a signature

	// Who asks.
	Caller           Fact[Identity]      // sts:GetCallerIdentity
	Role             Fact[Principal]     // iam:GetRole or iam:GetUser
	IdentityPolicies Fact[[]PolicyDoc]   // inline, attached, and of groups
	Boundary         Fact[PolicyDoc]     // Absent: no permissions boundary is set
	SessionPolicies  Fact[[]PolicyDoc]   // only from a world file: no API reads them
	SCPs             Fact[[]PolicyLevel] // from the root to the caller's account
	RCPs             Fact[[]PolicyLevel] // from the root to the bucket's account
	Simulation       Fact[Simulation]    // iam:SimulatePrincipalPolicy, a second opinion

	// The bucket.
	BucketRegion      Fact[string] // x-amz-bucket-region of an unsigned HeadBucket; Absent: no such bucket
	HeadBucket        Fact[Answer] // signed HeadBucket: s3:ListBucket
	OwnBuckets        Fact[bool]   // the bucket is among the caller's ListBuckets
	BucketPolicy      Fact[PolicyDoc]
	PolicyPublic      Fact[bool] // GetBucketPolicyStatus IsPublic
	PublicAccess      Fact[PublicAccessBlock]
	AccountPublic     Fact[PublicAccessBlock]
	Ownership         Fact[string] // BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter
	BucketACL         Fact[ACL]
	RequestPayment    Fact[string] // Requester or BucketOwner
	Encryption        Fact[Encryption]
	BucketTags        Fact[map[string]string]
	AccessPoint       Fact[AccessPoint]
	VPCEndpoint       Fact[VPCEndpoint]
	DirectorySession  Fact[Answer] // s3express CreateSession
	OwnerOfBucket     Fact[string] // account id of the bucket's owner, where something shows it
	SameOrganization  Fact[bool]   // caller's and bucket's accounts share an organization
	OrganizationID    Fact[string]
	ManagementAccount Fact[string]

	// The object.
	Listing    Fact[Listing] // ListObjectsV2 prefix=key: is it there, and whose?
	ObjectACL  Fact[ACL]
	ObjectTags Fact[map[string]string]
	KMSKey     Fact[KMSKey]

	Exchanges []Exchange // every call made, in the order of their start
}

// Target is the object (or bucket) that the request names.
type Target struct {
	Bucket   string // bucket name, access point ARN or alias
	Key      string // empty: the bucket itself
	Endpoint string // the URL that requests go to
	Region   string // the region that requests are signed for
	// Partition is "aws", "aws-cn", "aws-us-gov", …; empty means "aws".
	Partition string
	Kind      TargetKind
}

// TargetKind tells what sort of name was given for the bucket.
type TargetKind uint8

// The kinds of target.
const (
	GeneralPurpose TargetKind = iota
	AccessPointTarget
	MultiRegionAccessPoint
	DirectoryBucket
	ObjectLambda
	WebsiteEndpoint
	PresignedURL
)

// ObjectARN is the ARN that an IAM policy must cover for the object.
func (t Target) ObjectARN() string { return t.BucketARN() + "/" + t.Key }

// BucketARN is the ARN of the bucket in the target's partition.
func (t Target) BucketARN() string {
	p := t.Partition
	if p == "" {
		p = "aws"
	}
	return "arn:" + p + ":s3:::" + t.Bucket
}

// Options are the request headers that change how S3 decides.
type Options struct {
	VersionID     string
	ExpectedOwner string // x-amz-expected-bucket-owner
	RequestPayer  bool   // x-amz-request-payer: requester
	ChecksumMode  bool   // x-amz-checksum-mode: ENABLED
	SSECustomer   bool   // the three SSE-C headers were sent
	Unsigned      bool   // --no-sign-request
	SignatureV2   bool   // a presigned URL of signature version 2
	AsPrincipal   string // --as ARN: another principal's request, from policies alone
	// Presigned: the target was a presigned URL; its signing time and lifetime.
	Presigned        bool
	PresignedAt      time.Time
	PresignedExpires time.Duration
}

// Action is the IAM action that a HEAD or GET of the object needs. There is no
// s3:HeadObject (API_HeadObject).
func (o Options) Action() string {
	if o.VersionID != "" {
		return "s3:GetObjectVersion"
	}
	return "s3:GetObject"
}

// Store is what stands behind the endpoint.
type Store struct {
	Kind           StoreKind
	Name           string // as people call it: "AWS S3", "MinIO", "Cloudflare R2"
	Server         string // the Server header
	CustomEndpoint bool   // an endpoint was set for S3 and none for STS and IAM
	Because        string // what told it: "host ends in .r2.cloudflarestorage.com"
}

// AWS tells whether AWS's own logic applies.
func (s Store) AWS() bool { return s.Kind == StoreAWS }

// StoreKind names a family of S3 servers.
type StoreKind string

// The stores that are told apart.
const (
	StoreAWS        StoreKind = "aws"
	StoreMinIO      StoreKind = "minio"
	StoreVersity    StoreKind = "versitygw"
	StoreR2         StoreKind = "r2"
	StoreCeph       StoreKind = "ceph"
	StoreGCS        StoreKind = "gcs"
	StoreWasabi     StoreKind = "wasabi"
	StoreB2         StoreKind = "b2"
	StoreLocalStack StoreKind = "localstack"
	StoreCompatible StoreKind = "s3-compatible"
)

// Answer is the response to one of the twins of the refused request.
type Answer struct {
	Status int
	Code   string // AWS error code; empty on success
	// Message is the body's message, redacted; empty on HEAD.
	Message string
	// Elements are the further elements of an XML error body by name (Region,
	// Endpoint, ServerTime, RequestTime, StringToSign, …), redacted.
	Elements map[string]string
	// Header holds the response headers that matter, by lower-case name.
	Header map[string]string
	// HTML tells that a web page answered in a store's place: a proxy, a portal or a
	// website endpoint. An object that is a page is none of these.
	HTML bool
}

// Allowed tells whether S3 let the request through: success, 304, 412, or 416
// (InvalidRange: a zero-byte object). A web page in a store's place lets nothing through.
func (a Answer) Allowed() bool {
	return !a.HTML && (a.Status >= 200 && a.Status < 300 || a.Status == 304 || a.Status == 412 || a.Status == 416)
}

// Credentials are the local facts about what signs the request. No secret is in here.
type Credentials struct {
	None         bool   // nothing was found: the request is anonymous
	AccessKeyID  string // first 4 and last 4 characters: "AKIA…WXYZ"
	Prefix       string // "AKIA", "ASIA", or the first 4 characters
	SessionToken bool   // a session token goes with it
	Source       string // "profile dev", "environment", "IMDS", …
	Expires      time.Time
	Hidden       []string // sources that this one hid: "environment hides profile dev"
}

// Identity is the answer of sts:GetCallerIdentity.
type Identity struct {
	ARN     string
	Account string
	UserID  string
	Kind    CallerKind
}

// CallerKind is the contract's kind of a caller.
type CallerKind string

// The kinds of caller.
const (
	KindUser        CallerKind = "user"
	KindRoleSession CallerKind = "role-session"
	KindRoot        CallerKind = "root"
	KindFederated   CallerKind = "federated"
	KindAnonymous   CallerKind = "anonymous"
	KindUnknown     CallerKind = "unknown"
)

// Principal is the IAM user or role behind the caller.
type Principal struct {
	ARN         string // with its path
	BoundaryARN string // empty: none
	Tags        map[string]string
}

// PolicyDoc is one policy document and where it stands.
type PolicyDoc struct {
	Name     string // policy name, or "bucket policy"
	ARN      string // of a managed policy
	Attached string // "user ana", "group readers", "role dev"; who carries it
	Source   []byte // the document as it was read
	Document *policy.Document
	ParseErr string // why Document is nil
}

// PolicyLevel is one level of an organization (root, OU, account) and its policies.
type PolicyLevel struct {
	Level    string
	Policies []PolicyDoc
}

// Simulation is what iam:SimulatePrincipalPolicy answered.
type Simulation struct {
	Decision string   // allowed, explicitDeny, implicitDeny
	Matched  []string // source policy ids of the matched statements
	Missing  []string // context keys that the simulator wanted
	Boundary *bool    // PermissionsBoundaryDecisionDetail
	OrgAllow *bool    // OrganizationsDecisionDetail
}

// PublicAccessBlock holds the four settings of S3 Block Public Access.
type PublicAccessBlock struct {
	BlockPublicACLs, IgnorePublicACLs, BlockPublicPolicy, RestrictPublicBuckets bool
}

// ACL is an access control list with its owner.
type ACL struct {
	OwnerID string // canonical user id
	Grants  []Grant
}

// Grant is one line of an ACL.
type Grant struct {
	Grantee    string // canonical id, group URI or e-mail
	Type       string // CanonicalUser, Group, AmazonCustomerByEmail
	Permission string // READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL
}

// Encryption is the bucket's default, or the object's own encryption.
type Encryption struct {
	Algorithm string // AES256, aws:kms, aws:kms:dsse, SSE-C
	KeyID     string // KMS key id or ARN
	BucketKey bool
}

// KMSKey is the key that the object is encrypted with.
type KMSKey struct {
	ARN     string
	State   string // Enabled, Disabled, PendingDeletion, …
	Manager string // AWS or CUSTOMER
	Policy  PolicyDoc
}

// AccessPoint is the access point that the request goes through.
type AccessPoint struct {
	ARN, Name, Account, Bucket string
	NetworkOrigin              string // Internet or VPC
	VPC                        string
	Policy                     PolicyDoc
	Public                     PublicAccessBlock
}

// VPCEndpoint is the endpoint that the request came through, if any.
type VPCEndpoint struct {
	ID, VPC string
	Policy  PolicyDoc
}

// Listing is what ListObjectsV2 with prefix=key says about the key.
type Listing struct {
	Found        bool
	Size         int64
	StorageClass string
	OwnerID      string // canonical user id of the object's owner, with fetch-owner
	// Near are keys that look like the one asked for: other case, other
	// encoding, a trailing slash or space.
	Near []string
	// DeleteMarker: the current version is a delete marker (from ListObjectVersions).
	DeleteMarker bool
	LockedOut    bool // the listing was refused
}
