package lab

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what one-time codes are made of (RFC 4226)
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"time"
)

// A user with an MFA device has a virtual one, as an authenticator app is. Its
// seed follows from the user's name and stands on the card of `s403 lab`, so
// that any authenticator makes the codes.

// mfaStep is how long a code holds (RFC 6238); IAM takes the one before, too.
const mfaStep = 30 * time.Second

// mfaSeed is the secret of a user's device.
func mfaSeed(user string) []byte { return digest("mfa seed", user)[:20] }

// mfaSeedOf is the seed of the device as authenticator apps take it; empty for an
// actor whose user has none.
func (l *Lab) mfaSeedOf(a Actor) string {
	for _, u := range l.state.Load().world.Users {
		if u.Name == a.User && u.MFA {
			return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mfaSeed(u.Name))
		}
	}
	return ""
}

// mfaCode is the six-digit code of a seed at a time (RFC 6238).
func mfaCode(seed []byte, at time.Time) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(at.Unix())/uint64(mfaStep/time.Second))
	mac := hmac.New(sha1.New, seed)
	_, _ = mac.Write(counter[:]) // a hash does not fail
	sum := mac.Sum(nil)
	value := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&0xf:]) & 0x7fffffff
	return fmt.Sprintf("%06d", value%1_000_000)
}

// mfa checks the serial number and the code of a request; used tells whether
// there were any.
func (q *queryRequest) mfa() (used bool, refused *apiError) {
	serial, code := q.form.Get("SerialNumber"), q.form.Get("TokenCode")
	switch {
	case serial == "" && code == "":
		return false, nil
	case serial == "" || code == "":
		return false, accessDenied("MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.")
	}
	p := q.caller.principal
	if p == nil || !p.mfa || serial != p.device() {
		return false, accessDenied("MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.")
	}
	for _, at := range []time.Time{q.now, q.now.Add(-mfaStep)} {
		if subtle.ConstantTimeCompare([]byte(mfaCode(mfaSeed(p.Name), at)), []byte(code)) == 1 {
			return true, nil
		}
	}
	return false, failure(http.StatusForbidden, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
}

// device is the serial number of the user's MFA device.
func (p *principal) device() string {
	return fmt.Sprintf("arn:aws:iam::%s:mfa/%s", p.account.ID, p.name)
}
