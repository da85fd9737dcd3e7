package lab

import "time"

// World is everything that decides about a request: who there is, what belongs
// to whom, and which policies stand where. Its fields are the tables of a world
// file, in the order in which a request meets them.
type World struct {
	Organization Organization    `toml:"organization,omitempty"`
	Accounts     []Account       `toml:"account,omitempty"`
	Units        []Unit          `toml:"unit,omitempty"`
	Control      []ControlPolicy `toml:"control-policy,omitempty"`
	Policies     []ManagedPolicy `toml:"policy,omitempty,multiline"`
	Groups       []Group         `toml:"group,omitempty"`
	Users        []User          `toml:"user,omitempty"`
	Roles        []Role          `toml:"role,omitempty"`
	Keys         []Key           `toml:"key,omitempty"`
	Endpoints    []Endpoint      `toml:"vpc-endpoint,omitempty"`
	Buckets      []Bucket        `toml:"bucket,omitempty"`
	AccessPoints []AccessPoint   `toml:"access-point,omitempty"`
	Actors       []Actor         `toml:"actor,omitempty"`
}

// Organization names the organization and the account that manages it.
type Organization struct {
	ID         string `toml:"id,omitempty"`         // "o-" and ten characters
	Root       string `toml:"root,omitempty"`       // id of the root, "r-" and four characters
	Management string `toml:"management,omitempty"` // name of the management account
}

// Account is an AWS account.
type Account struct {
	Name string `toml:"name"`
	ID   string `toml:"id"` // twelve digits
	// Unit is the path of the organizational unit that holds the account
	// ("Root", "Root/Workloads"); empty: the account is in no organization.
	Unit string `toml:"unit,omitempty"`
	// Restricted: FullAWSAccess has been detached from the account, so its own
	// service control policies must allow.
	Restricted bool `toml:"restricted,omitempty"`
	// Status is empty or the error code that S3 answers to every request of the
	// account: NotSignedUp, AccountProblem, InvalidPayer, AllAccessDisabled.
	Status string `toml:"status,omitempty"`
	// PublicAccess lists the settings of account-level Block Public Access that are on.
	PublicAccess []string `toml:"public-access-block,omitempty"`
}

// Unit is a node of the organization other than an account: the root, or an
// organizational unit, by its path.
type Unit struct {
	Path string `toml:"path"` // "Root", "Root/Workloads"
	ID   string `toml:"id,omitempty"`
	// Restricted: FullAWSAccess has been detached from the unit.
	Restricted bool `toml:"restricted,omitempty"`
}

// ControlPolicy is a service or resource control policy and where it is attached.
type ControlPolicy struct {
	Name     string   `toml:"name"`
	ID       string   `toml:"id,omitempty"`       // "p-" and eight characters; derived from the name if empty
	Kind     string   `toml:"kind"`               // "scp" or "rcp"
	Targets  []string `toml:"targets"`            // unit paths and account names
	Document string   `toml:"document,multiline"` // the policy in JSON
}

// ManagedPolicy is a customer or AWS managed policy.
type ManagedPolicy struct {
	Name     string `toml:"name"` // "account/name", or "aws/name" for an AWS managed one
	Path     string `toml:"path,omitempty"`
	Document string `toml:"document,multiline"`
}

// Carrier is what users, groups and roles share: the policies that they carry.
type Carrier struct {
	Name     string            `toml:"name"` // "account/name"
	Path     string            `toml:"path,omitempty"`
	Policies []string          `toml:"policies,omitempty"` // names of managed policies
	Inline   map[string]string `toml:"inline,omitempty"`   // policy name → document
	Boundary string            `toml:"boundary,omitempty"` // name of a managed policy
	Tags     map[string]string `toml:"tags,omitempty"`
}

// User is an IAM user.
type User struct {
	Carrier
	Groups []string `toml:"groups,omitempty"` // "account/name"
	MFA    bool     `toml:"mfa,omitempty"`    // she has a virtual MFA device, "arn:aws:iam::ID:mfa/NAME"
}

// Group is an IAM group.
type Group struct {
	Carrier
}

// Role is an IAM role.
type Role struct {
	Carrier
	Trust string `toml:"trust,omitempty,multiline"` // the role trust policy; empty: the role's account
	// Longest is MaxSessionDuration, one hour to twelve; empty: one hour.
	Longest Duration `toml:"max-session,omitempty"`
}

// Key is a KMS key.
type Key struct {
	Name    string `toml:"name"` // "account/alias"
	ID      string `toml:"id"`   // UUID
	Region  string `toml:"region"`
	State   string `toml:"state,omitempty"`            // Enabled (default), Disabled, PendingDeletion, PendingImport
	Manager string `toml:"manager,omitempty"`          // CUSTOMER (default) or AWS
	Policy  string `toml:"policy,omitempty,multiline"` // the key policy; empty: the default one, which lets IAM decide
}

// Endpoint is a VPC endpoint for S3.
type Endpoint struct {
	ID      string `toml:"id"` // "vpce-…"
	VPC     string `toml:"vpc"`
	Account string `toml:"account"`
	Region  string `toml:"region"`
	Policy  string `toml:"policy,omitempty,multiline"` // empty: the default one, which allows everything
}

