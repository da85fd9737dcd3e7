package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"s403/diagnose"
	"s403/s3view"
)

// connectionFlags are the flags of every command that talks to a store. Their
// names and meanings are the AWS CLI's. Their help begins with an ordinary word:
// fang writes the first one as a title, and would make "Arn" of "ARN".
type connectionFlags struct {
	opts          s3view.Options
	requestPayer  string
	checksumMode  string
	pathStyle     string
	readerProfile string
	as            string

	// What only the explorer sets.
	held       *heldReader  // keeps the reader's session from one diagnosis to the next
	readerKeys *s3view.Keys // the lab's reader, in place of a profile
}

// register adds the flags that say who asks and where. They are persistent, so
// that they may stand before or after a subcommand.
func (f *connectionFlags) register(c *cobra.Command) {
	p := c.PersistentFlags()
	p.StringVar(&f.opts.Profile, "profile", "", "profile of ~/.aws/config to use")
	p.StringVar(&f.opts.Region, "region", "", "region to sign for; buckets elsewhere are followed")
	p.StringVar(&f.opts.EndpointURL, "endpoint-url", "", "address of an S3-compatible store, as https://host:port")
	p.BoolVar(&f.opts.NoSignRequest, "no-sign-request", false, "ask anonymously, without credentials")
	p.StringVar(&f.opts.CABundle, "ca-bundle", "", "file of certificate authorities to trust (PEM)")
	p.BoolVar(&f.opts.NoVerifySSL, "no-verify-ssl", false, "trust any certificate (dangerous)")
	p.StringVar(&f.pathStyle, "path-style", "auto", "bucket in the path of the URL: auto, always or never")
	p.StringVar(&f.requestPayer, "request-payer", "", `who pays for the requests: only "requester" can be written`)
	p.StringVar(&f.opts.ExpectedOwner, "expected-bucket-owner", "", "account id that must own the bucket")
}

// registerObject adds the flags that a request for one object has on top.
func (f *connectionFlags) registerObject(c *cobra.Command) {
	p := c.PersistentFlags()
	p.StringVar(&f.opts.VersionID, "version-id", "", "version of the object")
	p.StringVar(&f.checksumMode, "checksum-mode", "", `with ENABLED, ask for checksums, as the AWS CLI does`)
}

// registerReader adds the flags of a diagnosis.
func (f *connectionFlags) registerReader(c *cobra.Command) {
	p := c.PersistentFlags()
	p.StringVar(&f.readerProfile, "reader-profile", "", "profile that only reads policies and settings")
	p.StringVar(&f.as, "as", "", "the ARN of another principal whose request to diagnose")
}

// oneOf checks a flag that has few values. Case does not matter, as in the AWS CLI.
func oneOf(name, value string, allowed ...string) error {
	if value == "" || slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, value) }) {
		return nil
	}
	return fmt.Errorf("--%s %q is none of %s", name, value, strings.Join(allowed, ", "))
}

// options returns the flags as s3view understands them, or the first flag that
// cannot be meant.
func (f *connectionFlags) options() (s3view.Options, error) {
	if err := oneOf("request-payer", f.requestPayer, "requester"); err != nil {
		return s3view.Options{}, err
	}
	if err := oneOf("checksum-mode", f.checksumMode, "ENABLED"); err != nil {
		return s3view.Options{}, err
	}
	if err := oneOf("path-style", f.pathStyle, "auto", "always", "never"); err != nil {
		return s3view.Options{}, err
	}
	if f.as != "" && !strings.HasPrefix(f.as, "arn:") {
		return s3view.Options{}, fmt.Errorf("--as %q is no ARN: write arn:aws:iam::ACCOUNT:role/NAME", f.as)
	}
	o := f.opts
	o.RequestPayer, o.ChecksumMode = f.requestPayer != "", f.checksumMode != ""
	o.PathStyle = s3view.PathStyle(strings.ToLower(f.pathStyle))
	return o, o.Validate()
}

// connect opens the session of the flags.
func (f *connectionFlags) connect(ctx context.Context) (*s3view.Session, error) {
	o, err := f.options()
	if err != nil {
		return nil, err
	}
	return s3view.Connect(ctx, o)
}

// locate reads the command's URI and puts --version-id into it, and the URL of
// another store into the endpoint unless --endpoint-url names one.
func (f *connectionFlags) locate(uri string) (s3view.Location, error) {
	at, err := s3view.ParseURI(uri)
	if err != nil {
		return at, err
	}
	switch v := f.opts.VersionID; {
	case v == "":
	case at.Key == "":
		return at, fmt.Errorf("--version-id needs an object, and %q names none", at)
	case at.VersionID != "" && at.VersionID != v:
		return at, fmt.Errorf("--version-id %q and the URI's version id %q differ: give one", v, at.VersionID)
	default:
		at.VersionID = v
	}
	if f.opts.EndpointURL == "" && !at.Website && at.Presigned == nil {
		f.opts.EndpointURL = at.Endpoint
	}
	return at, nil
}

// diagnoseOptions returns the request headers that change how S3 decides.
func (f *connectionFlags) diagnoseOptions(at s3view.Location) diagnose.Options {
	o := diagnose.Options{
		VersionID:     at.VersionID,
		ExpectedOwner: f.opts.ExpectedOwner,
		RequestPayer:  f.requestPayer != "",
		ChecksumMode:  f.checksumMode != "",
		Unsigned:      f.opts.NoSignRequest,
		AsPrincipal:   f.as,
	}
	if p := at.Presigned; p != nil {
		o.Presigned, o.PresignedAt, o.SignatureV2 = true, p.SignedAt, p.Version2
		o.PresignedExpires = p.Expires
		if p.Version2 {
			o.PresignedAt = p.ExpiresAt
		}
	}
	return o
}

// targetKinds translates what a location names into the words of a diagnosis.
var targetKinds = map[s3view.Kind]diagnose.TargetKind{
	s3view.BucketKind:                 diagnose.GeneralPurpose,
	s3view.AccessPointKind:            diagnose.AccessPointTarget,
	s3view.MultiRegionAccessPointKind: diagnose.MultiRegionAccessPoint,
	s3view.ObjectLambdaKind:           diagnose.ObjectLambda,
	s3view.DirectoryBucketKind:        diagnose.DirectoryBucket,
	s3view.WebsiteKind:                diagnose.WebsiteEndpoint,
}

// targetOf is the target of a diagnosis of the request for at in the session.
func targetOf(s *s3view.Session, at s3view.Location) diagnose.Target {
	t := diagnose.Target{
		Bucket: at.Bucket, Key: at.Key, Kind: targetKinds[at.Kind()],
		Region: s.Store().KnownRegion(at.Bucket), Endpoint: s.Endpoint(), Partition: s.Partition(),
	}
	if at.Region != "" && s.Endpoint() == "" {
		// The request goes where the URL or the ARN says, as the explorer's does.
		t.Region, t.Partition = at.Region, s3view.PartitionOf(at.Region)
	}
	if t.Endpoint == "" {
		t.Endpoint = s.Store().EndpointURL(at)
	}
	if at.Presigned != nil {
		t.Kind = diagnose.PresignedURL
	}
	if at.Website {
		t.Endpoint = at.Endpoint
	}
	return t
}
