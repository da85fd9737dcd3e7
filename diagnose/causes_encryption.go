package diagnose

import (
	"fmt"
	"strings"
)

// The judges of station 13: the key that the object is encrypted with.

// judgeKMSPermission: GET of an object under SSE-KMS needs kms:Decrypt, and HEAD
// needs it only for the checksum that x-amz-checksum-mode asks for (API_HeadObject),
// so a plain HEAD that is refused is refused for something else.
func judgeKMSPermission(r *reading) Finding {
	if f, ok := r.keyBehind(); ok {
		return f
	}
	why := r.keyWhy()
	switch {
	case r.live.stop == stopUnseen:
		return r.unseen()
	case r.live.stop == stopAllowed:
		return ruledOut(Reported, "HEAD and GET were allowed", r.liveShown())
	case r.live.stop == stopKMS && r.keyUnusable() == "":
		return r.kmsReported(why)
	case r.live.stop == stopKMS:
		return ruledOut(Reported, "the state of the key explains it", r.liveShown())
	case r.Options.ChecksumMode && allowed(r.HeadWithoutChecksum) && r.Head.Value.Status == 403:
		return confirmed(Reported, why+"; HEAD needs it only for the checksums that were asked for", show("HEAD refused", r.Head.Source),
			show("allowed without checksum mode", r.HeadWithoutChecksum.Source))
	case allowed(r.Head) && r.live.stop == stopBare && r.encryptedByKMS():
		return likely(Inferred, why+": HEAD is allowed, and GET of this encrypted object is not", r.liveShown())
	case r.live.stop == stopReason || r.live.stop == stopListing:
		return ruledOut(Reported, "what "+r.store()+" refused is "+r.live.said.Action+", not the use of a key", r.liveShown())
	case refused(r.Head) && !r.Options.ChecksumMode:
		return ruledOut(Inferred, "a HEAD without checksum mode never needs the key that the object is encrypted with", r.liveShown())
	case refused(r.Head) && !r.maybeKMS():
		return ruledOut(Inferred, "the object is not encrypted with a key of a key management service", r.liveShown())
	case refused(r.Head) && r.live.stop != stopEarly && r.live.stop != stopAbsent:
		return possible("checksum mode was asked for, which needs the key of an encrypted object; HEAD without it would tell")
	default:
		return ruledOut(Reported, r.store()+" answered "+r.liveName(), r.liveShown())
	}
}

// keyName is what the object is encrypted with, for a sentence: only AWS's service is
// called KMS alone.
func (r *reading) keyName() string {
	if r.awsRules() {
		return "KMS key of the object"
	}
	return "encryption key of the object"
}

// keyWhy says that the key refuses. At AWS the caller needs a right to it; elsewhere
// the store itself uses it.
func (r *reading) keyWhy() string {
	if r.awsRules() {
		return "The caller may not use the KMS key of the object: kms:Decrypt is missing"
	}
	return "The encryption key of the object may not be used"
}

// kmsReported: the sentence is about KMS. AWS says in one text that a key is in
// another account, gone, or that its policy does not allow.
func (r *reading) kmsReported(why string) Finding {
	shown := []Shown{r.liveShown()}
	if r.KMSKey.Known() {
		shown = append(shown, show(fmt.Sprintf("key %s: %s", r.KMSKey.Value.ARN, r.KMSKey.Value.State), r.KMSKey.Source))
	}
	if strings.Contains(r.live.text, "does not exist in this Region") && !r.KMSKey.Known() {
		return likely(Inferred, why+", or the key does not exist any more: AWS uses one sentence for both", shown...)
	}
	if refused(r.Head) && !r.Options.ChecksumMode {
		return likely(Inferred, why+" for GET; what refuses HEAD is something else", shown...)
	}
	return confirmed(Reported, why, shown...)
}

// keyUnusable is the state in which nobody can use the key; "" when it is
// usable or not known.
func (r *reading) keyUnusable() string {
	if strings.HasPrefix(r.live.code, "KMS.") && r.live.code != "KMS.AccessDeniedException" {
		return r.live.code
	}
	if s := r.KMSKey.Value.State; r.KMSKey.Known() && s != "" && s != "Enabled" {
		return s
	}
	return ""
}

