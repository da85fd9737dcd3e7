package message

import (
	"fmt"
	"strings"
)

// summarize says in one sentence what was found and what to do next.
func summarize(m Message, reason clauseKind) string {
	switch {
	case m.Kind == Unknown:
		return "This does not look like an error of S3: paste the whole message, from the error code to the request id."
	case reason == bySetting:
		return "A setting of the bucket refuses this write: Block Public Access or the block on SSE-C, not a policy; its owner can change it."
	case m.Layer != "" && m.Effect != "":
		return layerSummary(m)
	case len(m.Causes) == 0:
		return "This refusal names no cause that S3 has for a read; look at the service and the operation that it names."
	}
	if reason == unread && guesswork(m) {
		return "AWS gave a reason that s403 does not know; read it after \"because\", and run \"s403 why s3://bucket/key\" to see what the policies say."
	}
	if said, ok := summaries[m.Causes[0]]; ok && !guesswork(m) {
		return said + regionHint(m)
	}
	return bareSummary(m)
}

// guesswork tells whether the text proves nothing: then no cause may be named
// as if it were the one.
func guesswork(m Message) bool {
	if m.Code == "InvalidRequest" && len(m.Causes) > 1 {
		return true
	}
	return len(m.Causes) > 4 && m.Causes[0] != "website-endpoint" && m.Causes[0] != "directory-bucket-session"
}

// layerSummary is for enhanced messages.
func layerSummary(m Message) string {
	who := m.Principal
	if who == "" {
		who = "the caller"
	}
	what := m.Action
	if m.Resource != "" {
		what += " on " + m.Resource
	}
	said := fmt.Sprintf("No %s allows %s %s", m.Layer, who, what)
	if m.Effect == ExplicitDeny {
		said = fmt.Sprintf("A Deny in %s %s stops %s from %s", article(m.Layer), m.Layer, who, what)
		if m.PolicyARN != "" {
			said = fmt.Sprintf("A Deny in %s (%s) stops %s from %s", m.PolicyARN, m.Layer, who, what)
		}
	}
	return said + ": " + layerAdvice(m) + "."
}

func article(layer string) string {
	if strings.HasPrefix(layer, "identity") {
		return "an"
	}
	return "a"
}

// layerAdvice says who can do what.
func layerAdvice(m Message) string {
	deny := m.Effect == ExplicitDeny
	switch {
	case strings.Contains(m.PolicyARN, "AWSCompromisedKeyQuarantine"):
		return "AWS quarantined this access key as leaked; replace the key, then detach the policy"
	case len(m.Causes) > 0 && m.Causes[0] == "missing-key":
		return "most likely there is no such key, and without s3:ListBucket S3 says 403 and not 404; check the key first"
	case len(m.Causes) > 0 && m.Causes[0] == "kms-permission":
		return "the object is encrypted with a KMS key; its policy must let the caller or the account use it, and as a rule the caller's own policies must allow it too"
	case m.Layer == LayerIdentity && deny, m.Layer == LayerResource && deny:
		return "find the Deny whose condition or resource covers this request and narrow it; another Allow will not help"
	case m.Layer == LayerIdentity:
		return "check that a policy of the caller allows this action on this very ARN and that its conditions hold"
	case m.Layer == LayerResource:
		return "caller and bucket are in different accounts, so the bucket's owner must allow the caller too; check that this is the profile you meant"
	case m.Layer == LayerSCP, m.Layer == LayerRCP:
		return "only an administrator of the organization can change it"
	case m.Layer == LayerBoundary:
		return "the boundary must allow it as well as a policy; whoever set the boundary can widen it"
	case m.Layer == LayerSession:
		return "assume the role again with a session policy that allows it; nothing else can widen the session"
	}
	return "whoever runs the VPC endpoint can change its policy; another network path avoids it"
}

