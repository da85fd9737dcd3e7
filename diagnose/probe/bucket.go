package probe

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"

	"s403/diagnose"
	"s403/diagnose/policy"
)

// settingsBucket is the bucket whose settings decide: the one that was named, or
// the one behind the access point that was named.
func (r *run) settingsBucket() string {
	if f := r.accessPointFound(); f.Known() && f.Value.Bucket != "" {
		return f.Value.Bucket
	}
	return r.target.Bucket
}

// setting reads one setting of the bucket, by whoever may.
func setting[O, T any](
	ctx context.Context, r *run, seen *diagnose.Evidence, operation, command, privilege string,
	ask func(context.Context, *s3.Client, *string) (O, error), value func(O) T,
) diagnose.Fact[T] {
	bucket := r.settingsBucket()
	return either(r, seen, func(w who) diagnose.Fact[T] {
		q := question{operation: operation, service: "s3", who: w, region: r.region(seen)}
		q.cli = append([]string{"s3api", command}, option("--bucket", bucket)...)
		var out O
		rep := r.call(ctx, q, func(ctx context.Context) (err error) {
			out, err = ask(ctx, r.s3(w, r.region(seen)), &bucket)
			return err
		})
		return factOf(rep, privilege, func() T { return value(out) })
	})
}

// askBucketPolicy reads the bucket policy. A 404 NoSuchBucketPolicy is a finding:
// then no Deny stands there, and nobody from another account is let in by it.
func askBucketPolicy(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.PolicyDoc] {
	return setting(ctx, r, &seen, "GetBucketPolicy", "get-bucket-policy", "s3:GetBucketPolicy",
		func(ctx context.Context, c *s3.Client, bucket *string) (*s3.GetBucketPolicyOutput, error) {
			return c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket})
		},
		func(o *s3.GetBucketPolicyOutput) diagnose.PolicyDoc {
			return document("bucket policy", "", "bucket "+r.settingsBucket(), aws.ToString(o.Policy))
		})
}

// document reads a policy text; one that cannot be parsed keeps its source.
func document(name, arn, attached, source string) diagnose.PolicyDoc {
	d := diagnose.PolicyDoc{Name: name, ARN: arn, Attached: attached, Source: []byte(source)}
	parsed, err := policy.Parse(d.Source)
	if err != nil {
		d.ParseErr = printable(err.Error())
		return d
	}
	d.Document = parsed
	return d
}

// askPolicyStatus asks whether S3 itself takes the bucket policy for public.
func askPolicyStatus(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[bool] {
	return setting(ctx, r, &seen, "GetBucketPolicyStatus", "get-bucket-policy-status", "s3:GetBucketPolicyStatus",
		func(ctx context.Context, c *s3.Client, bucket *string) (*s3.GetBucketPolicyStatusOutput, error) {
			return c.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: bucket})
		},
		func(o *s3.GetBucketPolicyStatusOutput) bool {
			return o.PolicyStatus != nil && aws.ToBool(o.PolicyStatus.IsPublic)
		})
}

// askPublicAccess reads the bucket's own Block Public Access settings.
func askPublicAccess(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.PublicAccessBlock] {
	return setting(ctx, r, &seen, "GetPublicAccessBlock", "get-public-access-block", "s3:GetBucketPublicAccessBlock",
		func(ctx context.Context, c *s3.Client, bucket *string) (*s3.GetPublicAccessBlockOutput, error) {
			return c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
		},
		func(o *s3.GetPublicAccessBlockOutput) (b diagnose.PublicAccessBlock) {
			if c := o.PublicAccessBlockConfiguration; c != nil {
				b = diagnose.PublicAccessBlock{
					BlockPublicACLs: aws.ToBool(c.BlockPublicAcls), IgnorePublicACLs: aws.ToBool(c.IgnorePublicAcls),
					BlockPublicPolicy: aws.ToBool(c.BlockPublicPolicy), RestrictPublicBuckets: aws.ToBool(c.RestrictPublicBuckets),
				}
			}
			return b
		})
}

