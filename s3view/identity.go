package s3view

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Identity is who the store's requests come from.
type Identity struct {
	ARN     string // of the user or the role session
	Account string // 12 digits
	UserID  string
	// Asked is false where there is no STS to ask: an anonymous session or a
	// store that is not AWS.
	Asked bool
}

// Name is the identity as the header line shows it: "ana" for a user,
// "dev/session" for a role session, "root", or "anonymous".
func (i Identity) Name() string {
	part := i.ARN[strings.LastIndexByte(i.ARN, ':')+1:]
	switch {
	case i.ARN == "":
		return ""
	case strings.HasPrefix(part, "user/"):
		return part[strings.LastIndexByte(part, '/')+1:]
	case strings.HasPrefix(part, "assumed-role/"):
		return strings.TrimPrefix(part, "assumed-role/")
	}
	return part
}

type identityCache struct {
	mu    sync.Mutex
	value Identity
}

// Identity asks sts:GetCallerIdentity, which needs no permission, and keeps the
// answer. Where there is no STS it returns an Identity that was not asked.
func (s *Session) Identity(ctx context.Context) (Identity, error) {
	if s.Anonymous() || s.CustomStore() {
		return Identity{}, nil
	}
	s.who.mu.Lock()
	defer s.who.mu.Unlock()
	if s.who.value.Asked {
		return s.who.value, nil
	}
	out, err := sts.NewFromConfig(s.cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, newError("GetCallerIdentity", Location{}, err)
	}
	s.who.value = Identity{
		ARN: aws.ToString(out.Arn), Account: aws.ToString(out.Account), UserID: aws.ToString(out.UserId), Asked: true,
	}
	return s.who.value, nil
}

// knownAccount is the account of the caller, as far as STS was asked; else empty.
func (s *Session) knownAccount() string {
	if !s.who.mu.TryLock() {
		return "" // it is being asked
	}
	defer s.who.mu.Unlock()
	return s.who.value.Account
}
