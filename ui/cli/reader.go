package cli

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"s403/s3view"
)

// heldReader keeps the session of a reader, so that each diagnosis of the
// explorer does not log in again, or ask for another MFA code.
type heldReader struct {
	mu      sync.Mutex
	session *s3view.Session
}

// reader opens the session that only reads policies and settings; nil without
// --reader-profile.
func (f *connectionFlags) reader(ctx context.Context) (*s3view.Session, error) {
	if f.readerProfile == "" {
		return nil, nil
	}
	held := f.held
	if held == nil {
		held = &heldReader{}
	}
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.session != nil {
		return held.session, nil
	}
	o, err := f.options()
	if err != nil {
		return nil, err
	}
	o.Profile, o.NoSignRequest = f.readerProfile, false
	s, err := s3view.Connect(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("reader profile %q: %w", f.readerProfile, err)
	}
	held.session = s
	return s, nil
}

// readerConfig is the configuration of the credentials that only read policies
// and settings: those of --reader-profile or, where no profile can be written,
// as in a pipeline, of S403_READER_ACCESS_KEY_ID, S403_READER_SECRET_ACCESS_KEY
// and S403_READER_SESSION_TOKEN. It is nil without either. In the demo the lab's
// own people read, whatever the environment holds.
func (f *connectionFlags) readerConfig(ctx context.Context, own aws.Config) (*aws.Config, error) {
	if f.readerKeys != nil || f.opts.Sealed {
		return keyedConfig(own, f.readerKeys), nil
	}
	session, err := f.reader(ctx)
	if err != nil {
		return nil, err
	}
	if session != nil {
		cfg := session.AWSConfig()
		return &cfg, nil
	}
	return keyedConfig(own, environmentReader(os.Getenv)), nil
}

// environmentReader are the reader's keys of the environment, or nil.
func environmentReader(getenv func(string) string) *s3view.Keys {
	k := s3view.Keys{
		AccessKeyID:     getenv("S403_READER_ACCESS_KEY_ID"),
		SecretAccessKey: getenv("S403_READER_SECRET_ACCESS_KEY"),
		SessionToken:    getenv("S403_READER_SESSION_TOKEN"),
	}
	if k.AccessKeyID == "" || k.SecretAccessKey == "" {
		return nil
	}
	return &k
}

// keyedConfig is own with other credentials; nil without them.
func keyedConfig(own aws.Config, k *s3view.Keys) *aws.Config {
	if k == nil {
		return nil
	}
	cfg := own.Copy()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(k.AccessKeyID, k.SecretAccessKey, k.SessionToken)
	return &cfg
}
