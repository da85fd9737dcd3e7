package diagnose

// A cause is one row of the catalogue: everything that the program says about
// one reason for a refusal hangs here.
type cause struct {
	id      CauseID
	title   string // as a headline, lower-case
	station int    // where on the request's way it stops it, 1 to 14
	words   string // three sentences for a newcomer
	judge   func(*reading) Finding
	fixes   func(*reading, Finding) []Fix // nil: nothing to change by policy or command
}

// CauseInfo is what the screens and the manual show of a cause.
type CauseInfo struct {
	ID      CauseID
	Title   string
	Station int    // 1 to 14
	Words   string // three sentences: what the mechanism is, how it refuses, how people get into it
}

// Catalogue lists every cause in the order of the contract.
func Catalogue() []CauseInfo {
	infos := make([]CauseInfo, len(catalogue))
	for i, c := range catalogue {
		infos[i] = CauseInfo{ID: c.id, Title: c.title, Station: c.station, Words: c.words}
	}
	return infos
}

// The ids of the contract's catalogue.
const (
	CauseIdentityNoAllow          CauseID = "identity-no-allow"
	CauseIdentityWrongResource    CauseID = "identity-wrong-resource"
	CauseIdentityWrongAction      CauseID = "identity-wrong-action"
	CauseIdentityConditionUnmet   CauseID = "identity-condition-unmet"
	CauseIdentityExplicitDeny     CauseID = "identity-explicit-deny"
	CauseBucketPolicyExplicitDeny CauseID = "bucket-policy-explicit-deny"
	CauseBucketPolicyNoAllow      CauseID = "bucket-policy-no-allow"
	CauseSCPNoAllow               CauseID = "scp-no-allow"
	CauseSCPExplicitDeny          CauseID = "scp-explicit-deny"
	CauseRCPExplicitDeny          CauseID = "rcp-explicit-deny"
	CauseBoundaryNoAllow          CauseID = "boundary-no-allow"
	CauseBoundaryExplicitDeny     CauseID = "boundary-explicit-deny"
	CauseSessionNoAllow           CauseID = "session-no-allow"
	CauseSessionExplicitDeny      CauseID = "session-explicit-deny"
	CauseVPCENoAllow              CauseID = "vpce-no-allow"
	CauseVPCEExplicitDeny         CauseID = "vpce-explicit-deny"
	CauseAccessPointPolicy        CauseID = "access-point-policy"
	CauseRestrictPublicBuckets    CauseID = "restrict-public-buckets"
	CauseIgnorePublicACLs         CauseID = "ignore-public-acls"
	CauseObjectOwnership          CauseID = "object-ownership"
	CauseObjectACL                CauseID = "object-acl"
	CauseMissingKey               CauseID = "missing-key"
	CauseVersionPermission        CauseID = "version-permission"
	CauseExpectedOwnerMismatch    CauseID = "expected-owner-mismatch"
	CauseBucketNotYours           CauseID = "bucket-not-yours"
	CauseAnonymous                CauseID = "anonymous"
	CauseRequesterPays            CauseID = "requester-pays"
	CauseDirectoryBucketSession   CauseID = "directory-bucket-session"
	CauseKMSPermission            CauseID = "kms-permission"
	CauseKMSKeyState              CauseID = "kms-key-state"
	CauseSSECKey                  CauseID = "sse-c-key"
	CauseArchived                 CauseID = "archived"
	CauseInvalidAccessKey         CauseID = "invalid-access-key"
	CauseMissingSessionToken      CauseID = "missing-session-token"
	CauseSignatureMismatch        CauseID = "signature-mismatch"
	CauseClockSkew                CauseID = "clock-skew"
	CauseExpiredCredentials       CauseID = "expired-credentials"
	CauseInvalidToken             CauseID = "invalid-token"
	CausePresignedExpired         CauseID = "presigned-expired"
	CauseSignatureVersion         CauseID = "signature-version"
	CauseRegionMismatch           CauseID = "region-mismatch"
	CauseAccountProblem           CauseID = "account-problem"
	CauseWebsiteEndpoint          CauseID = "website-endpoint"
	CauseProxyInterference        CauseID = "proxy-interference"
	CauseNoSuchKey                CauseID = "no-such-key"
	CauseNoSuchBucket             CauseID = "no-such-bucket"
	CauseDeleteMarker             CauseID = "delete-marker"
	CauseThrottled                CauseID = "throttled"
	CauseNetwork                  CauseID = "network"
)

