package diagnose

import "strings"

// earlyCause names the cause that S3's code proves before any policy is read:
// key, token, signature, clock, region, account. Empty when the code proves
// none of them. The codes are those of the S3 API reference, "List of error
// codes", and of STS.
func earlyCause(l *live, e *Evidence) CauseID {
	if id, ok := earlyCodes[strings.ToLower(l.code)]; ok {
		return earlyVariant(id, e)
	}
	text := strings.ToLower(l.text)
	switch {
	case strings.Contains(text, "request has expired"):
		return CausePresignedExpired
	case strings.Contains(text, "request is not valid yet"):
		return CauseClockSkew
	case strings.Contains(text, "aws4-hmac-sha256"):
		return CauseSignatureVersion
	case malformedScope(l.code):
		return scopeCause(l)
	case e.Head.Value.Status == 301: // 307 is a new bucket whose name is still spreading in DNS
		return CauseRegionMismatch
	}
	return badRequestCause(l, e)
}

// earlyCodes are the codes that speak for themselves, in lower case.
var earlyCodes = map[string]CauseID{
	"invalidaccesskeyid":                 CauseInvalidAccessKey,
	"invalidclienttokenid":               CauseInvalidAccessKey,
	"unrecognizedclientexception":        CauseInvalidAccessKey,
	"invalidsecurity":                    CauseInvalidAccessKey,
	"signaturedoesnotmatch":              CauseSignatureMismatch,
	"invalidsignatureexception":          CauseSignatureMismatch,
	"requesttimetooskewed":               CauseClockSkew,
	"requestinthefuture":                 CauseClockSkew,
	"expiredtoken":                       CauseExpiredCredentials,
	"expiredtokenexception":              CauseExpiredCredentials,
	"tokenrefreshrequired":               CauseExpiredCredentials,
	"invalidtoken":                       CauseInvalidToken,
	"expiredrequest":                     CausePresignedExpired,
	"permanentredirect":                  CauseRegionMismatch,
	"illegallocationconstraintexception": CauseRegionMismatch,
	"notsignedup":                        CauseAccountProblem,
	"accountproblem":                     CauseAccountProblem,
	"invalidpayer":                       CauseAccountProblem,
	"allaccessdisabled":                  CauseAccountProblem,
}

// earlyVariant tells the temporary key without its token from a key that is
// unknown: S3 answers both with the same code. To a store that is known not to be AWS
// a key of AWS is unknown, be it whole or not.
func earlyVariant(id CauseID, e *Evidence) CauseID {
	if id == CauseInvalidAccessKey && tokenless(e) && !e.Store.foreign() {
		return CauseMissingSessionToken
	}
	return id
}

// tokenless tells that the request was signed with a temporary key and went
// without the session token that belongs to it (IAM user guide, unique ids).
func tokenless(e *Evidence) bool {
	c := e.Credentials
	return c.Known() && c.Value.Prefix == "ASIA" && !c.Value.SessionToken
}

// malformedScope tells the two codes for a credential scope that S3 rejects;
// a wrong region is the most frequent of several reasons.
func malformedScope(code string) bool {
	return code == "AuthorizationHeaderMalformed" || code == "AuthorizationQueryParametersError"
}

// scopeCause reads what is wrong with a credential scope: S3 names the region
// that it wants when it is the region.
func scopeCause(l *live) CauseID {
	text := strings.ToLower(l.text)
	if l.extra["Region"] != "" || l.said.Region != "" || strings.Contains(text, "region") {
		return CauseRegionMismatch
	}
	return CauseSignatureMismatch
}

// badRequestCause explains a HEAD answered with a bare 400 by what else is
// known for sure: STS said that the token has expired or is broken.
func badRequestCause(l *live, e *Evidence) CauseID {
	if l.code != "" || e.Head.Value.Status != 400 {
		return ""
	}
	switch e.Caller.Source.Code {
	case "ExpiredToken", "ExpiredTokenException":
		return CauseExpiredCredentials
	case "InvalidToken":
		return CauseInvalidToken
	}
	return ""
}