// encryptedByKMS tells that the object itself is known to be encrypted with KMS.
func (r *reading) encryptedByKMS() bool {
	return strings.HasPrefix(r.Head.Value.Header["x-amz-server-side-encryption"], "aws:kms") ||
		r.Encryption.Known() && strings.HasPrefix(r.Encryption.Value.Algorithm, "aws:kms")
}

// maybeKMS tells that nothing speaks against KMS.
func (r *reading) maybeKMS() bool {
	return !r.Encryption.Known() || r.encryptedByKMS() || r.Encryption.Note != ""
}

// judgeKMSKeyState: a key that is disabled, pending deletion or gone is nobody's to
// use; KMS names the state in its code (KMS Developer Guide, "Key states").
func judgeKMSKeyState(r *reading) Finding {
	state := r.keyUnusable()
	switch {
	case r.live.stop == stopUnseen:
		return r.unseen()
	case r.live.stop == stopAllowed:
		return ruledOut(Reported, "HEAD and GET were allowed", r.liveShown())
	case r.live.stop == stopKMS && state != "":
		return confirmed(Reported, "The "+r.keyName()+" cannot be used by anybody: "+r.stateWords(state), r.liveShown())
	case r.live.stop == stopKMS && r.KMSKey.Known():
		return ruledOut(Reported, "the key is enabled", show("key "+r.KMSKey.Value.State, r.KMSKey.Source))
	case r.live.stop == stopKMS && strings.Contains(r.live.text, "does not exist in this Region"):
		return possible("the same sentence is used when the key does not exist any more; kms:DescribeKey would tell", r.liveShown())
	case allowed(r.HeadWithoutChecksum) && (state != "" || r.Head.Value.Status == 400):
		return likely(Inferred, "The "+r.keyName()+" cannot be used by anybody: "+r.stateWords(state), show("key", r.KMSKey.Source))
	case r.live.stop == stopBlind && r.Head.Value.Status == 400 && r.Options.ChecksumMode:
		return possible("HEAD with checksum mode fails so when the key is disabled; a GET would tell")
	default:
		return ruledOut(Reported, r.store()+" answered "+r.liveName()+", not an error about the encryption key", r.liveShown())
	}
}

// stateWords puts the state or code of a key into words.
func (r *reading) stateWords(state string) string {
	text := strings.ToLower(r.live.text)
	switch {
	case strings.Contains(state, "Disabled") || strings.Contains(text, "disabled"):
		return "it is disabled"
	case strings.Contains(state, "Pending") || strings.Contains(text, "pending deletion"):
		return "it is waiting for its deletion"
	case strings.Contains(state, "NotFound"):
		return "it does not exist any more"
	default:
		return state
	}
}

// judgeSSECKey: S3 keeps no key of the customer's, so each request must carry it:
// without it the answer is 400, with a wrong one 403 (S3 User Guide, "Using
// server-side encryption with customer-provided keys").
func judgeSSECKey(r *reading) Finding {
	switch {
	case r.live.stop == stopUnseen:
		return r.unseen()
	case r.live.stop == stopAllowed:
		return ruledOut(Reported, "HEAD and GET were allowed", r.liveShown())
	case r.live.stop == stopSSEC && r.Options.SSECustomer:
		return confirmed(Reported, "The customer's encryption key that was sent is not the one the object was stored with", r.liveShown())
	case r.live.stop == stopSSEC:
		return confirmed(Reported, "The object was stored with a customer's encryption key (SSE-C), and the request does not carry it", r.liveShown())
	case r.Options.SSECustomer && (r.live.stop == stopBare || r.live.stop == stopBlind):
		return possible("a wrong customer's key is refused with 403", r.liveShown())
	case r.live.stop == stopBlind && r.Head.Value.Status == 400:
		return possible("an object stored with a customer's key answers 400 without it; a GET would tell", r.liveShown())
	case !r.Options.SSECustomer && r.Head.Value.Status == 403:
		return ruledOut(Inferred, "a missing customer's key is answered 400, not 403", r.liveShown())
	default:
		return ruledOut(Reported, r.store()+" answered "+r.liveName(), r.liveShown())
	}
}
