package diagnose

import (
	"regexp"
	"strings"
)

// Info is what is said of a cause at this store: the row of the catalogue, in words
// that hold there. A store that is not AWS is called by its name, and nothing is told
// of what only AWS has.
func (s Store) Info(id CauseID) CauseInfo {
	info := CauseInfo{ID: id, Title: string(id)}
	for i, c := range catalogue {
		if c.id == id {
			info = Catalogue()[i]
		}
	}
	if s.said() == "S3" {
		return info
	}
	if other, ok := elsewhere[id]; ok {
		info.Title, info.Words = firstOf(other.title, info.Title), firstOf(other.words, info.Words)
	}
	info.Title, info.Words = s.named(info.Title), s.named(info.Words)
	return info
}

// foreign tells a store that is known not to be AWS.
func (s Store) foreign() bool {
	return s.Kind != "" && s.Kind != StoreCompatible && !s.AWS()
}

// said is what the store is called in sentences.
func (s Store) said() string {
	switch {
	case s.AWS() || s.Kind == "" && !s.CustomEndpoint:
		return "S3"
	case s.Name != "" && s.Kind != StoreCompatible:
		return s.Name
	default:
		return "the store"
	}
}

// Owner is who lets others read a bucket. Where no account owns it, as at most stores
// that are not AWS, it is whoever runs the store.
func (s Store) Owner() string {
	if s.said() == "S3" {
		return whoNames[WhoBucketOwner]
	}
	return whoNames[WhoBucketOwner] + " or whoever runs the store"
}

var theWordS3 = regexp.MustCompile(`\bS3\b`)

// named puts the store's name where the catalogue says S3, and a capital where a
// sentence begins with it. It is for the catalogue's own words alone: in a key or a
// message S3 may stand for anything.
func (s Store) named(words string) string {
	sentences := strings.SplitAfter(words, ". ")
	for i, sentence := range sentences {
		capitals := strings.HasPrefix(sentence, "S3") && words[0] <= 'Z' // a title begins in lower case
		sentence = theWordS3.ReplaceAllLiteralString(sentence, s.said())
		if capitals && len(sentences) > 1 {
			sentence = capital(sentence)
		}
		sentences[i] = sentence
	}
	return strings.Join(sentences, "")
}

// otherWords are the words about a cause at stores that are not AWS, where those of
// the catalogue do not hold; empty: they do. Title and words say S3 for the store's
// name, the act says {store}.
type otherWords struct{ title, words, act string }

var elsewhere = map[CauseID]otherWords{
	CauseIdentityNoAllow: {
		title: "the access key may not read it",
		words: "An access key has rights of its own, which a policy or the settings of the key give it. " +
			"Without one that covers reading this object S3 refuses, and says no more than Access Denied. " +
			"It usually happens when a job gets a new key, or one that was made for another bucket.",
		act: "Whoever runs the store can allow it",
	},
	CauseIdentityWrongResource: {
		words: "The Resource of a policy statement is a pattern that the ARN of the object must match, letter by letter. " +
			"When it does not match, the statement counts for nothing and the request is refused as if it were not there. " +
			"Most often the pattern is the bucket's ARN without /* at its end, another prefix, or a key spelled in other case.",
	},
	CauseIdentityExplicitDeny: {
		title: "a policy of the access key denies it",
		words: "A statement with Effect Deny forbids, and no Allow anywhere can outweigh it. " +
			"When a Deny in a policy of the access key or its user matches, S3 refuses without looking further. " +
			"It is usually a guard rail: a deny without TLS, or outside of an office network.",
	},
	CauseBucketPolicyExplicitDeny: {
		words: "A bucket policy is attached to the bucket and speaks about everybody who comes. " +
			"A Deny in it that matches refuses the request, whoever asks and whatever allows it elsewhere. " +
			"Usual ones admit only one network, or only TLS, and catch a caller who comes another way.",
	},
	CauseMissingKey: {
		title: "there is no such key, and you may not be told",
		words: "A store tells that a key does not exist only to those who may know. " +
			"Some answer 403 for a missing key to everybody who may not list the bucket, others, such as MinIO, to everybody who may not read the object; it looks exactly like a denied one. " +
			"It is usually a typo, another case, an encoding of a space or plus sign, or a job that ran before the file was written.",
		act: "Check the key's spelling; whoever may list the bucket sees whether it is there",
	},
	CauseVersionPermission: {
		title: "a version needs a permission of its own",
		words: "An object's versions may have a permission of their own: in policies it is called s3:GetObjectVersion, and s3:GetObject does not cover it. " +
			"A HEAD or GET with a versionId is refused when only the other one is granted. " +
			"It shows up when a tool starts to pin versions, or somebody restores an old one.",
		act: "Have reading versions allowed, or ask without the versionId",
	},
	CauseBucketNotYours: {
		words: "Bucket names are shared by all who use S3: whoever took a name first has it. " +
			"A request to somebody else's bucket is refused like any other, with no hint that the name is not the one you mean. " +
			"A typo, a missing suffix, or a bucket that was deleted and taken by somebody else leads here.",
	},
	CauseAnonymous: {act: "Configure credentials (aws configure, AWS_PROFILE), or drop --no-sign-request"},
	CauseKMSPermission: {
		title: "the encryption key may not be used",
		words: "An object can be encrypted with a key that a key management service keeps, and reading it then needs that key. " +
			"A GET fails where the key may not be used or the service cannot be reached, and a HEAD mostly passes. " +
			"It follows a change of the keys, or of the settings of that service.",
		act: "Whoever runs the store must let the key be used",
	},
	CauseKMSKeyState: {
		title: "the encryption key cannot be used by anybody",
		words: "A key of a key management service can be disabled, be waiting for its deletion, or be gone. " +
			"Objects that were encrypted with it cannot be read then by anybody, and S3 answers with an error about the key. " +
			"It follows a clean-up of keys that seemed unused.",
	},
	CauseArchived: {
		words: "Objects in an archive class are kept on slow storage and must be restored before they can be read. " +
			"A HEAD succeeds, but a GET is answered 403 InvalidObjectState until a restore has finished. " +
			"A lifecycle rule usually moved the object there when it had grown old.",
	},
	CauseInvalidAccessKey: {
		words: "The access key id in a request names the credentials that it was signed with. " +
			"When S3 does not know that id it answers 403 InvalidAccessKeyId. " +
			"The key was deleted or deactivated, is misspelt, or belongs to another store altogether.",
		act: "Use a key that is active, and of this store",
	},
	CauseMissingSessionToken: {
		words: "Temporary credentials have three parts: a key id, a secret and a session token. " +
			"Without the token S3 does not know the key id and answers 403 InvalidAccessKeyId. " +
			"It happens when only two of three variables are copied.",
	},
	CauseExpiredCredentials: {act: "Get fresh credentials from whoever issues them"},
	CauseInvalidToken: {
		words: "The session token of temporary credentials is a long text that S3 must be able to read. " +
			"A damaged one, or one of another store, is answered 400 InvalidToken. " +
			"It was cut when copied, mixed with another key's, or kept in the environment from earlier work.",
		act: "Get fresh credentials from whoever issues them",
	},
	CauseSignatureVersion: {
		words: "Requests are signed by a method with a version, and many stores take version 4 alone. " +
			"A request of version 2 is answered 400 with the words please use AWS4-HMAC-SHA256. " +
			"Old libraries and old presigned URLs, with AWSAccessKeyId and Signature in them, still use it.",
	},
	CauseAccountProblem: {
		words: "A store serves only customers in good standing, and has names that nobody may use. " +
			"Otherwise it answers 403 with a code such as AllAccessDisabled or AccountProblem, and no policy can change it. " +
			"Look at the bucket's name first, for AllAccessDisabled often means a wrong or reserved one, and then at the bills.",
		act: "Check the bucket's name, then ask whoever runs the store about the account",
	},
	CauseWebsiteEndpoint: {act: "Use the address at which the store takes signed requests"},
	CauseNoSuchBucket: {
		words: "A request for an object names a bucket, and S3 looks whether there is one of that name. " +
			"When there is none it answers 404 NoSuchBucket; this is no denial. " +
			"Look for a typo, a missing environment suffix, another store, or a bucket that was deleted.",
	},
	CauseThrottled: {
		words: "A store takes only so many requests a second. " +
			"Beyond that it answers 503 SlowDown; this is no denial, and the same request will pass later. " +
			"Many workers starting at once bring it about.",
	},
}

