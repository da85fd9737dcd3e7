package s3view

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/smithy-go"
)

// Credentials are what signs the requests and the story of how they were
// found. No secret is in here.
type Credentials struct {
	Source       string    // which source won: "environment", "profile dev", …
	Hidden       []string  // sources that would have given credentials, had this one not won
	Profile      string    // the profile that was read, also where it did not win
	AccessKeyID  string    // first and last four characters
	Prefix       string    // the first four: "AKIA" long-term, "ASIA" temporary
	SessionToken bool      // a session token goes with it
	Expires      time.Time // zero: they do not, as far as can be known
	Anonymous    bool      // nothing signs the requests
}

// Expired tells whether the credentials ended before now.
func (c Credentials) Expired(now time.Time) bool {
	return !c.Expires.IsZero() && !now.Before(c.Expires)
}

// Credentials fetches the session's credentials, which may ask STS, SSO, a
// process, or the person for an MFA code, and tells their story. The story is
// told as far as it is known also when fetching them ends in an error.
func (s *Session) Credentials(ctx context.Context) (Credentials, error) {
	c := s.story()
	if c.Anonymous {
		return c, nil
	}
	if s.cfg.Credentials == nil {
		return c, &Error{Op: "credentials", Message: noneFound, Hint: noneHint, credentials: true}
	}
	v, err := s.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return c, newError("credentials", Location{}, err)
	}
	c.AccessKeyID, c.SessionToken = MaskKeyID(v.AccessKeyID), v.SessionToken != ""
	c.Prefix = v.AccessKeyID[:min(4, len(v.AccessKeyID))]
	if v.CanExpire {
		c.Expires = v.Expires
	}
	return c, nil
}

// story tells which source the SDK takes and which it passes over: the order of
// resolveCredentialChain in the SDK's config package. A profile named by flag
// beats keys in the environment; one named by AWS_PROFILE does not.
func (s *Session) story() Credentials {
	env, shared := s.sources()
	c := Credentials{Profile: shared.Profile}
	profile := profileSource(shared)
	fromEnv := env.Credentials.HasKeys()
	fromWeb := env.WebIdentityTokenFilePath != ""
	var order []string
	add := func(has bool, name string) {
		if has {
			order = append(order, name)
		}
	}
	switch {
	case s.opts.NoSignRequest:
		c.Anonymous = true
		add(true, "anonymous (--no-sign-request)")
	case s.opts.Keys != nil:
		add(true, "keys of the lab")
	case s.opts.Profile != "":
		add(profile != "", profile)
	}
	add(fromEnv, "environment (AWS_ACCESS_KEY_ID)")
	add(fromWeb, "web identity token of the environment")
	if s.opts.Profile == "" || c.Anonymous {
		add(profile != "", profile)
	}
	add(env.ContainerCredentialsRelativePath != "" || env.ContainerCredentialsEndpoint != "", "container credentials")
	if len(order) == 0 {
		order = []string{"instance metadata (IMDS)"}
	}
	c.Source, c.Hidden = order[0], order[1:]
	return c
}

// sources finds what the SDK read from environment and files.
func (s *Session) sources() (env config.EnvConfig, shared config.SharedConfig) {
	for _, source := range s.cfg.ConfigSources {
		switch v := source.(type) {
		case config.EnvConfig:
			env = v
		case config.SharedConfig:
			shared = v
		}
	}
	return env, shared
}

// profileSource says in a few words what kind of credentials a profile gives;
// "" when it gives none.
func profileSource(p config.SharedConfig) string {
	name := "profile " + p.Profile
	via := ""
	switch {
	case p.Source != nil:
		via = " through profile " + p.Source.Profile
	case p.Credentials.HasKeys():
	case p.CredentialSource != "":
		via = " (credential_source " + p.CredentialSource + ")"
	case p.WebIdentityTokenFile != "":
		via = " (web identity token)"
	case p.SSOSession != nil:
		via = " (SSO session " + p.SSOSession.Name + ")"
	case p.SSOStartURL != "":
		via = " (SSO)"
	case p.LoginSession != "":
		via = " (aws login)"
	case p.CredentialProcess != "":
		via = " (credential_process)"
	default:
		return ""
	}
	if p.RoleARN != "" {
		return fmt.Sprintf("%s (role %s%s)", name, p.RoleARN, via)
	}
	return name + via
}

const (
	noneFound = "no credentials were found"
	noneHint  = "choose a profile with --profile, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ask anonymously with --no-sign-request"
)

// credentialTrouble explains an error of a credential source: what is wrong and
// which command mends it; empty for other errors.
func credentialTrouble(err error) (message, hint string) {
	var mfa *mfaNeeded
	var login *loginEnded
	var process *processcreds.ProviderError
	text := err.Error()
	switch {
	case errors.As(err, &mfa):
		return mfa.Error(), "open the explorer, which asks for the code, or use a session that has one"
	case errors.Is(err, ErrNoMFACode):
		return ErrNoMFACode.Error(), "ask again to be asked for it"
	case errors.As(err, &login):
		return login.Error(), "run " + login.command
	case errors.As(err, &process):
		return "credential_process of the profile did not give credentials: " + oneLine(innermost(process.Err).Error()),
			"run the command of credential_process by hand to see why"
	case noCredentials(err):
		return noneFound, noneHint
	case credentialCall(err) != "" && answered(err):
		return refusedCredentials(credentialCall(err), err)
	case strings.Contains(text, "static credentials are empty"):
		return noneFound, noneHint
	}
	return "", ""
}

// answered tells whether a service answered, if only to refuse.
func answered(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api)
}

// noCredentials tells whether the SDK came to the end of its chain, where the
// instance metadata service does not answer.
func noCredentials(err error) bool {
	text := err.Error()
	return strings.Contains(text, ec2rolecreds.ProviderName) || strings.Contains(text, "no EC2 IMDS role found") ||
		strings.Contains(text, "ec2imds") || strings.Contains(text, "static credentials are empty")
}

// tlsTrouble explains a certificate that is not trusted; empty for other errors.
func tlsTrouble(err error) string {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &record):
		return "the server does not speak TLS on that port"
	case errors.As(err, &unknown):
		return "the server's certificate is signed by an unknown authority"
	case errors.As(err, &host):
		return "the server's certificate is for another host: " + oneLine(host.Error())
	case errors.As(err, &invalid), errors.As(err, &verify):
		return "the server's certificate is not valid: " + oneLine(innermost(err).Error())
	}
	return ""
}
