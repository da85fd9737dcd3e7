package probe

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"s403/diagnose"
)

// headers are the optional headers of the refused request, of which a variant
// leaves one out.
type headers struct {
	version, owner  string
	payer, checksum bool
}

func headersOf(o diagnose.Options) headers {
	return headers{version: o.VersionID, owner: o.ExpectedOwner, payer: o.RequestPayer, checksum: o.ChecksumMode}
}

// flags are the headers as the AWS CLI spells them.
func (h headers) flags() []string {
	var words []string
	words = append(words, option("--version-id", h.version)...)
	words = append(words, option("--expected-bucket-owner", h.owner)...)
	if h.payer {
		words = append(words, "--request-payer", "requester")
	}
	if h.checksum {
		words = append(words, "--checksum-mode", "ENABLED")
	}
	return words
}

// payer says on requests for the object that the caller pays: only where she said
// so herself (--request-payer).
func (r *run) payer() types.RequestPayer {
	if r.config.Options.RequestPayer {
		return types.RequestPayerRequester
	}
	return ""
}

// payerWords is payer as the AWS CLI spells it.
func (r *run) payerWords() []string { return headers{payer: r.config.Options.RequestPayer}.flags() }

// option spells a flag of the CLI; a value that looks like a flag is joined to
// its name, or the CLI would take it for one.
func option(name, value string) []string {
	switch {
	case value == "":
		return nil
	case value[0] == '-':
		return []string{name + "=" + value}
	}
	return []string{name, value}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// objectWords begins the CLI twin of a call on the object.
func (r *run) objectWords(command string) []string {
	words := append([]string{"s3api", command}, option("--bucket", r.target.Bucket)...)
	return append(words, option("--key", r.target.Key)...)
}

// head sends HeadObject, or HeadBucket when the target is a bucket, and reads
// the answer. It never fails the SDK's way: a HEAD has no body, and the status
// and headers are all there is.
func (r *run) head(ctx context.Context, q question, h headers, region string) diagnose.Fact[diagnose.Answer] {
	if r.target.Key == "" {
		return r.headBucket(ctx, q, h.owner, region)
	}
	q.operation, q.service, q.region = "HeadObject", "s3", region
	q.cli = append(r.objectWords("head-object"), h.flags()...)
	in := &s3.HeadObjectInput{
		Bucket: &r.target.Bucket, Key: &r.target.Key,
		VersionId: optional(h.version), ExpectedBucketOwner: optional(h.owner),
	}
	if h.payer {
		in.RequestPayer = types.RequestPayerRequester
	}
	if h.checksum {
		in.ChecksumMode = types.ChecksumModeEnabled
	}
	rep := r.call(ctx, q, func(ctx context.Context) error {
		_, err := r.s3(q.who, region).HeadObject(ctx, in)
		return err
	})
	return rep.answerFact()
}

func (r *run) headBucket(ctx context.Context, q question, owner, region string) diagnose.Fact[diagnose.Answer] {
	q.operation, q.service, q.region = "HeadBucket", "s3", region
	q.cli = append([]string{"s3api", "head-bucket"}, option("--bucket", r.target.Bucket)...)
	q.cli = append(q.cli, option("--expected-bucket-owner", owner)...)
	rep := r.call(ctx, q, func(ctx context.Context) error {
		_, err := r.s3(q.who, region).HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &r.target.Bucket, ExpectedBucketOwner: optional(owner)})
		return err
	})
	return rep.answerFact()
}

