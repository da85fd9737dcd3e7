package cli

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// readerConfig is the configuration of the credentials that only read policies
// and settings: those of --reader-profile or, where no profile can be written,
// as in a pipeline, of S403_READER_ACCESS_KEY_ID, S403_READER_SECRET_ACCESS_KEY
// and S403_READER_SESSION_TOKEN. It is nil without either.
func (f *connectionFlags) readerConfig(ctx context.Context, own aws.Config) (*aws.Config, error) {
	session, err := f.reader(ctx)
	if err != nil {
		return nil, err
	}
	if session != nil {
		cfg := session.AWSConfig()
		return &cfg, nil
	}
	id, secret := os.Getenv("S403_READER_ACCESS_KEY_ID"), os.Getenv("S403_READER_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return nil, nil
	}
	cfg := own.Copy()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(id, secret, os.Getenv("S403_READER_SESSION_TOKEN"))
	return &cfg, nil
}
