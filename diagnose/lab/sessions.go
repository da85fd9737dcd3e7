package lab

import (
	"fmt"
	"sync"
	"time"
)

// maxSessions bounds the sessions that a lab remembers; the oldest are forgotten.
const maxSessions = 4096

// sessions are the temporary credentials that STS and CreateSession handed out.
// The zero value is ready for use.
type sessions struct {
	mu    sync.RWMutex
	byKey map[string]*credential
	order []string
	count uint64
}

func (s *sessions) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byKey, s.order = nil, nil
}

func (s *sessions) find(keyID string) *credential {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byKey[keyID]
}

// add gives the credential a key of its own and remembers it.
func (s *sessions) add(c *credential, now time.Time, life time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	seed := fmt.Sprintf("%s %d %d", c.arn, s.count, now.UnixNano())
	c.keyID, c.secret, c.token = keyID("ASIA", seed), secretKey(seed), sessionToken(seed)
	c.issued, c.expires = now, now.Add(life)
	if s.byKey == nil {
		s.byKey = map[string]*credential{}
	}
	s.byKey[c.keyID] = c
	s.order = append(s.order, c.keyID)
	if len(s.order) > maxSessions {
		delete(s.byKey, s.order[0])
		s.order = s.order[1:]
	}
}
