package probe

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"s403/diagnose"
)

// mrapRegion is where the control plane of Multi-Region Access Points is.
const mrapRegion = "us-west-2"

// askBehind finds the access point that the request names, and with it the bucket
// behind it, whose settings decide as well.
func askBehind(ctx context.Context, r *run, seen diagnose.Evidence) change {
	find := r.accessPointBy
	if r.target.Kind == diagnose.MultiRegionAccessPoint {
		find = r.multiRegionBy
	}
	f := either(r, &seen, func(w who) diagnose.Fact[diagnose.AccessPoint] { return find(ctx, w, &seen) })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behind = f
	return nil
}

// accessPointFound is what askBehind found.
func (r *run) accessPointFound() diagnose.Fact[diagnose.AccessPoint] {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.behind
}

// accessPointBy finds the access point by its ARN, or by its alias among those
// of the asker's account: an alias does not tell its account.
func (r *run) accessPointBy(ctx context.Context, w who, seen *diagnose.Evidence) diagnose.Fact[diagnose.AccessPoint] {
	if account, name, region := accessPointARN(r.target.Bucket); name != "" {
		return r.getAccessPoint(ctx, w, region, account, name)
	}
	return r.byAlias(ctx, w, r.region(seen), r.account(w))
}

// askAccessPoint completes what was found with the access point's own policy and
// Block Public Access.
func askAccessPoint(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.AccessPoint] {
	f := r.accessPointFound()
	if f.State != diagnose.Known {
		return f
	}
	at := f.Value
	region := r.region(&seen)
	if _, _, named := accessPointARN(at.ARN); named != "" {
		region = named
	}
	public := make(chan diagnose.Fact[diagnose.AccessPoint], 1)
	go func() {
		if r.target.Kind == diagnose.MultiRegionAccessPoint || f.Source.Operation == "GetAccessPoint" {
			public <- f
			return
		}
		public <- either(r, &seen, func(w who) diagnose.Fact[diagnose.AccessPoint] {
			return r.getAccessPoint(ctx, w, region, at.Account, at.Name)
		})
	}()
	policies := parallel(r.askers(&seen), func(w who) diagnose.PolicyDoc {
		if r.target.Kind == diagnose.MultiRegionAccessPoint {
			return r.multiRegionPolicy(ctx, w, at.Account, at.Name)
		}
		return r.accessPointPolicy(ctx, w, region, at.Account, at.Name)
	})
	if p := <-public; p.State == diagnose.Known {
		f.Value.Public = p.Value.Public
	}
	f.Value.Policy = readable(policies)
	return f
}

// readable is the first document that could be read; else the first reason.
func readable(docs []diagnose.PolicyDoc) diagnose.PolicyDoc {
	for _, d := range docs {
		if d.ParseErr == "" {
			return d
		}
	}
	if len(docs) == 0 {
		return diagnose.PolicyDoc{Name: "access point policy", ParseErr: "nobody here may read it"}
	}
	return docs[0]
}

// accessPointARN takes arn:P:s3:REGION:ACCOUNT:accesspoint/NAME apart.
func accessPointARN(arn string) (account, name, region string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return "", "", ""
	}
	rest, ok := strings.CutPrefix(parts[5], "accesspoint/")
	if !ok {
		rest, ok = strings.CutPrefix(parts[5], "accesspoint:")
	}
	if !ok {
		return "", "", ""
	}
	name, _, _ = strings.Cut(rest, "/")
	return parts[4], name, parts[3]
}

// byAlias looks for the alias among the access points of an account.
func (r *run) byAlias(ctx context.Context, w who, region, account string) diagnose.Fact[diagnose.AccessPoint] {
	q := question{
		operation: "ListAccessPoints", service: "s3control", who: w, region: region,
		cli: []string{"s3control", "list-access-points", "--account-id", account},
	}
	var out *s3control.ListAccessPointsOutput
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.s3control(w, region).ListAccessPoints(ctx, &s3control.ListAccessPointsInput{AccountId: &account, MaxResults: 1000})
		return err
	})
	f := factOf(rep, "s3:ListAccessPoints", func() (ap diagnose.AccessPoint) {
		for _, p := range out.AccessPointList {
			if aws.ToString(p.Alias) != r.target.Bucket {
				continue
			}
			ap = diagnose.AccessPoint{
				ARN: printable(aws.ToString(p.AccessPointArn)), Name: aws.ToString(p.Name), Account: account,
				Bucket: printable(aws.ToString(p.Bucket)), NetworkOrigin: printable(string(p.NetworkOrigin)),
			}
			if p.VpcConfiguration != nil {
				ap.VPC = printable(aws.ToString(p.VpcConfiguration.VpcId))
			}
		}
		return ap
	})
	if f.State == diagnose.Known && f.Value.Name == "" {
		f.State, f.Note = diagnose.Denied, "the alias belongs to no access point of account "+account+"; give its ARN"
	}
	return f
}