// askAccountPublic reads the account's own block, which adds to the bucket's. Only
// somebody of the bucket owner's account is asked.
func askAccountPublic(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.PublicAccessBlock] {
	owner := seen.OwnerOfBucket.Value
	return eitherOf(r.ofAccount(&seen, owner), func(w who) diagnose.Fact[diagnose.PublicAccessBlock] {
		return r.accountBlock(ctx, w, owner, r.region(&seen))
	})
}

// accountBlock reads the block of an account, at the control endpoint of a region:
// it is the same at each.
func (r *run) accountBlock(ctx context.Context, w who, account, region string) diagnose.Fact[diagnose.PublicAccessBlock] {
	return r.blocks.of(ofWho{w, account}, func() diagnose.Fact[diagnose.PublicAccessBlock] {
		q := question{
			operation: "GetPublicAccessBlock", detail: "account " + account, service: "s3control", who: w, region: region,
			cli: []string{"s3control", "get-public-access-block", "--account-id", account},
		}
		var out *s3control.GetPublicAccessBlockOutput
		rep := r.call(ctx, q, func(ctx context.Context) (err error) {
			out, err = r.s3control(w, region).GetPublicAccessBlock(ctx, &s3control.GetPublicAccessBlockInput{AccountId: &account})
			return err
		})
		return factOf(rep, "s3:GetAccountPublicAccessBlock", func() diagnose.PublicAccessBlock {
			return blockOf(out.PublicAccessBlockConfiguration)
		})
	})
}

// ofAccount are the askers that belong to an account.
func (r *run) ofAccount(seen *diagnose.Evidence, account string) []who {
	var all []who
	for _, w := range r.askers(seen) {
		if a := r.account(w); a != "" && a == account {
			all = append(all, w)
		}
	}
	return all
}

// askOwnership reads who owns what others upload. With BucketOwnerEnforced no ACL
// has a say (S3 User Guide, "Controlling ownership of objects").
func askOwnership(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[string] {
	return setting(ctx, r, &seen, "GetBucketOwnershipControls", "get-bucket-ownership-controls", "s3:GetBucketOwnershipControls",
		func(ctx context.Context, c *s3.Client, bucket *string) (*s3.GetBucketOwnershipControlsOutput, error) {
			return c.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: bucket})
		},
		func(o *s3.GetBucketOwnershipControlsOutput) string {
			if o.OwnershipControls == nil || len(o.OwnershipControls.Rules) == 0 {
				return ""
			}
			return printable(string(o.OwnershipControls.Rules[0].ObjectOwnership))
		})
}

// askBucketACL reads the bucket's ACL; its owner is compared with the object's.
func askBucketACL(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.ACL] {
	return setting(ctx, r, &seen, "GetBucketAcl", "get-bucket-acl", "s3:GetBucketAcl",
		func(ctx context.Context, c *s3.Client, bucket *string) (*s3.GetBucketAclOutput, error) {
			return c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket})
		},
		func(o *s3.GetBucketAclOutput) diagnose.ACL { return aclOf(o.Owner, o.Grants) })
}

func aclOf(owner *types.Owner, grants []types.Grant) diagnose.ACL {
	acl := diagnose.ACL{}
	if owner != nil {
		acl.OwnerID = printable(aws.ToString(owner.ID))
	}
	for _, g := range grants {
		grant := diagnose.Grant{Permission: printable(string(g.Permission))}
		if to := g.Grantee; to != nil {
			grant.Type = printable(string(to.Type))
			for _, name := range []*string{to.URI, to.ID, to.EmailAddress} {
				if grant.Grantee == "" {
					grant.Grantee = printable(aws.ToString(name))
				}
			}
		}
		acl.Grants = append(acl.Grants, grant)
	}
	return acl
}

