package s3view

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
)

// ErrNoMFACode is what Options.MFAToken returns when the person gives no code.
var ErrNoMFACode = errors.New("no code of the MFA device was given")

// tokenLimit bounds what is read of a cached token, in bytes.
const tokenLimit = 1 << 20

// loginProfile is the profile whose login the session's credentials come from:
// itself, or the source at the end of its chain of roles. ok is false where
// credentials come from anything but a login.
func (s *Session) loginProfile() (p config.SharedConfig, ok bool) {
	_, p = s.sources()
	for p.Source != nil {
		p = *p.Source
	}
	return p, p.SSOSession != nil || p.SSOStartURL != "" || p.LoginSession != ""
}

// LoginCommand is the command that logs in to what the session's profile rests
// on; empty where there is nothing to log in to.
func (s *Session) LoginCommand() string {
	p, ok := s.loginProfile()
	switch {
	case !ok:
		return ""
	case p.LoginSession != "":
		return ShellJoin([]string{"aws", "login", "--profile", p.Profile})
	}
	return ShellJoin([]string{"aws", "sso", "login", "--profile", p.Profile})
}

// LoggedIn tells whether the cached token of the profile's SSO session is valid
// at now. It reads one file and asks nobody, so it can be looked at again and
// again while the person logs in ("SSO token provider configuration" in the AWS
// SDKs guide names the file).
func (s *Session) LoggedIn(now time.Time) bool {
	p, ok := s.loginProfile()
	if !ok {
		return false
	}
	key := p.SSOStartURL
	if p.SSOSession != nil {
		key = p.SSOSession.Name
	}
	file, err := ssocreds.StandardCachedTokenFilepath(key)
	if err != nil {
		return false
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() > tokenLimit {
		return false
	}
	text, err := os.ReadFile(file) //nolint:gosec // the SDK's own cache of this profile
	if err != nil {
		return false
	}
	var token struct{ ExpiresAt time.Time }
	return json.Unmarshal(text, &token) == nil && now.Before(token.ExpiresAt)
}

// loginEnded is the error of a login that has ended, with the command that
// begins another.
type loginEnded struct {
	command string
	err     error
}

func (e *loginEnded) Error() string { return "the login of the profile has ended, or was never begun" }
func (e *loginEnded) Unwrap() error { return e.err }

// telling names the command in the errors of a login that has ended.
type telling struct {
	aws.CredentialsProvider
	command string
}

// Retrieve is the provider's, with its error told.
func (t telling) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := t.CredentialsProvider.Retrieve(ctx)
	if err != nil && loginOver(err) {
		err = &loginEnded{t.command, err}
	}
	return c, err
}

// tellLogin lets the session's errors name the command that logs in.
func (s *Session) tellLogin() {
	if c := s.LoginCommand(); c != "" && s.cfg.Credentials != nil && !s.Anonymous() {
		s.cfg.Credentials = telling{s.cfg.Credentials, c}
	}
}

// loginOver tells that a token is missing, has ended or is not taken any more;
// an SSO that cannot be reached is another matter. The SDK has a type for one of
// these errors only, and words for the others.
func loginOver(err error) bool {
	var token *ssocreds.InvalidTokenError
	var api smithy.APIError
	if errors.As(err, &token) {
		return true
	}
	if errors.As(err, &api) {
		call := credentialCall(err)
		return call == "GetRoleCredentials" && api.ErrorCode() == "UnauthorizedException" || call == "CreateToken" || call == "CreateOAuth2Token"
	}
	text := err.Error()
	return strings.Contains(text, "cached SSO token") || strings.Contains(text, "reauthenticate")
}

// credentialCall is the operation that failed while credentials were fetched,
// such as "AssumeRole", the innermost of a chain; empty when err has nothing to
// do with that.
func credentialCall(err error) (call string) {
	for op := (*smithy.OperationError)(nil); errors.As(err, &op); err = op.Err {
		switch name := op.OperationName; name {
		case "AssumeRole", "AssumeRoleWithWebIdentity", "GetRoleCredentials", "CreateToken", "CreateOAuth2Token":
			call = name
		}
	}
	return call
}

// refusedCredentials explains the refusal of a call that fetches credentials,
// which is no refusal of S3: nothing was sent there.
func refusedCredentials(call string, err error) (message, hint string) {
	text := oneLine(innermost(err).Error())
	switch {
	case strings.Contains(text, "MultiFactorAuthentication failed"):
		return "the code of the MFA device was not accepted", "give the next one: a code is good for one login"
	case call == "GetRoleCredentials":
		return "SSO gives no credentials for the role of the profile: " + text,
			"check sso_account_id and sso_role_name, or ask for the role to be assigned"
	case call == "AssumeRole", call == "AssumeRoleWithWebIdentity":
		return "the role of the profile could not be assumed: " + text,
			"check role_arn, source_profile and the role's trust policy"
	}
	return "", ""
}