// getAccessPoint reads one access point of an account.
func (r *run) getAccessPoint(ctx context.Context, w who, region, account, name string) diagnose.Fact[diagnose.AccessPoint] {
	q := question{
		operation: "GetAccessPoint", service: "s3control", who: w, region: region,
		cli: append([]string{"s3control", "get-access-point", "--account-id", account}, option("--name", name)...),
	}
	var out *s3control.GetAccessPointOutput
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.s3control(w, region).GetAccessPoint(ctx, &s3control.GetAccessPointInput{AccountId: &account, Name: &name})
		return err
	})
	return factOf(rep, "s3:GetAccessPoint", func() diagnose.AccessPoint {
		ap := diagnose.AccessPoint{
			ARN: printable(aws.ToString(out.AccessPointArn)), Name: name, Account: account,
			Bucket: printable(aws.ToString(out.Bucket)), NetworkOrigin: printable(string(out.NetworkOrigin)),
		}
		if out.VpcConfiguration != nil {
			ap.VPC = printable(aws.ToString(out.VpcConfiguration.VpcId))
		}
		ap.Public = blockOf(out.PublicAccessBlockConfiguration)
		return ap
	})
}

// blockOf reads the settings that an account or an access point has; missing
// ones are off.
func blockOf(c *types.PublicAccessBlockConfiguration) (b diagnose.PublicAccessBlock) {
	if c == nil {
		return b
	}
	return diagnose.PublicAccessBlock{
		BlockPublicACLs: aws.ToBool(c.BlockPublicAcls), IgnorePublicACLs: aws.ToBool(c.IgnorePublicAcls),
		BlockPublicPolicy: aws.ToBool(c.BlockPublicPolicy), RestrictPublicBuckets: aws.ToBool(c.RestrictPublicBuckets),
	}
}

// accessPointPolicy reads the access point's own policy. One without a policy has
// an empty document; one whose policy may not be read says so in ParseErr.
func (r *run) accessPointPolicy(ctx context.Context, w who, region, account, name string) diagnose.PolicyDoc {
	q := question{
		operation: "GetAccessPointPolicy", service: "s3control", who: w, region: region,
		cli: append([]string{"s3control", "get-access-point-policy", "--account-id", account}, option("--name", name)...),
	}
	var out *s3control.GetAccessPointPolicyOutput
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.s3control(w, region).GetAccessPointPolicy(ctx, &s3control.GetAccessPointPolicyInput{AccountId: &account, Name: &name})
		return err
	})
	if rep.exchange.Code == "NoSuchAccessPointPolicy" {
		return diagnose.PolicyDoc{Name: "access point policy"}
	}
	if rep.err != nil || out == nil {
		return diagnose.PolicyDoc{Name: "access point policy", ParseErr: "GetAccessPointPolicy was not answered: " + why(rep)}
	}
	return document("access point policy", "", "access point "+name, aws.ToString(out.Policy))
}

// multiRegionBy finds a Multi-Region Access Point by its alias (NAME.mrap), which
// is all that a URL tells. With one bucket behind it that bucket's settings decide
// as well; with several nothing shows to which of them the request was led.
func (r *run) multiRegionBy(ctx context.Context, w who, _ *diagnose.Evidence) diagnose.Fact[diagnose.AccessPoint] {
	account, alias, _ := accessPointARN(r.target.Bucket)
	if account == "" {
		account, alias = r.account(w), r.target.Bucket
	}
	q := question{
		operation: "ListMultiRegionAccessPoints", service: "s3control", who: w,
		cli: []string{"s3control", "list-multi-region-access-points", "--account-id", account, "--region", mrapRegion},
	}
	var out *s3control.ListMultiRegionAccessPointsOutput
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.s3control(w, mrapRegion).ListMultiRegionAccessPoints(ctx, &s3control.ListMultiRegionAccessPointsInput{AccountId: &account})
		return err
	})
	f := factOf(rep, "s3:ListMultiRegionAccessPoints", func() (ap diagnose.AccessPoint) {
		for _, p := range out.AccessPoints {
			if aws.ToString(p.Alias) != alias {
				continue
			}
			ap = diagnose.AccessPoint{
				ARN: "arn:" + r.target.Partition + ":s3::" + account + ":accesspoint/" + alias, Name: printable(aws.ToString(p.Name)),
				Account: account, NetworkOrigin: "Internet", Public: blockOf(p.PublicAccessBlock),
			}
			if len(p.Regions) == 1 {
				ap.Bucket = printable(aws.ToString(p.Regions[0].Bucket))
			}
		}
		return ap
	})
	if f.State == diagnose.Known && f.Value.Name == "" {
		f.State, f.Note = diagnose.Denied, "account "+account+" has no such Multi-Region Access Point"
	}
	return f
}

// multiRegionPolicy reads the established policy of a Multi-Region Access Point.
func (r *run) multiRegionPolicy(ctx context.Context, w who, account, name string) diagnose.PolicyDoc {
	q := question{
		operation: "GetMultiRegionAccessPointPolicy", service: "s3control", who: w,
		cli: []string{"s3control", "get-multi-region-access-point-policy", "--account-id", account, "--name", name, "--region", mrapRegion},
	}
	var out *s3control.GetMultiRegionAccessPointPolicyOutput
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.s3control(w, mrapRegion).GetMultiRegionAccessPointPolicy(ctx, &s3control.GetMultiRegionAccessPointPolicyInput{AccountId: &account, Name: &name})
		return err
	})
	if rep.err != nil || out == nil || out.Policy == nil || out.Policy.Established == nil {
		return diagnose.PolicyDoc{Name: "access point policy", ParseErr: "GetMultiRegionAccessPointPolicy was not answered: " + why(rep)}
	}
	return document("access point policy", "", "access point "+name, aws.ToString(out.Policy.Established.Policy))
}