// askRequestPayment reads who pays. Only the bucket owner's account may ask; the
// request itself is never repeated as a payer to find out.
func askRequestPayment(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[string] {
	return setting(ctx, r, &seen, "GetBucketRequestPayment", "get-bucket-request-payment", "s3:GetBucketRequestPayment",
		func(ctx context.Context, c *s3.Client, bucket *string) (*s3.GetBucketRequestPaymentOutput, error) {
			return c.GetBucketRequestPayment(ctx, &s3.GetBucketRequestPaymentInput{Bucket: bucket})
		},
		func(o *s3.GetBucketRequestPaymentOutput) string { return printable(string(o.Payer)) })
}

// askEncryption reads what HEAD says of the object's own encryption; where HEAD
// was refused, the bucket's default.
func askEncryption(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.Encryption] {
	h := seen.Head.Value.Header
	if algorithm := h["x-amz-server-side-encryption"]; algorithm != "" {
		return diagnose.KnownFact(diagnose.Encryption{
			Algorithm: algorithm, KeyID: h["x-amz-server-side-encryption-aws-kms-key-id"],
			BucketKey: h["x-amz-server-side-encryption-bucket-key-enabled"] == "true",
		}, seen.Head.Source)
	}
	if h["x-amz-server-side-encryption-customer-algorithm"] != "" {
		return diagnose.KnownFact(diagnose.Encryption{Algorithm: "SSE-C"}, seen.Head.Source)
	}
	f := setting(ctx, r, &seen, "GetBucketEncryption", "get-bucket-encryption", "s3:GetEncryptionConfiguration",
		func(ctx context.Context, c *s3.Client, bucket *string) (*s3.GetBucketEncryptionOutput, error) {
			return c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
		}, defaultEncryption)
	if f.State == diagnose.Known {
		f.Note = "the bucket's default; an object may be encrypted otherwise"
	}
	return f
}

// defaultEncryption is the rule by which the bucket encrypts what is uploaded
// without one; the last rule counts, for S3 takes only one.
func defaultEncryption(o *s3.GetBucketEncryptionOutput) (e diagnose.Encryption) {
	if o.ServerSideEncryptionConfiguration == nil {
		return e
	}
	for _, rule := range o.ServerSideEncryptionConfiguration.Rules {
		if by := rule.ApplyServerSideEncryptionByDefault; by != nil {
			e.Algorithm = printable(string(by.SSEAlgorithm))
			e.KeyID = printable(aws.ToString(by.KMSMasterKeyID))
			e.BucketKey = aws.ToBool(rule.BucketKeyEnabled)
		}
	}
	return e
}

// askBucketTags reads the tags that aws:ResourceTag and s3:BucketTag conditions
// look at.
func askBucketTags(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[map[string]string] {
	return setting(ctx, r, &seen, "GetBucketTagging", "get-bucket-tagging", "s3:GetBucketTagging",
		func(ctx context.Context, c *s3.Client, bucket *string) (*s3.GetBucketTaggingOutput, error) {
			return c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: bucket})
		},
		func(o *s3.GetBucketTaggingOutput) map[string]string { return tagMap(o.TagSet) })
}

func tagMap(tags []types.Tag) map[string]string {
	all := map[string]string{}
	for _, t := range tags {
		all[printable(aws.ToString(t.Key))] = printable(aws.ToString(t.Value))
	}
	return all
}

// findOwner concludes whose account the bucket is in. No API says it outright;
// ListBuckets shows a caller's own, and GetBucketPolicy answers nobody from
// another account, whatever its policies say (API_GetBucketPolicy).
func findOwner(_ context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[string] {
	if seen.OwnBuckets.Known() && seen.OwnBuckets.Value && r.account(caller) != "" {
		f := diagnose.KnownFact(r.account(caller), seen.OwnBuckets.Source)
		f.Note = "the bucket is among the caller's own"
		return f
	}
	p := seen.BucketPolicy
	direct := r.target.Kind == diagnose.GeneralPurpose || r.settingsBucket() != r.target.Bucket
	readable := p.State == diagnose.Known || p.State == diagnose.Absent && p.Source.Code == "NoSuchBucketPolicy"
	if !readable || !seen.Store.AWS() || !direct {
		return diagnose.Fact[string]{Note: "no answer shows whose account the bucket is in"}
	}
	w := caller
	if p.Source.Reader {
		w = reader
	}
	account := r.account(w)
	if account == "" {
		return diagnose.Fact[string]{Note: "it is not known in which account the bucket policy was read"}
	}
	f := diagnose.KnownFact(account, p.Source)
	f.Note = "S3 lets only the bucket owner's account read the bucket policy"
	return f
}
