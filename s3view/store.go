package s3view

import (
	"context"
	"regexp"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// A Store is S3 as one session sees it. Its methods only read. They return
// *Error, ask again in the right region when a bucket turns out to live
// elsewhere, and are safe for use by several goroutines.
type Store struct {
	session *Session

	mu      sync.Mutex
	clients map[clientKey]*s3.Client
	regions map[string]string // by bucket, as learned from answers
}

type clientKey struct {
	region    string
	pathStyle bool
	anonymous bool
}

func newStore(s *Session) *Store {
	return &Store{session: s, clients: map[clientKey]*s3.Client{}, regions: map[string]string{}}
}

// Session returns the session behind the store.
func (st *Store) Session() *Session { return st.session }

// client returns the client for the bucket and the region that it signs for.
func (st *Store) client(bucket string) (*s3.Client, string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	region := st.regions[bucket]
	if region == "" {
		region = st.session.Region()
	}
	return st.clientFor(clientKey{region, st.session.UsePathStyle(bucket), false}, bucket), region
}

// clientFor makes each client once: they share connections, and each remembers
// the clock skew it has seen. The caller holds st.mu.
func (st *Store) clientFor(k clientKey, bucket string) *s3.Client {
	if c := st.clients[k]; c != nil {
		return c
	}
	c := s3.NewFromConfig(st.session.cfg, st.session.S3Options(bucket), func(o *s3.Options) {
		o.Region = k.region
		if k.anonymous {
			unsigned(o)
		}
	})
	st.clients[k] = c
	return c
}

// learn remembers a bucket's region.
func (st *Store) learn(bucket, region string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if bucket != "" && region != "" && !st.session.opts.OneRegion {
		st.regions[bucket] = region
	}
}

// KnownRegion is the bucket's region as far as answers have shown it, else the
// session's.
func (st *Store) KnownRegion(bucket string) string {
	_, region := st.client(bucket)
	return region
}

// do makes one call for a bucket and makes it once more in the bucket's own
// region when the answer says that it lives elsewhere. moved is that region,
// or "" when the first call went to the right one.
func do[T any](ctx context.Context, st *Store, op string, at Location, call func(context.Context, *s3.Client) (T, error)) (out T, moved string, err error) {
	if at.Region != "" {
		st.hint(at)
	}
	c, region := st.client(at.Bucket)
	out, failure := call(ctx, c)
	if failure == nil {
		return out, "", nil
	}
	e := newError(op, at, st.session.sessions.uncover(ctx, at.Bucket, failure))
	e.SignedFor = region
	to := st.movedTo(ctx, at, e)
	if to == "" || to == region {
		return out, "", e
	}
	st.learn(at.Bucket, to)
	c, region = st.client(at.Bucket)
	if out, failure = call(ctx, c); failure != nil {
		e = newError(op, at, st.session.sessions.uncover(ctx, at.Bucket, failure))
		e.SignedFor = region
		return out, to, e
	}
	return out, to, nil
}

// hint takes the region that a URL or an ARN named, unless answers know better.
func (st *Store) hint(at Location) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.regions[at.Bucket] == "" {
		st.regions[at.Bucket] = at.Region
	}
}

var expecting = regexp.MustCompile(`expecting '([a-z0-9-]{2,40})'`)

// movedTo reads from an error where the bucket lives: the header that AWS sends
// with most refusals, the text of AuthorizationHeaderMalformed, and where a HEAD
// shows neither, an unsigned HeadBucket.
func (st *Store) movedTo(ctx context.Context, at Location, e *Error) string {
	if at.Bucket == "" || at.Kind() != BucketKind || st.session.opts.OneRegion {
		return ""
	}
	if e.Region != "" {
		return e.Region
	}
	if m := expecting.FindStringSubmatch(e.Message); m != nil {
		return m[1]
	}
	switch e.Code {
	case "PermanentRedirect", "MovedPermanently", "TemporaryRedirect", "AuthorizationHeaderMalformed",
		"IllegalLocationConstraintException", "BadRequest":
		region, err := st.askRegion(ctx, at.Bucket)
		if err == nil {
			return region
		}
	}
	return ""
}

// Region tells where a bucket lives, by an unsigned HeadBucket, which needs no
// permission (API Reference, HeadBucket). It is "" when the store does not say.
func (st *Store) Region(ctx context.Context, bucket string) (string, error) {
	st.mu.Lock()
	known := st.regions[bucket]
	st.mu.Unlock()
	if known != "" {
		return known, nil
	}
	region, err := st.askRegion(ctx, bucket)
	if err != nil {
		return "", err
	}
	st.learn(bucket, region)
	return region, nil
}

func (st *Store) askRegion(ctx context.Context, bucket string) (string, error) {
	st.mu.Lock()
	c := st.clientFor(clientKey{st.session.Region(), st.session.UsePathStyle(bucket), true}, bucket)
	st.mu.Unlock()
	out, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket})
	if err == nil {
		return aws.ToString(out.BucketRegion), nil
	}
	e := newError("HeadBucket", Location{Bucket: bucket}, err)
	if e.Region != "" || e.Denied() {
		return e.Region, nil
	}
	return "", e
}
