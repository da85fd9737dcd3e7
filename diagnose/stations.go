package diagnose

// The stations of the walk, in the order in which a request meets them.
const (
	stationCredentials = 1 + iota
	stationSignature
	stationEndpoint
	stationBucket
	stationKey
	stationOrganization
	stationNetwork
	stationBucketPolicy
	stationIdentityPolicies
	stationBoundary
	stationSession
	stationOwnership
	stationEncryption
	stationRequestOptions
)

// A station is one place on the way where a request can be stopped.
type station struct {
	name  string
	about string // for somebody who never heard of it
}

// stations holds the fourteen, at index number-1.
var stations = [...]station{
	{"credentials", "Who are you? The key id in the request names the credentials, and S3 looks them up. " +
		"They must exist, be complete and still be valid."},
	{"clock and signature", "Is it really you, and now? S3 computes the signature of the request again with your secret and compares; " +
		"the time in it may be at most 15 minutes off."},
	{"endpoint and region", "Did the request reach S3, unchanged, and in the right region? " +
		"Proxies, websites and other regions answer in its place."},
	{"bucket", "Is there a bucket of that name, and whose is it? Bucket names are shared by all accounts."},
	{"key", "Is there an object of that key? S3 says so only to those who may list the bucket; to others a missing key is a 403."},
	{"organization", "Organizations set ceilings over their accounts: service control policies over who asks (SCP), " +
		"resource control policies over what is asked for (RCP)."},
	{"network", "Requests may pass a VPC endpoint or an access point on their way to the bucket. " +
		"Each can carry a policy of its own."},
	{"bucket policy", "The bucket policy speaks about everybody who comes to this bucket; " +
		"Block Public Access is a set of switches on top of it."},
	{"identity policies", "The policies of your user, your groups or your role. " +
		"One of them must allow the action on this very object, unless the policy of a bucket in your own account lets you in, and none may deny it."},
	{"permissions boundary", "A ceiling over one user or role. What it does not allow is refused, whatever else is granted."},
	{"session policy", "A role or federated session may carry a policy of its own, given when it was opened. It can only narrow."},
	{"ownership and ACLs", "Where ACLs are enabled an object belongs to the account that wrote it, " +
		"and access control lists on it count."},
	{"encryption", "An encrypted object needs its key as well: the right to use the KMS key, or the customer's own key in the request."},
	{"request options", "Headers that change the decision: the expected owner of the bucket, " +
		"who pays, which version, whether checksums are asked for."},
}
