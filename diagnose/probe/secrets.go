package probe

import (
	"bytes"
	"net/url"
	"strings"
	"sync"

	"s403/diagnose/message"
)

// hidden stands where a secret stood.
const hidden = "[redacted]"

// secrets are the strings that this program knows and must never show. Servers
// echo them: ExpiredToken holds the session token in <Token-0>,
// SignatureDoesNotMatch in <CanonicalRequest>.
type secrets struct {
	mu    sync.RWMutex
	exact []string
}

func newSecrets() *secrets { return &secrets{} }

// minSecret keeps short strings out, which would match by accident.
const minSecret = 8

// add takes secrets in, each also in the spellings of URLs.
func (s *secrets) add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range values {
		if len(v) < minSecret {
			continue
		}
		s.exact = append(s.exact, v)
		for _, spelled := range []string{url.QueryEscape(v), url.PathEscape(v), strings.ToLower(url.QueryEscape(v))} {
			if spelled != v {
				s.exact = append(s.exact, spelled)
			}
		}
	}
}

// scrub takes the known secrets out of a body.
func (s *secrets) scrub(body []byte) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, v := range s.exact {
		if bytes.Contains(body, []byte(v)) {
			body = bytes.ReplaceAll(body, []byte(v), []byte(hidden))
		}
	}
	return body
}

// clean makes one header value fit to be shown: no known secret, no control
// character. It leaves ids whole, which look like secrets to a guesser.
func (s *secrets) clean(v string) string {
	return printable(string(s.scrub([]byte(v))))
}

// text makes free text fit to be shown: known secrets and what looks like one.
func (s *secrets) text(v string) string {
	return printable(message.Redact(string(s.scrub([]byte(v)))))
}
