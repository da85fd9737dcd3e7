package diagnose

import (
	"strings"

	"s403/diagnose/policy"
)

// The fixes of requests that hide behind the refused one: to KMS, for the key of
// the object, and to open the session of a directory bucket. Each has an action
// and documents of its own, so each is evaluated in a reading of its own.

const (
	keyPolicyName  = "key policy"
	decryptAction  = "kms:Decrypt"
	sessionAction  = "s3express:CreateSession"
	sessionModeKey = "s3express:SessionMode"
)

// asking is the same caller's other request, judged by the same documents.
func (r *reading) asking(action, resource string) *reading {
	other := *r
	evidence := *r.Evidence
	other.Evidence = &evidence
	other.action, other.resource = action, resource
	return &other
}

// fixKMSPermission: the key policy and the caller's own policies both count.
func fixKMSPermission(r *reading, _ Finding) []Fix {
	if !r.awsRules() {
		return r.keyElsewhere()
	}
	key := firstOf(r.KMSKey.Value.ARN, firstOf(r.live.said.Resource, r.Encryption.Value.KeyID))
	if r.KMSKey.Value.Manager == "AWS" && r.relation == otherAccount {
		return []Fix{ask(WhoBucketOwner, "Encrypt the object with a key of your own",
			"The AWS managed key aws/s3 can never be used from another account: copy the object over itself with a customer managed key, and share that key.")}
	}
	if !strings.HasPrefix(key, "arn:") || r.identityARN() == "" {
		return []Fix{ask(WhoKeyOwner, "Let the caller use the KMS key",
			"The key policy must allow kms:Decrypt to "+firstOf(r.identityARN(), "the caller")+", and so must the caller's own policies.")}
	}
	k := r.onKey(key)
	layer, effect := k.keyRefusal()
	if layer == "" {
		return []Fix{ask(WhoKeyOwner, "Look at the conditions of the key policy",
			"The policies that were read allow kms:Decrypt on "+key+" as far as can be seen: a condition, such as kms:ViaService or an encryption context, decides.")}
	}
	return k.fixesFor(layer, effect)
}

// onKey is the reading of the request that S3 makes to KMS in the caller's name.
// The key policy stands where the bucket policy does, and neither VPC endpoint
// nor access point has a say in it (KMS Developer Guide, "Key policies in AWS KMS").
func (r *reading) onKey(key string) *reading {
	k := r.asking(decryptAction, key)
	k.door, k.relation = keyPolicyName, sameAccount
	if arnAccount(key) != r.callerAccount() {
		k.relation = otherAccount
	}
	k.OwnerOfBucket = KnownFact(arnAccount(key), r.KMSKey.Source)
	k.BucketPolicy = Fact[PolicyDoc]{State: Denied, Source: r.KMSKey.Source}
	if r.KMSKey.Value.Policy.Document != nil {
		k.BucketPolicy = KnownFact(r.KMSKey.Value.Policy, r.KMSKey.Source)
	}
	k.VPCEndpoint, k.AccessPoint = Fact[VPCEndpoint]{}, Fact[AccessPoint]{}
	k.evaluateOnce(policy.Evaluate)
	return k
}

// keyRefusal is the layer that keeps the caller from the key: the one that AWS's
// sentence names; else what the documents say; else the key policy, for which
// AWS has one sentence that names no layer.
func (r *reading) keyRefusal() (policy.Layer, policy.Effect) {
	said := r.live.said
	if said.Layer != "" && strings.EqualFold(said.Action, decryptAction) {
		if said.Layer != layerResource && r.eval.set.Resource == nil {
			r.eval.set.Resource = everything // the key policy was passed, whatever it says
		}
		return policy.Layer(said.Layer), policy.Effect(said.Effect)
	}
	effect, layer := r.weighed(&r.eval.set)
	switch {
	case effect != policy.Allow:
		return layer, effect
	case !r.bucketPolicyRead():
		return policy.ResourceBased, policy.ImplicitDeny
	}
	return "", ""
}

// fixKMSKeyState: a key that waits for its deletion is disabled, and cancelling
// leaves it so: it has to be enabled as well (AWS KMS, "Deleting AWS KMS keys").
func fixKMSKeyState(r *reading, _ Finding) []Fix {
	if !r.awsRules() {
		return r.keyElsewhere()
	}
	key := shellWord(firstOf(r.KMSKey.Value.ARN, firstOf(r.Encryption.Value.KeyID, "KEY-ID")))
	enable := command(WhoKeyOwner, "Enable the key", "aws kms enable-key --key-id "+key)
	enable.Applies = Place{Layer: "key state", Owner: firstOf(r.KMSKey.Value.ARN, r.Encryption.Value.KeyID)}
	enable.After = pretty(members{{"KeyState", encode("Enabled")}})
	if r.KMSKey.Value.State == "PendingDeletion" || strings.Contains(r.live.text, "pending deletion") {
		return []Fix{command(WhoKeyOwner, "Cancel the deletion of the key, while its waiting time lasts",
			"aws kms cancel-key-deletion --key-id "+key), enable}
	}
	return []Fix{enable, ask(WhoKeyOwner, "If the key is gone, restore the object from elsewhere", "What a deleted key encrypted cannot be read by anybody.")}
}

// fixDirectoryBucketSession: a directory bucket knows one action, CreateSession,
// and its refusals name no layer, so the documents alone tell which.
func fixDirectoryBucketSession(r *reading, _ Finding) []Fix {
	account := firstOf(r.bucketAccount(), r.callerAccount())
	if account == "" || r.identityARN() == "" {
		return []Fix{ask(WhoCaller, "Allow s3express:CreateSession on the bucket", "Directory buckets need s3express:CreateSession and none of the s3: actions.")}
	}
	partition := firstOf(r.Target.Partition, "aws")
	s := r.asking(sessionAction, "arn:"+partition+":s3express:"+r.Target.Region+":"+account+":bucket/"+r.Target.Bucket)
	s.evaluateOnce(policy.Evaluate)
	effect, layer := s.weighed(&s.eval.set)
	switch {
	case effect != policy.Allow:
		return s.fixesFor(layer, effect)
	case !s.layerRead(layerIdentity):
		return s.fixesFor(policy.IdentityBased, policy.ImplicitDeny)
	}
	return []Fix{ask(WhoBucketOwner, "Look at what could not be read",
		"The policies that were read allow s3express:CreateSession: the bucket policy, or an organization's, refuses it.")}
}