// catalogue is the contract's table, in its order. A new cause is one row here,
// its words, its judge and a scenario of the lab.
var catalogue = []cause{
	{
		id: CauseIdentityNoAllow, title: "no identity policy allows it",
		station: stationIdentityPolicies, words: wordsIdentityNoAllow,
		judge: judgeIdentityNoAllow,
		fixes: fixIdentityNoAllow,
	},
	{
		id: CauseIdentityWrongResource, title: "the Allow names another resource",
		station: stationIdentityPolicies, words: wordsIdentityWrongResource,
		judge: judgeIdentityWrongResource,
		fixes: fixIdentityWrongResource,
	},
	{
		id: CauseIdentityWrongAction, title: "the policy grants another action",
		station: stationIdentityPolicies, words: wordsIdentityWrongAction,
		judge: judgeIdentityWrongAction,
		fixes: fixIdentityWrongAction,
	},
	{
		id: CauseIdentityConditionUnmet, title: "the Allow's condition is not met",
		station: stationIdentityPolicies, words: wordsIdentityConditionUnmet,
		judge: judgeIdentityConditionUnmet,
		fixes: fixIdentityConditionUnmet,
	},
	{
		id: CauseIdentityExplicitDeny, title: "an identity policy denies it",
		station: stationIdentityPolicies, words: wordsIdentityExplicitDeny,
		judge: judgeIdentityExplicitDeny,
		fixes: fixIdentityExplicitDeny,
	},
	{
		id: CauseBucketPolicyExplicitDeny, title: "the bucket policy denies it",
		station: stationBucketPolicy, words: wordsBucketPolicyExplicitDeny,
		judge: judgeBucketPolicyExplicitDeny,
		fixes: fixBucketPolicyExplicitDeny,
	},
	{
		id: CauseBucketPolicyNoAllow, title: "the bucket policy does not let this account in",
		station: stationBucketPolicy, words: wordsBucketPolicyNoAllow,
		judge: judgeBucketPolicyNoAllow,
		fixes: fixBucketPolicyNoAllow,
	},
	{
		id: CauseSCPNoAllow, title: "no service control policy allows it",
		station: stationOrganization, words: wordsSCPNoAllow,
		judge: judgeSCPNoAllow,
		fixes: fixSCPNoAllow,
	},
	{
		id: CauseSCPExplicitDeny, title: "a service control policy denies it",
		station: stationOrganization, words: wordsSCPExplicitDeny,
		judge: judgeSCPExplicitDeny,
		fixes: fixSCPExplicitDeny,
	},
	{
		id: CauseRCPExplicitDeny, title: "a resource control policy denies it",
		station: stationOrganization, words: wordsRCPExplicitDeny,
		judge: judgeRCPExplicitDeny,
		fixes: fixRCPExplicitDeny,
	},
	{
		id: CauseBoundaryNoAllow, title: "the permissions boundary does not allow it",
		station: stationBoundary, words: wordsBoundaryNoAllow,
		judge: judgeBoundaryNoAllow,
		fixes: fixBoundaryNoAllow,
	},
	{
		id: CauseBoundaryExplicitDeny, title: "the permissions boundary denies it",
		station: stationBoundary, words: wordsBoundaryExplicitDeny,
		judge: judgeBoundaryExplicitDeny,
		fixes: fixBoundaryExplicitDeny,
	},
	{
		id: CauseSessionNoAllow, title: "the session policy does not allow it",
		station: stationSession, words: wordsSessionNoAllow,
		judge: judgeSessionNoAllow,
		fixes: fixSessionNoAllow,
	},
	{
		id: CauseSessionExplicitDeny, title: "the session policy denies it",
		station: stationSession, words: wordsSessionExplicitDeny,
		judge: judgeSessionExplicitDeny,
		fixes: fixSessionExplicitDeny,
	},
	{
		id: CauseVPCENoAllow, title: "the VPC endpoint's policy does not allow it",
		station: stationNetwork, words: wordsVPCENoAllow,
		judge: judgeVPCENoAllow,
		fixes: fixVPCENoAllow,
	},
	{
		id: CauseVPCEExplicitDeny, title: "the VPC endpoint's policy denies it",
		station: stationNetwork, words: wordsVPCEExplicitDeny,
		judge: judgeVPCEExplicitDeny,
		fixes: fixVPCEExplicitDeny,
	},
	{
		id: CauseAccessPointPolicy, title: "the access point does not let it through",
		station: stationNetwork, words: wordsAccessPointPolicy,
		judge: judgeAccessPointPolicy,
		fixes: fixAccessPointPolicy,
	},
	{
		id: CauseRestrictPublicBuckets, title: "Block Public Access shuts a public bucket policy",
		station: stationBucketPolicy, words: wordsRestrictPublicBuckets,
		judge: judgeRestrictPublicBuckets,
		fixes: fixRestrictPublicBuckets,
	},
	{
		id: CauseIgnorePublicACLs, title: "Block Public Access ignores the public ACL",
		station: stationBucketPolicy, words: wordsIgnorePublicACLs,
		judge: judgeIgnorePublicACLs,
		fixes: fixIgnorePublicACLs,
	},
	{
		id: CauseObjectOwnership, title: "the object belongs to another account",
		station: stationOwnership, words: wordsObjectOwnership,
		judge: judgeObjectOwnership,
		fixes: fixObjectOwnership,
	},
	{
		id: CauseObjectACL, title: "no ACL grants it",
		station: stationOwnership, words: wordsObjectACL,
		judge: judgeObjectACL,
		fixes: fixObjectACL,
	},
	{
		id: CauseMissingKey, title: "there is no such key, and you may not list",
		station: stationKey, words: wordsMissingKey,
		judge: judgeMissingKey,
		fixes: fixMissingKey,
	},
	{
		id: CauseVersionPermission, title: "a version needs s3:GetObjectVersion",
		station: stationIdentityPolicies, words: wordsVersionPermission,
		judge: judgeVersionPermission,
		fixes: fixVersionPermission,
	},
	{
		id: CauseExpectedOwnerMismatch, title: "the bucket's owner is not the one expected",
		station: stationRequestOptions, words: wordsExpectedOwnerMismatch,
		judge: judgeExpectedOwnerMismatch,
		fixes: fixExpectedOwnerMismatch,
	},
	{
		id: CauseBucketNotYours, title: "the bucket belongs to somebody else",
		station: stationBucket, words: wordsBucketNotYours,
		judge: judgeBucketNotYours,
		fixes: fixBucketNotYours,
	},
	{
		id: CauseAnonymous, title: "the request was not signed",
		station: stationCredentials, words: wordsAnonymous,
		judge: judgeAnonymous,
		fixes: fixAnonymous,
	},
	{
		id: CauseRequesterPays, title: "the requester pays, and has not agreed to",
		station: stationRequestOptions, words: wordsRequesterPays,
		judge: judgeRequesterPays,
		fixes: fixRequesterPays,
	},
	{
		id: CauseDirectoryBucketSession, title: "the directory bucket opens no session",
		station: stationIdentityPolicies, words: wordsDirectoryBucketSession,
		judge: judgeDirectoryBucketSession,
		fixes: fixDirectoryBucketSession,
	},
	{
		id: CauseKMSPermission, title: "the KMS key may not be used",
		station: stationEncryption, words: wordsKMSPermission,
		judge: judgeKMSPermission,
		fixes: fixKMSPermission,
	},
	{
		id: CauseKMSKeyState, title: "the KMS key cannot be used by anybody",
		station: stationEncryption, words: wordsKMSKeyState,
		judge: judgeKMSKeyState,
		fixes: fixKMSKeyState,
	},
	{
		id: CauseSSECKey, title: "the customer's encryption key is missing or wrong",
		station: stationEncryption, words: wordsSSECKey,
		judge: judgeSSECKey,
		fixes: fixSSECKey,
	},
	{
		id: CauseArchived, title: "the object is archived",
		station: stationKey, words: wordsArchived,
		judge: judgeArchived,
		fixes: fixArchived,
	},
	{
		id: CauseInvalidAccessKey, title: "the access key id is unknown",
		station: stationCredentials, words: wordsInvalidAccessKey,
		judge: judgeInvalidAccessKey,
		fixes: fixInvalidAccessKey,
	},
	{
		id: CauseMissingSessionToken, title: "the session token is missing",
		station: stationCredentials, words: wordsMissingSessionToken,
		judge: judgeMissingSessionToken,
		fixes: fixMissingSessionToken,
	},
	{
		id: CauseSignatureMismatch, title: "the signature does not match",
		station: stationSignature, words: wordsSignatureMismatch,
		judge: judgeSignatureMismatch,
		fixes: fixSignatureMismatch,
	},
	{
		id: CauseClockSkew, title: "the clock is wrong",
		station: stationSignature, words: wordsClockSkew,
		judge: judgeClockSkew,
		fixes: fixClockSkew,
	},
	{
		id: CauseExpiredCredentials, title: "the credentials have expired",
		station: stationCredentials, words: wordsExpiredCredentials,
		judge: judgeExpiredCredentials,
		fixes: fixExpiredCredentials,
	},
	{
		id: CauseInvalidToken, title: "the session token is not valid",
		station: stationCredentials, words: wordsInvalidToken,
		judge: judgeInvalidToken,
		fixes: fixInvalidToken,
	},
	{
		id: CausePresignedExpired, title: "the presigned URL has expired",
		station: stationSignature, words: wordsPresignedExpired,
		judge: judgePresignedExpired,
		fixes: fixPresignedExpired,
	},
	{
		id: CauseSignatureVersion, title: "the signature is of an old version",
		station: stationSignature, words: wordsSignatureVersion,
		judge: judgeSignatureVersion,
		fixes: fixSignatureVersion,
	},
	{
		id: CauseRegionMismatch, title: "the bucket lives in another region",
		station: stationEndpoint, words: wordsRegionMismatch,
		judge: judgeRegionMismatch,
		fixes: fixRegionMismatch,
	},
	{
		id: CauseAccountProblem, title: "the account is not in good standing",
		station: stationCredentials, words: wordsAccountProblem,
		judge: judgeAccountProblem,
		fixes: fixAccountProblem,
	},
	{
		id: CauseWebsiteEndpoint, title: "the endpoint is a website",
		station: stationEndpoint, words: wordsWebsiteEndpoint,
		judge: judgeWebsiteEndpoint,
		fixes: fixWebsiteEndpoint,
	},
	{
		id: CauseProxyInterference, title: "something on the way changes the request",
		station: stationEndpoint, words: wordsProxyInterference,
		judge: judgeProxyInterference,
		fixes: fixProxyInterference,
	},
	{
		id: CauseNoSuchKey, title: "there is no such key",
		station: stationKey, words: wordsNoSuchKey,
		judge: judgeNoSuchKey,
		fixes: fixNoSuchKey,
	},
	{
		id: CauseNoSuchBucket, title: "there is no such bucket",
		station: stationBucket, words: wordsNoSuchBucket,
		judge: judgeNoSuchBucket,
		fixes: fixNoSuchBucket,
	},
	{
		id: CauseDeleteMarker, title: "the object was deleted: a delete marker",
		station: stationKey, words: wordsDeleteMarker,
		judge: judgeDeleteMarker,
		fixes: fixDeleteMarker,
	},
	{
		id: CauseThrottled, title: "S3 asks to slow down",
		station: stationEndpoint, words: wordsThrottled,
		judge: judgeThrottled,
		fixes: fixThrottled,
	},
	{
		id: CauseNetwork, title: "no answer came",
		station: stationEndpoint, words: wordsNetwork,
		judge: judgeNetwork,
		fixes: fixNetwork,
	},
}