// Bucket is a bucket with its settings and objects.
type Bucket struct {
	Name    string `toml:"name"`
	Account string `toml:"account"`
	Region  string `toml:"region"`
	Policy  string `toml:"policy,omitempty,multiline"`
	// Ownership is BucketOwnerEnforced (default), BucketOwnerPreferred or ObjectWriter.
	Ownership     string            `toml:"ownership,omitempty"`
	ACL           []Grant           `toml:"acl,omitempty"` // beside the owner's FULL_CONTROL
	PublicAccess  []string          `toml:"public-access-block,omitempty"`
	RequesterPays bool              `toml:"requester-pays,omitempty"`
	Versioning    string            `toml:"versioning,omitempty"` // Enabled or Suspended
	Encryption    string            `toml:"encryption,omitempty"` // name of the default KMS key; empty: SSE-S3
	BucketKey     bool              `toml:"bucket-key,omitempty"` // S3 Bucket Keys
	Tags          map[string]string `toml:"tags,omitempty"`
	ABAC          bool              `toml:"abac,omitempty"`
	ObjectLock    bool              `toml:"object-lock,omitempty"` // needs versioning
	// Status is empty or the error code that S3 answers to every request for
	// the bucket: AllAccessDisabled, SlowDown, InvalidPayer.
	Status string `toml:"status,omitempty"`
	// Front is what stands between the callers and the bucket: "" (nothing),
	// "website" (its website endpoint), "head-to-get" (a proxy that forwards a
	// HEAD as a GET), "drop" (a firewall that closes the connection).
	Front   string   `toml:"front,omitempty"`
	Clock   Duration `toml:"clock,omitempty"` // how far the lab's clock is ahead here
	Created string   `toml:"created,omitempty"`
	Objects []Object `toml:"object,omitempty"`
}

// Grant is one line of an ACL.
type Grant struct {
	Grantee    string `toml:"grantee"`    // account name, "AllUsers" or "AuthenticatedUsers"
	Permission string `toml:"permission"` // READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL
}

// Object is an object, or one version of it.
type Object struct {
	Key  string `toml:"key"`
	Body string `toml:"body,omitempty"`
	Size int    `toml:"size,omitempty"` // bytes of generated content when there is no body; at most 1 MiB
	// Count repeats the object, with a %d verb in the key counting from 1; at most 10,000.
	Count    int               `toml:"count,omitempty"`
	Type     string            `toml:"type,omitempty"`
	Modified string            `toml:"modified,omitempty"` // RFC 3339
	Owner    string            `toml:"owner,omitempty"`    // account name; empty: the bucket's owner
	ACL      []Grant           `toml:"acl,omitempty"`
	Class    string            `toml:"storage-class,omitempty"`
	Restored bool              `toml:"restored,omitempty"` // an archived object with a readable copy
	KMSKey   string            `toml:"kms-key,omitempty"`  // name of the KMS key
	SSEC     string            `toml:"sse-c,omitempty"`    // the customer's key, 32 characters
	Tags     map[string]string `toml:"tags,omitempty"`
	Meta     map[string]string `toml:"metadata,omitempty"`
	Version  string            `toml:"version,omitempty"` // version id as clients see it
	Marker   bool              `toml:"delete-marker,omitempty"`
	// Retention and LegalHold lock the version; its bucket must have object-lock.
	Retention *Retention `toml:"retention,omitempty"`
	LegalHold bool       `toml:"legal-hold,omitempty"`
}

// AccessPoint is an S3 access point.
type AccessPoint struct {
	Name         string   `toml:"name"` // "account/name"
	Bucket       string   `toml:"bucket"`
	Alias        string   `toml:"alias,omitempty"` // derived from the name if empty
	VPC          string   `toml:"vpc,omitempty"`   // network origin VPC; empty: Internet
	Policy       string   `toml:"policy,omitempty,multiline"`
	PublicAccess []string `toml:"public-access-block,omitempty"`
}

// Actor is somebody with credentials, at a place in the network. Exactly one
// of User, Role, Root and Anonymous says who she is.
type Actor struct {
	Name      string `toml:"name"`
	User      string `toml:"user,omitempty"` // "account/name"
	Role      string `toml:"role,omitempty"` // "account/name"
	Root      string `toml:"root,omitempty"` // account name
	Anonymous bool   `toml:"anonymous,omitempty"`
	// Session is the session's name; with User it makes the credentials those
	// of GetSessionToken, and with Federated those of GetFederationToken.
	Session       string            `toml:"session,omitempty"`
	Federated     bool              `toml:"federated,omitempty"`
	SessionPolicy string            `toml:"session-policy,omitempty,multiline"`
	SessionTags   map[string]string `toml:"session-tags,omitempty"`
	MFA           bool              `toml:"mfa,omitempty"`
	// Fault is what is wrong with the credentials as she holds them:
	// "unknown-key", "inactive-key", "wrong-secret", "no-token",
	// "garbled-token", "expired".
	Fault string   `toml:"fault,omitempty"`
	IP    string   `toml:"ip,omitempty"`           // where her requests come from; default 203.0.113.9
	VPCE  string   `toml:"vpc-endpoint,omitempty"` // the endpoint that her network reaches S3 through
	Clock Duration `toml:"clock,omitempty"`        // how far the lab's clock is ahead of hers
}

// Duration is a time.Duration that is written "20m" in a file.
type Duration time.Duration

// UnmarshalText reads a duration in Go's spelling, such as "20m" or "-1h30m".
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// MarshalText writes the duration as UnmarshalText reads it.
func (d Duration) MarshalText() ([]byte, error) {
	return []byte(time.Duration(d).String()), nil
}
