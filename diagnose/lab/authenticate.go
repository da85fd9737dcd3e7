package lab

import (
	"crypto/subtle"
	"net/http"
	"time"
)

// authenticate finds out who made the request: her key, the time she signed at,
// her token, and whether the signature is hers. A request that is not signed is
// an anonymous caller's. body is what was read of it, for services that hash it.
func (l *Lab) authenticate(st *state, r *http.Request, sig *signature, body []byte, now time.Time) (caller, *apiError) {
	if sig == nil {
		return caller{}, nil
	}
	cred := st.credentials[sig.keyID]
	if cred == nil {
		cred = l.sessions.find(sig.keyID)
	}
	if cred == nil || cred.inactive {
		return caller{}, unknownKey(sig.keyID)
	}
	token := sig.token
	if cred.bucket != "" { // an S3 Express session's token travels in a header of its own
		token = r.Header.Get("X-Amz-S3session-Token")
	}
	if cred.token != "" && token == "" { // AWS knows temporary keys only with their token
		return caller{}, unknownKey(sig.keyID)
	}
	if err := sig.checkSigned(r); err != nil {
		return caller{}, err
	}
	if err := sig.checkTime(now, r.Header); err != nil {
		return caller{}, err
	}
	if err := cred.checkToken(token, now); err != nil {
		return caller{}, err
	}
	if err := sig.verify(r, cred.secret, payloadHash(r, sig, body)); err != nil {
		return caller{}, err
	}
	return caller{cred: cred, principal: st.principals[cred.principal]}, nil
}

func unknownKey(id string) *apiError {
	return failure(http.StatusForbidden, "InvalidAccessKeyId",
		"The AWS Access Key Id you provided does not exist in our records.", element{"AWSAccessKeyId", id})
}

// checkToken holds the session token against the one that goes with the key.
func (c *credential) checkToken(token string, now time.Time) *apiError {
	switch {
	case c.token == "" && token == "":
		return nil
	case subtle.ConstantTimeCompare([]byte(c.token), []byte(token)) != 1 || c.garbled:
		return failure(http.StatusBadRequest, "InvalidToken",
			"The provided token is malformed or otherwise invalid.", element{"Token-0", token})
	case now.After(c.expires):
		return failure(http.StatusBadRequest, "ExpiredToken",
			"The provided token has expired.", element{"Token-0", token})
	}
	return nil
}

// now is the lab's clock as the holder of the key sees it.
func (l *Lab) now(st *state, keyID string) time.Time {
	now := l.clock()
	if c := st.credentials[keyID]; c != nil {
		return now.Add(c.clock)
	}
	return now
}
