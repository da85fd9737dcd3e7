package probe

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"s403/diagnose"
)

// askKMSKey reads the state and, side by side, the policy of the key that the
// object is encrypted with.
func askKMSKey(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.KMSKey] {
	id := keyOf(&seen)
	region := r.region(&seen)
	if parts := strings.Split(id, ":"); len(parts) > 3 && parts[3] != "" {
		region = parts[3]
	}
	return either(r, &seen, func(w who) diagnose.Fact[diagnose.KMSKey] {
		policies := make(chan diagnose.PolicyDoc, 1)
		go func() { policies <- r.keyPolicy(ctx, w, region, id) }()
		f := r.describeKey(ctx, w, region, id)
		f.Value.Policy = <-policies
		return f
	})
}

// describeKey reads the state of the key. An id without an ARN is looked up in
// the asker's own account.
func (r *run) describeKey(ctx context.Context, w who, region, id string) diagnose.Fact[diagnose.KMSKey] {
	q := question{operation: "DescribeKey", service: "kms", who: w, cli: []string{"kms", "describe-key", "--key-id", id, "--region", region}}
	var out *kms.DescribeKeyOutput
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.kms(w, region).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &id})
		return err
	})
	f := factOf(rep, "kms:DescribeKey", func() (k diagnose.KMSKey) {
		if m := out.KeyMetadata; m != nil {
			k.ARN, k.State, k.Manager = printable(aws.ToString(m.Arn)), printable(string(m.KeyState)), printable(string(m.KeyManager))
		}
		return k
	})
	if rep.exchange.Code == "NotFoundException" {
		f.State, f.Note = diagnose.Absent, "there is no such key in "+region
	}
	return f
}

// keyPolicy reads the key's policy; where it may not be read, the name says so.
func (r *run) keyPolicy(ctx context.Context, w who, region, id string) diagnose.PolicyDoc {
	q := question{
		operation: "GetKeyPolicy", service: "kms", who: w,
		cli: []string{"kms", "get-key-policy", "--key-id", id, "--policy-name", "default", "--region", region},
	}
	var out *kms.GetKeyPolicyOutput
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.kms(w, region).GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default")})
		return err
	})
	if rep.err != nil || out == nil {
		return diagnose.PolicyDoc{Name: "key policy", ParseErr: "GetKeyPolicy was not answered: " + why(rep)}
	}
	return document("key policy", "", "key "+id, aws.ToString(out.Policy))
}
