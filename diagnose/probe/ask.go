package probe

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"s403/diagnose"
)

// askHead sends the request that was refused, once more and as it was.
func askHead(ctx context.Context, r *run, _ diagnose.Evidence) diagnose.Fact[diagnose.Answer] {
	if r.config.URL != "" {
		return r.replay(ctx, "HEAD")
	}
	return r.head(ctx, question{verbatim: true}, headersOf(r.config.Options), r.target.Region)
}

// askGet sends its twin that is answered with a text.
func askGet(ctx context.Context, r *run, _ diagnose.Evidence) diagnose.Fact[diagnose.Answer] {
	if r.config.URL != "" {
		return r.replay(ctx, "GET")
	}
	return r.get(ctx, headersOf(r.config.Options))
}

// askHeadAgain repeats the request as it was, with the clock mended if it was off.
func askHeadAgain(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.Answer] {
	detail := "repeated"
	if seen.Skew.Known() && seen.Skew.Value.Abs() >= maxSkew {
		detail = "repeated, signed with the server's time"
	}
	return r.head(ctx, question{detail: detail}, headersOf(r.config.Options), r.target.Region)
}

// askWithout repeats the request with one of its headers left out.
func askWithout(detail string, drop func(*headers)) func(context.Context, *run, diagnose.Evidence) diagnose.Fact[diagnose.Answer] {
	return func(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.Answer] {
		h := headersOf(r.config.Options)
		drop(&h)
		return r.head(ctx, question{detail: detail}, h, r.region(&seen))
	}
}

// askUnsignedHead asks as the public would: what anybody may read needs no
// credentials, and broken ones stand in the way.
func askUnsignedHead(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.Answer] {
	h := headersOf(r.config.Options)
	h.payer = false // an unsigned request can never pay
	return r.head(ctx, question{detail: "unsigned", who: nobody}, h, r.region(&seen))
}

// askHeadBucket asks for s3:ListBucket: whoever holds it is told 404 of a key that
// is missing, so that a 403 speaks of the object itself (API_HeadObject).
func askHeadBucket(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.Answer] {
	return r.headBucket(ctx, question{}, "", r.region(&seen))
}

// region is where the bucket is, once that is known; else where the request went.
// A store behind a custom endpoint, too, knows best which region it takes.
func (r *run) region(seen *diagnose.Evidence) string {
	if seen.BucketRegion.Known() {
		return seen.BucketRegion.Value
	}
	return r.target.Region
}

// askRegion reads x-amz-bucket-region, which S3 gives "regardless of the
// permissions on the bucket" (API_HeadBucket), also to unsigned requests.
func askRegion(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[string] {
	if seen.Options.AsPrincipal != "" {
		return r.location(ctx, &seen)
	}
	f := r.headBucket(ctx, question{detail: "unsigned", who: nobody}, "", r.target.Region)
	out := diagnose.Fact[string]{State: f.State, Source: f.Source, Note: f.Note}
	if f.State != diagnose.Known {
		return out
	}
	region := f.Value.Header["x-amz-bucket-region"]
	switch {
	case region != "":
		out.Value = region
	case f.Value.Status == 404:
		out.State, out.Note = diagnose.Absent, "there is no such bucket in this partition"
	default:
		out.State, out.Note = diagnose.Failed, "the answer does not name a region"
	}
	return out
}

// location asks those who read for another principal (--as) where the bucket is:
// no HEAD goes out in that principal's stead, not even an unsigned one. The
// answer is the same at every endpoint (API_GetBucketLocation).
func (r *run) location(ctx context.Context, seen *diagnose.Evidence) diagnose.Fact[string] {
	return either(r, seen, func(w who) diagnose.Fact[string] {
		q := question{operation: "GetBucketLocation", service: "s3", who: w, region: r.target.Region}
		q.cli = append([]string{"s3api", "get-bucket-location"}, option("--bucket", r.target.Bucket)...)
		var out *s3.GetBucketLocationOutput
		rep := r.call(ctx, q, func(ctx context.Context) (err error) {
			out, err = r.s3(w, r.target.Region).GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &r.target.Bucket})
			return err
		})
		if region := rep.answer().Header["x-amz-bucket-region"]; region != "" {
			return diagnose.KnownFact(region, rep.exchange)
		}
		return factOf(rep, "s3:GetBucketLocation", func() string { return regionOf(out.LocationConstraint) })
	})
}

// regionOf reads a LocationConstraint: none is us-east-1, and EU is how eu-west-1
// was called at first (API_GetBucketLocation).
func regionOf(c types.BucketLocationConstraint) string {
	switch c {
	case "":
		return "us-east-1"
	case types.BucketLocationConstraintEu:
		return "eu-west-1"
	}
	return printable(string(c))
}

