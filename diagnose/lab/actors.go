package lab

import (
	"fmt"
	"strings"
	"time"

	"s403/diagnose"
)

// defaultIP is where requests come from when an actor says nothing else: an
// address of the documentation's range, for loopback has none that means much.
const defaultIP = "203.0.113.9"

func (s *state) addActors() error {
	for _, a := range s.world.Actors {
		c, err := s.credential(a)
		if err != nil {
			return fmt.Errorf("actor %q: %w", a.Name, err)
		}
		if c == nil || a.Fault == "unknown-key" {
			continue
		}
		if s.credentials[c.keyID] != nil {
			return fmt.Errorf("actor %q stands twice", a.Name)
		}
		s.credentials[c.keyID] = c
	}
	return nil
}

// credential is what the lab knows of an actor's access key; nil for anonymous.
func (s *state) credential(a Actor) (*credential, error) {
	if a.Anonymous {
		return nil, nil
	}
	c := &credential{actor: a.Name, ip: a.IP, vpce: a.VPCE, clock: time.Duration(a.Clock), mfa: a.MFA, tags: a.SessionTags}
	if c.ip == "" {
		c.ip = defaultIP
	}
	if a.VPCE != "" && s.endpoints[a.VPCE] == nil {
		return nil, fmt.Errorf("there is no vpc-endpoint %q", a.VPCE)
	}
	if err := s.identify(c, a); err != nil {
		return nil, err
	}
	if a.SessionPolicy != "" {
		d, err := parse("the session", "session policy", a.SessionPolicy)
		if err != nil {
			return nil, err
		}
		c.session = []*document{d}
	}
	s.issue(c, a)
	return c, nil
}

// identify fills in who the actor is.
func (s *state) identify(c *credential, a Actor) error {
	switch {
	case a.Root != "":
		c.account = s.accounts[a.Root]
		if c.account == nil {
			return fmt.Errorf("there is no account %q", a.Root)
		}
		c.arn, c.userID, c.kind = c.account.root(), c.account.ID, diagnose.KindRoot
		return nil
	case a.Role != "":
		p, err := s.principalNamed("role", a.Role)
		if err != nil {
			return err
		}
		c.become(p, orElse(a.Session, "session"))
		return nil
	case a.User != "":
		p, err := s.principalNamed("user", a.User)
		if err != nil {
			return err
		}
		c.account, c.principal, c.arn, c.userID, c.kind = p.account, p.arn, p.arn, p.id, diagnose.KindUser
		if a.Federated {
			c.federate(a.Session)
		}
		return nil
	}
	return fmt.Errorf("one of user, role, root and anonymous is needed")
}

// become makes the credential one of a session of the role.
func (c *credential) become(role *principal, session string) {
	c.account, c.principal, c.kind = role.account, role.arn, diagnose.KindRoleSession
	c.arn = fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", role.account.ID, role.name, session)
	c.userID = role.id + ":" + session
}

// federate makes the credential one of GetFederationToken.
func (c *credential) federate(name string) {
	c.kind = diagnose.KindFederated
	c.arn = fmt.Sprintf("arn:aws:sts::%s:federated-user/%s", c.account.ID, name)
	c.userID = c.account.ID + ":" + name
	if c.session == nil {
		c.session = []*document{}
	}
}

func (s *state) principalNamed(kind, full string) (*principal, error) {
	acct, name, err := s.place(kind, full)
	if err != nil {
		return nil, err
	}
	p := s.named(kind, acct, name)
	if p == nil {
		return nil, fmt.Errorf("there is no %s %q", kind, full)
	}
	return p, nil
}

// temporary tells whether the actor's credentials are those of a session.
func (a Actor) temporary() bool { return a.Role != "" || a.Session != "" }

// issue gives the credential its key, and the lab its view of what is wrong with it.
func (s *state) issue(c *credential, a Actor) {
	seed := a.Name
	c.secret = secretKey(seed)
	if !a.temporary() {
		c.keyID = keyID("AKIA", seed)
		c.inactive = a.Fault == "inactive-key"
		return
	}
	c.keyID, c.token = keyID("ASIA", seed), sessionToken(seed)
	c.garbled = a.Fault == "garbled-token"
	c.issued, c.expires = sessionsBegan, farFuture
	if a.Fault == "expired" {
		c.issued, c.expires = longAgo.Add(-time.Hour), longAgo
	}
}

// The lives of actors' sessions: an actor's credentials never run out while the
// lab is up, unless that is what the scenario is about.
var (
	sessionsBegan = time.Date(2026, 10, 2, 8, 0, 0, 0, time.UTC)
	farFuture     = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	longAgo       = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Credentials returns what the actor holds: empty for an anonymous one, and
// with the fault that the world gives her.
func (a Actor) Credentials() Credentials {
	short := a.Name[strings.LastIndex(a.Name, "/")+1:]
	if a.Anonymous {
		return Credentials{Actor: short}
	}
	prefix, token := "AKIA", ""
	if a.temporary() {
		prefix, token = "ASIA", sessionToken(a.Name)
	}
	held := Credentials{Actor: short, AccessKeyID: keyID(prefix, a.Name), SecretAccessKey: secretKey(a.Name), SessionToken: token}
	switch a.Fault {
	case "wrong-secret":
		held.SecretAccessKey = secretKey("another than " + a.Name)
	case "no-token":
		held.SessionToken = ""
	case "garbled-token":
		held.SessionToken = "x" + token[:40]
	}
	return held
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
