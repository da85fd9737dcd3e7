package s3view

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
)

// createSession is what the SDK asks before the first request to a directory
// bucket (S3 User Guide, "Authorizing Zonal endpoint API operations with
// CreateSession").
const createSession = "CreateSession"

// sessionErrors keeps how the last CreateSession of each directory bucket
// failed. The SDK makes mere text of that error on its way to the request that
// waits for the session, and so status, code and request id would be lost.
type sessionErrors struct {
	mu   sync.Mutex
	last map[string]error // by bucket; none after a success
}

// watch adds to a client's requests a step that notes what CreateSession answers.
func (s *sessionErrors) watch(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("noteCreateSession",
		func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleInitialize(ctx, in)
			if asked, ok := in.Parameters.(*s3.CreateSessionInput); ok {
				s.note(aws.ToString(asked.Bucket), err)
			}
			return out, metadata, err
		}), middleware.Before)
}

func (s *sessionErrors) note(bucket string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		delete(s.last, bucket)
		return
	}
	if s.last == nil {
		s.last = map[string]error{}
	}
	s.last[bucket] = err
}

// sessionRefused is the error of a request that was not sent, because no session
// was had for it.
type sessionRefused struct{ error }

func (e sessionRefused) Unwrap() error { return e.error }

// uncover gives the error of CreateSession where that is what failed, and the
// context's where a request ended because nobody waits for it any more.
func (s *sessionErrors) uncover(ctx context.Context, bucket string, err error) error {
	if answered(err) || !strings.Contains(err.Error(), "get identity: get credentials:") {
		return err
	}
	if gone := context.Cause(ctx); gone != nil {
		return sessionRefused{gone}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := s.last[bucket]; last != nil && strings.Contains(err.Error(), createSession) {
		return sessionRefused{last}
	}
	return err
}