// get sends the bodied twin of HEAD: the same action on the same resource, one
// byte of it. Its refusal comes with a text.
func (r *run) get(ctx context.Context, h headers) diagnose.Fact[diagnose.Answer] {
	if r.target.Key == "" {
		return r.listOne(ctx, h)
	}
	q := question{operation: "GetObject", detail: "Range bytes=0-0", service: "s3", verbatim: true}
	q.cli = append(r.objectWords("get-object"), "--range", "bytes=0-0")
	q.cli = append(append(q.cli, h.flags()...), "/dev/null")
	in := &s3.GetObjectInput{
		Bucket: &r.target.Bucket, Key: &r.target.Key, Range: aws.String("bytes=0-0"),
		VersionId: optional(h.version), ExpectedBucketOwner: optional(h.owner),
	}
	if h.payer {
		in.RequestPayer = types.RequestPayerRequester
	}
	if h.checksum {
		in.ChecksumMode = types.ChecksumModeEnabled
	}
	rep := r.call(ctx, q, func(ctx context.Context) error {
		// The SDK asks for checksums of its own accord; then GET would need more
		// than the HEAD did.
		out, err := r.s3(caller, r.target.Region).GetObject(ctx, in, func(o *s3.Options) {
			o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		})
		if err == nil {
			_ = out.Body.Close()
		}
		return err
	})
	return rep.answerFact()
}

// listOne is the bodied twin of HeadBucket: the same action, s3:ListBucket.
func (r *run) listOne(ctx context.Context, h headers) diagnose.Fact[diagnose.Answer] {
	q := question{operation: "ListObjectsV2", detail: "one key", service: "s3", verbatim: true}
	q.cli = append([]string{"s3api", "list-objects-v2"}, option("--bucket", r.target.Bucket)...)
	q.cli = append(append(q.cli, "--max-keys", "1"), option("--expected-bucket-owner", h.owner)...)
	rep := r.call(ctx, q, func(ctx context.Context) error {
		_, err := r.s3(caller, r.target.Region).ListObjectsV2(ctx, &s3.ListObjectsV2Input{
			Bucket: &r.target.Bucket, MaxKeys: aws.Int32(1), ExpectedBucketOwner: optional(h.owner),
		})
		return err
	})
	return rep.answerFact()
}

// answerFact is the reply as a fact. An answer that refuses is an answer too:
// its state is Known, and what it says is its value.
func (rep reply) answerFact() diagnose.Fact[diagnose.Answer] {
	if !rep.answered {
		return diagnose.Fact[diagnose.Answer]{State: diagnose.Failed, Source: rep.exchange, Note: rep.exchange.Err}
	}
	return diagnose.KnownFact(rep.answer(), rep.exchange)
}

// state is what became of a question that reads a setting, whose refusal is no
// evidence about the object.
func (rep reply) state() diagnose.State {
	code := rep.exchange.Code
	switch {
	case !rep.answered, dead[code], code == "NoSuchBucket", rep.answer().HTML:
		return diagnose.Failed
	case rep.status == 501 || notThere[code]:
		return diagnose.NotAsked // the store has no such thing
	case rep.exchange.Refused(), deniedCodes[code]:
		return diagnose.Denied
	case rep.status == 404:
		return diagnose.Absent
	case rep.err == nil && rep.exchange.OK():
		return diagnose.Known
	}
	return diagnose.Failed
}

// deniedCodes are refusals that come with another status than 403: the JSON
// services answer 400, and S3 answers 405 to policy readers of other accounts.
var deniedCodes = map[string]bool{
	"AccessDeniedException": true, "AccessDenied": true, "UnauthorizedOperation": true, "MethodNotAllowed": true,
}

// notThere are the codes by which stores say that they lack an operation.
var notThere = map[string]bool{
	"NotImplemented": true, "XNotImplemented": true, "InvalidAction": true, "UnknownOperationException": true,
}

// factOf wraps a value that was read; without it, the reason there is none.
func factOf[T any](rep reply, privilege string, value func() T) diagnose.Fact[T] {
	f := diagnose.Fact[T]{State: rep.state(), Source: rep.exchange}
	switch f.State {
	case diagnose.Known:
		f.Value = value()
	case diagnose.Denied:
		f.Note = fmt.Sprintf("%s was refused; it takes %s", rep.exchange.Operation, privilege)
	case diagnose.NotAsked:
		f.Note = "the store has no " + rep.exchange.Operation
	case diagnose.Failed:
		f.Note = fmt.Sprintf("%s gave no usable answer: %s", rep.exchange.Operation, why(rep))
	}
	return f
}

func why(rep reply) string {
	if rep.exchange.Err != "" {
		return rep.exchange.Err
	}
	return fmt.Sprintf("status %d %s", rep.status, rep.exchange.Code)
}