// about is what is said of a station to somebody who never heard of it.
func (s Store) about(number int) string {
	about := stations[number-1].about
	if s.said() == "S3" {
		return about
	}
	return s.named(firstOf(stationsElsewhere[number], about))
}

// stationsElsewhere are the stations, by number, that are something else at stores which
// are not AWS. Those of organization, network, boundary and session are not on the way
// there.
var stationsElsewhere = map[int]string{
	stationKey:              "Is there an object of that key? A store says so only to those who may know; to others a missing key is a 403.",
	stationBucketPolicy:     "The bucket policy speaks about everybody who comes to this bucket.",
	stationIdentityPolicies: "What your access key may do, by policies of the key and its user, or by the settings of the key.",
	stationEncryption:       "An encrypted object needs its key as well: one that a key management service keeps, or the customer's own in the request.",
}

// A dialect is what permissions are called at a store, and how its administrator
// gives them.
type dialect struct {
	// the rights to read an object, to be told which keys there are, and which buckets
	read, list, buckets string
	// grant is how somebody gets one of them ("{right}"); empty: by a policy of S3's
	// kind, of users or keys.
	grant string
	// noPolicies: buckets have no policies of S3's kind, so none can deny.
	noPolicies bool
	// told: whoever may read an object is told that it is missing, by a 404.
	told bool
}

// dialects are the stores whose permissions differ from S3's names. Sources: R2,
// "Authentication: Permissions" (to read an object is to list, too); Cloud Storage, "IAM
// permissions for XML requests"; Backblaze B2, "Application Key Capabilities"; and what
// a MinIO server was seen to answer.
var dialects = map[StoreKind]dialect{
	StoreR2:  {"Object Read only", "Object Read only", "Admin Read only", "An API token of R2 with the permission {right}, for this bucket, gives it: R2, Manage API tokens.", true, true},
	StoreGCS: {"storage.objects.get", "storage.objects.list", "storage.buckets.list", "The service account of the HMAC key needs {right} on the bucket; the role Storage Object Viewer has it.", true, false},
	StoreB2:  {"readFiles", "listFiles", "listAllBucketNames", "An application key with the capability {right}, for this bucket, gives it.", true, false},
}

// dialect is how the store at hand speaks of permissions: in S3's names, if nothing
// else is known.
func (r *reading) dialect() dialect {
	if d, ok := dialects[r.Store.Kind]; ok {
		return d
	}
	return dialect{read: r.action, list: "s3:ListBucket", buckets: "s3:ListAllMyBuckets", told: r.Store.Kind == StoreMinIO}
}
