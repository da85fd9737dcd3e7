package diagnose

import (
	"net/url"
	"strings"
)

// The fixes of what goes wrong before any policy is asked: credentials, clock,
// signature, region, network.

// profileFlag names the profile that the credentials came from.
func (r *reading) profileFlag() string {
	if name, ok := strings.CutPrefix(r.Credentials.Value.Source, "profile "); ok {
		return " --profile " + shellWord(name)
	}
	return ""
}

// fixAnonymous: either signing was turned off, or no credentials were found.
func fixAnonymous(r *reading, _ Finding) []Fix {
	if r.Options.Unsigned {
		return []Fix{command(WhoCaller, "Sign the request", "s403 why "+r.s3URI())}
	}
	fixes := []Fix{command(WhoCaller, "Give the client credentials", "aws configure"+r.profileFlag())}
	if r.awsRules() {
		fixes = append(fixes, command(WhoCaller, "or sign in, with IAM Identity Center", "aws sso login"+r.profileFlag()))
	}
	return fixes
}

// fixInvalidAccessKey: most often the wrong source of credentials hides the right
// one, so that is looked at first.
func fixInvalidAccessKey(r *reading, _ Finding) []Fix {
	if !r.awsRules() {
		return []Fix{ask(WhoCaller, "Use a key of this store", "The access key id is not known to "+r.store()+": keys of another store do not work here.")}
	}
	return []Fix{
		command(WhoCaller, "See which credentials are in use, and where they come from", "aws configure list"+r.profileFlag()),
		ask(WhoCaller, "Get a key that is alive", "The key was deleted or belongs to another partition (China, GovCloud) or store: sign in again, or make a new key."),
	}
}

// fixMissingSessionToken names the variables and no value: a report holds no secret.
func fixMissingSessionToken(_ *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "Set all three: a temporary key is nothing without its token",
		"export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… AWS_SESSION_TOKEN=…")}
}

// fixSignatureMismatch: a secret cut in copying is the commonest cause, a proxy
// that changes signed headers the next.
func fixSignatureMismatch(r *reading, _ Finding) []Fix {
	return []Fix{
		command(WhoCaller, "Enter the secret key again", "aws configure"+r.profileFlag()),
		ask(WhoNetworkAdmin, "Look for a proxy that rewrites", "If the secret is right, something changes a signed header, the path or the method on the way: compare the canonical request in "+r.store()+"'s answer with the one sent."),
	}
}

// fixClockSkew: S3 takes requests that are up to 15 minutes off (error code
// RequestTimeTooSkewed); only a clock that is kept right stays within that.
func fixClockSkew(_ *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "Set the clock by the network", "sudo timedatectl set-ntp true")}
}

func fixExpiredCredentials(r *reading, _ Finding) []Fix {
	if !r.awsRules() {
		return freshElsewhere()
	}
	return []Fix{
		command(WhoCaller, "Sign in again", "aws sso login"+r.profileFlag()),
		ask(WhoCaller, "Or assume the role again", "Credentials in environment variables are not renewed by anybody: unset them, or replace all three."),
	}
}

// fixInvalidToken: tokens of the global STS endpoint are not valid in opt-in
// regions (IAM user guide, "Manage AWS STS in an AWS Region").
func fixInvalidToken(r *reading, _ Finding) []Fix {
	if !r.awsRules() {
		return freshElsewhere()
	}
	return []Fix{command(WhoCaller, "Get a token from the regional STS endpoint, which is valid in every region",
		"export AWS_STS_REGIONAL_ENDPOINTS=regional")}
}

// fixPresignedExpired: a URL lives no longer than the session that signed it, so
// a new one may need new credentials first.
func fixPresignedExpired(r *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "Have the URL signed anew, by whoever signed it", "aws s3 presign "+r.s3URI()+" --expires-in 3600")}
}

func fixSignatureVersion(_ *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "Sign with version 4", "aws configure set default.s3.signature_version s3v4")}
}

// fixRegionMismatch: S3 tells the region of any bucket to anybody (API_HeadBucket).
func fixRegionMismatch(r *reading, _ Finding) []Fix {
	region := r.bucketRegion()
	if region == "" && !r.awsRules() {
		return []Fix{ask(WhoCaller, "Ask in the region that the store wants", "Its manual names it: many take us-east-1 or auto; set it by --region, or as the region of the profile.")}
	}
	if region == "" {
		return []Fix{command(WhoCaller, "Find the bucket's region", "curl -sI https://"+shellWord(r.Target.Bucket)+".s3.amazonaws.com | grep -i x-amz-bucket-region")}
	}
	return []Fix{command(WhoCaller, "Ask in the bucket's region", "aws s3api head-object"+r.objectFlags()+" --region "+shellWord(region))}
}

func fixAccountProblem(r *reading, _ Finding) []Fix {
	if !r.awsRules() {
		return []Fix{ask(WhoBucketOwner, "Ask whoever runs the store about the account", "Bills or a suspension may stand behind it, or a name that nobody may use; quote the request id. Check the bucket's name first.")}
	}
	return []Fix{ask(WhoAWSSupport, "Ask AWS Support about the account", "Billing, sign-up or a suspension stands behind it; quote both request ids. Check the bucket's name first.")}
}

func fixWebsiteEndpoint(r *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "Use the REST endpoint, with a signed request", "s403 why "+r.s3URI())}
}

// fixProxyInterference: going around the proxy proves whether it is the proxy.
func fixProxyInterference(r *reading, _ Finding) []Fix {
	return []Fix{
		command(WhoCaller, "Go around the proxy, to compare", "export NO_PROXY="+shellWord(r.hosts())),
		ask(WhoNetworkAdmin, "Let HEAD through unchanged", "The proxy or CDN on the way must pass the method, the path and all signed headers as they are."),
	}
}

// hosts are those of the store, as NO_PROXY names them.
func (r *reading) hosts() string {
	at, err := url.Parse(r.Target.Endpoint)
	if r.store() == "S3" || err != nil || at.Hostname() == "" {
		return ".amazonaws.com"
	}
	return at.Hostname()
}

func fixThrottled(_ *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "Retry more gently", "export AWS_RETRY_MODE=adaptive AWS_MAX_ATTEMPTS=10")}
}

func fixNetwork(r *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "See what the connection says", "curl -svo /dev/null "+shellWord(firstOf(r.Target.Endpoint, "https://s3.amazonaws.com")))}
}