// askCaller asks STS who calls. It needs no permission, and no identity policy
// can refuse it (API_GetCallerIdentity). The reader is identified as well: what
// it reads of IAM counts only in its own account.
func askCaller(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.Identity] {
	askers := r.askers(&seen)
	if !r.anonymous && !r.foreign && seen.Credentials.State == diagnose.Known && len(askers) > 0 && askers[0] != caller {
		askers = append([]who{caller}, askers...)
	}
	answers := parallel(askers, func(w who) diagnose.Fact[diagnose.Identity] {
		f := r.whoAmI(ctx, w)
		r.setAccount(w, f.Value.Account)
		return f
	})
	if as := seen.Options.AsPrincipal; as != "" {
		return diagnose.Fact[diagnose.Identity]{State: diagnose.Known, Value: identityOf(as), Note: "named by --as"}
	}
	for i, w := range askers {
		if w == caller {
			return answers[i]
		}
	}
	if r.foreign {
		return diagnose.Fact[diagnose.Identity]{Value: diagnose.Identity{Kind: diagnose.KindUnknown}, Note: "whoever signed the URL cannot be asked"}
	}
	return diagnose.Fact[diagnose.Identity]{
		State: diagnose.Known, Value: diagnose.Identity{Kind: diagnose.KindAnonymous},
		Note: "the request is not signed",
	}
}

// whoAmI asks STS for one identity.
func (r *run) whoAmI(ctx context.Context, w who) diagnose.Fact[diagnose.Identity] {
	q := question{operation: "GetCallerIdentity", service: "sts", who: w, cli: []string{"sts", "get-caller-identity"}}
	var out *sts.GetCallerIdentityOutput
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.sts(w).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		return err
	})
	f := factOf(rep, "valid credentials", func() diagnose.Identity {
		id := identityOf(aws.ToString(out.Arn))
		id.UserID = printable(aws.ToString(out.UserId))
		if a := aws.ToString(out.Account); a != "" {
			id.Account = a
		}
		return id
	})
	if f.State == diagnose.Known && f.Value.Account == "" {
		f.State, f.Note = diagnose.Failed, "the answer names no account"
	}
	return f
}

// identityOf reads an ARN as GetCallerIdentity gives it.
func identityOf(arn string) diagnose.Identity {
	arn = printable(arn)
	id := diagnose.Identity{ARN: arn, Kind: diagnose.KindUnknown}
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return id
	}
	id.Account = parts[4]
	switch kind, _, _ := strings.Cut(parts[5], "/"); kind {
	case "user":
		id.Kind = diagnose.KindUser
	case "assumed-role", "role":
		id.Kind = diagnose.KindRoleSession
	case "federated-user":
		id.Kind = diagnose.KindFederated
	case "root":
		id.Kind = diagnose.KindRoot
	}
	return id
}

// setAccount remembers whose credentials belong to which account.
func (r *run) setAccount(w who, account string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.accounts[w] = account
}

// account is the account of an identity; empty while STS has not told it.
func (r *run) account(w who) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.accounts[w]
}

// askOwnBuckets tells whether the bucket is among the caller's own.
func askOwnBuckets(ctx context.Context, r *run, _ diagnose.Evidence) diagnose.Fact[bool] {
	q := question{
		operation: "ListBuckets", detail: "prefix " + r.target.Bucket, service: "s3",
		cli: append([]string{"s3api", "list-buckets"}, option("--prefix", r.target.Bucket)...),
	}
	var out *s3.ListBucketsOutput
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.s3(caller, r.target.Region).ListBuckets(ctx, &s3.ListBucketsInput{Prefix: &r.target.Bucket, MaxBuckets: aws.Int32(1000)})
		return err
	})
	return factOf(rep, "s3:ListAllMyBuckets", func() bool { return contains(out.Buckets, r.target.Bucket) })
}

func contains(buckets []types.Bucket, name string) bool {
	for _, b := range buckets {
		if aws.ToString(b.Name) == name {
			return true
		}
	}
	return false
}

// askDirectorySession opens a session with a directory bucket: its data calls
// are authorised by s3express:CreateSession alone (S3 User Guide, "Authorizing
// Zonal endpoint API operations with CreateSession"). ReadOnly is the least.
func askDirectorySession(ctx context.Context, r *run, _ diagnose.Evidence) diagnose.Fact[diagnose.Answer] {
	q := question{operation: "CreateSession", detail: "ReadOnly", service: "s3"}
	q.cli = append([]string{"s3api", "create-session", "--session-mode", "ReadOnly"}, option("--bucket", r.target.Bucket)...)
	rep := r.call(ctx, q, func(ctx context.Context) error {
		out, err := r.s3(caller, r.target.Region).CreateSession(ctx, &s3.CreateSessionInput{
			Bucket: &r.target.Bucket, SessionMode: types.SessionModeReadOnly,
		})
		if err == nil && out.Credentials != nil {
			r.secrets.add(aws.ToString(out.Credentials.SecretAccessKey), aws.ToString(out.Credentials.SessionToken))
		}
		return err
	})
	return rep.answerFact()
}
