package cli

import (
	"context"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
	"s403/diagnose/probe"
	"s403/s3view"
)

// proberOf is what asks for the reasons of a refusal of the request for at, as
// the session does, and with the other credentials of --reader-profile.
func (f *connectionFlags) proberOf(ctx context.Context, s *s3view.Session, at s3view.Location, now func() time.Time) (*probe.Prober, error) {
	c, err := f.proberConfig(ctx, s, at, now)
	if err != nil {
		return nil, err
	}
	return probe.New(c), nil
}

// surveyorOf makes the prober of the permission matrix: it reads the policies of
// an allowed request as well.
func (f *connectionFlags) surveyorOf(ctx context.Context, s *s3view.Session, at s3view.Location, now func() time.Time) (*probe.Prober, error) {
	c, err := f.proberConfig(ctx, s, at, now)
	if err != nil {
		return nil, err
	}
	c.Everything = true
	return probe.New(c), nil
}

func (f *connectionFlags) proberConfig(ctx context.Context, s *s3view.Session, at s3view.Location, now func() time.Time) (probe.Config, error) {
	c := probe.Config{
		AWS: s.AWSConfig(), Options: f.diagnoseOptions(at), URL: replayedURL(at),
		S3Options:     []func(*s3.Options){s.S3Options(at.Bucket)},
		Profile:       f.opts.Profile,
		ReaderProfile: f.readerProfile, Now: now,
	}
	// The story of the credentials is told even where they cannot be had.
	story, _ := s.Credentials(ctx)
	c.Source, c.Hidden = story.Source, story.Hidden
	var err error
	c.Reader, err = f.readerConfig(ctx, c.AWS)
	return c, err
}

// replayedURL is the URL that is sent as it was given: a presigned one carries its
// own signature, and a website endpoint takes none.
func replayedURL(at s3view.Location) string {
	switch {
	case at.Presigned != nil:
		return at.Presigned.URL()
	case at.Website:
		u := url.URL{Path: "/" + at.Key}
		return at.Endpoint + u.EscapedPath()
	}
	return ""
}

// diagnosed is the target of a diagnosis; of a URL that is replayed, the endpoint
// is where the URL leads.
func diagnosed(s *s3view.Session, at s3view.Location) diagnose.Target {
	t := targetOf(s, at)
	if u, err := url.Parse(replayedURL(at)); err == nil && u.Host != "" {
		t.Endpoint = u.Scheme + "://" + u.Host
	}
	return t
}