// summaries of causes that the text proves.
var summaries = map[string]string{
	"presigned-expired":        "The presigned URL outlived its time: sign a new one.",
	"clock-skew":               "The clock that signed the request is more than 15 minutes off: set it right (NTP) and send the request again.",
	"anonymous":                "The request was not signed, and the public may not do this: give the client credentials.",
	"signature-version":        "The request was signed with Signature Version 2, which this region does not take: use Signature Version 4.",
	"sse-c-key":                "The object is encrypted with a customer-provided key: send the three SSE-C headers with the key that wrote it.",
	"kms-key-state":            "The KMS key of the object is disabled, pending deletion or gone: its owner can enable it or cancel the deletion.",
	"kms-permission":           "The caller may not use the KMS key of the object: the key's policy must let the caller or the account use the key, and as a rule the caller's own policies must allow kms:Decrypt too.",
	"account-problem":          "AWS refuses all access to this: check the bucket's name first, then ask AWS Support about the account that owns it.",
	"expired-credentials":      "The temporary credentials have expired: log in or assume the role again.",
	"invalid-token":            "The session token is malformed or not valid in this region: get new credentials from the regional STS endpoint.",
	"signature-mismatch":       "The signature does not fit: the secret key is wrong, or something on the way changed a signed header or the key's encoding.",
	"requester-pays":           "The bucket's readers pay: send x-amz-request-payer: requester, and AWS bills the caller for the request.",
	"region-mismatch":          "The request went to, or was signed for, another region than the bucket's: set the right region.",
	"archived":                 "The object is archived: restore it, and read it when the restore is done.",
	"throttled":                "S3 asks to slow down; this is no denial: retry with backoff.",
	"no-such-key":              "There is no such key or version: check its spelling, case and encoding.",
	"no-such-bucket":           "There is no such bucket: check its name and the endpoint.",
	"delete-marker":            "The version asked for is a delete marker: ask for an older version.",
	"network":                  "No answer came from S3: check the endpoint's name, the proxy, TLS and the network.",
	"invalid-access-key":       "The access key id is unknown here: it was deleted, or it belongs to another partition or store; where it begins with ASIA its session token is missing.",
	"missing-session-token":    "A temporary access key (ASIA…) was sent without its session token: set AWS_SESSION_TOKEN as well.",
	"directory-bucket-session": "A directory bucket refused the session: the caller needs s3express:CreateSession on it.",
	"website-endpoint":         "This is the website endpoint, which serves only public objects: use the REST endpoint with signed requests.",
	"proxy-interference":       "A web page answered in place of S3: a proxy, a portal or a CDN on the way refused the request.",
	"access-point-policy":      "The access point refuses it: its own policy and the bucket's must both allow the caller.",
}

// summarizeElsewhere is summarize for a store that is not AWS: what proves nothing is
// found out there with the store's own endpoint, and its owner knows what AWS would.
func summarizeElsewhere(m Message, reason clauseKind) string {
	switch {
	case m.Kind == Unknown || len(m.Causes) == 0:
		return summarize(m, reason)
	case guesswork(m) || summaries[m.Causes[0]] == "":
		return "The store gave no reason: run \"s403 why s3://bucket/key --endpoint-url URL\", or ask whoever runs it what this access key may do."
	}
	if said, ok := summariesElsewhere[m.Causes[0]]; ok {
		return said
	}
	return summaries[m.Causes[0]] + regionHint(m)
}

// summariesElsewhere are those of summaries that would name what only AWS has.
var summariesElsewhere = map[string]string{
	"account-problem":       "The store refuses all access to this: check the bucket's name first, then ask whoever runs the store about the account.",
	"invalid-token":         "The session token is malformed or not one of this store: get fresh credentials from whoever issues them.",
	"expired-credentials":   "The temporary credentials have expired: get fresh ones from whoever issues them.",
	"kms-permission":        "The encryption key of the object may not be used: whoever runs the store must let it be used.",
	"kms-key-state":         "The encryption key of the object is disabled or gone: whoever runs the store can enable or restore it.",
	"invalid-access-key":    "The access key id is unknown here: it was deleted, is misspelt, or belongs to another store.",
	"missing-session-token": "The access key id is unknown here: it was deleted, is misspelt, or belongs to another store; a temporary one needs its session token.",
	"throttled":             "The store asks to slow down; this is no denial: retry with backoff.",
	"network":               "No answer came from the store: check the endpoint's name, the proxy, TLS and the network.",
	"website-endpoint":      "This is the website endpoint, which serves only public objects: use the address that takes signed requests.",
	"proxy-interference":    "A web page answered in place of the store: a proxy, a portal or a CDN on the way refused the request.",
}

func regionHint(m Message) string {
	if m.Causes[0] == "region-mismatch" && m.Region != "" {
		return " The bucket is in " + m.Region + "."
	}
	return ""
}

// bareSummary is for refusals that prove nothing.
func bareSummary(m Message) string {
	switch {
	case strings.HasPrefix(m.Operation, "Head") || m.Code == "Forbidden" || m.Code == "BadRequest":
		return "The answer to a HEAD has no body, so this text proves no cause: run \"s403 why s3://bucket/key\", which asks S3 in ways that do answer."
	case m.Code == "AccessDenied":
		return "S3 gave no reason, which it does outside the bucket's organization and in a few other cases: run \"s403 why s3://bucket/key\" to find it."
	}
	return "This text proves no cause by itself: run \"s403 why s3://bucket/key\" to find it."
}
