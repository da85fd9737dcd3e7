package lab

import (
	"fmt"
	"strings"

	"s403/diagnose/policy"
)

// state is a world that has been read and indexed. It never changes: a change
// of the world makes a new state, so requests need no lock.
type state struct {
	world       World
	accounts    map[string]*account   // by name and by id
	principals  map[string]*principal // users, groups and roles by ARN
	managed     map[string]*document  // managed policies by ARN
	keys        map[string]*key       // by ARN and by id
	endpoints   map[string]*endpoint  // by id
	buckets     map[string]*bucket
	points      map[string]*accessPoint // by alias, ARN and "name-account"
	scps, rcps  map[string][]control    // by unit path and account name
	units       map[string]*Unit        // by path
	credentials map[string]*credential  // actors' credentials by access key id
}

// document is a policy document with its text and where it is known by.
type document struct {
	name, arn, path string
	text            string
	parsed          *policy.Document
}

// named is the document as the evaluator takes it. The name is what matches
// and messages show: the ARN, where there is one.
func (d *document) named() policy.Named {
	if d.arn != "" {
		return policy.Named{Name: d.arn, Document: d.parsed}
	}
	return policy.Named{Name: d.name, Document: d.parsed}
}

type account struct {
	Account
	canonical string
	publicSet map[string]bool
}

// root is the ARN of the account's root.
func (a *account) root() string { return "arn:aws:iam::" + a.ID + ":root" }

type key struct {
	Key
	account *account
	arn     string
	policy  *document
}

type endpoint struct {
	Endpoint
	account *account
	policy  *document
}

type bucket struct {
	Bucket
	account   *account
	policy    *document
	publicSet map[string]bool
	key       *key
}

// enforced tells whether ACLs are off in the bucket.
func (b *bucket) enforced() bool {
	return b.Ownership == "" || b.Ownership == "BucketOwnerEnforced"
}

// directory tells whether it is a directory bucket (S3 Express One Zone).
func (b *bucket) directory() bool { return strings.HasSuffix(b.Name, "--x-s3") }

// arn is the bucket's ARN.
func (b *bucket) arn() string {
	if b.directory() {
		return fmt.Sprintf("arn:aws:s3express:%s:%s:bucket/%s", b.Region, b.account.ID, b.Name)
	}
	return "arn:aws:s3:::" + b.Name
}

type accessPoint struct {
	AccessPoint
	name      string
	account   *account
	bucket    *bucket
	arn       string
	policy    *document
	publicSet map[string]bool
}

// control is a control policy at the node it is attached to.
type control struct {
	ControlPolicy
	document
}

// parse reads a policy document that stands in the world.
func parse(where, name, text string) (*document, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	parsed, err := policy.Parse([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("read policy %q of %s: %w", name, where, err)
	}
	return &document{name: name, text: strings.TrimSpace(text), parsed: parsed}, nil
}

// build indexes a world. Its errors name what is wrong with which entry.
func build(w World) (*state, error) {
	s := &state{
		world: w, accounts: map[string]*account{}, principals: map[string]*principal{}, managed: map[string]*document{},
		keys: map[string]*key{}, endpoints: map[string]*endpoint{}, buckets: map[string]*bucket{},
		points: map[string]*accessPoint{}, scps: map[string][]control{}, rcps: map[string][]control{},
		units: map[string]*Unit{}, credentials: map[string]*credential{},
	}
	steps := []func() error{
		s.addAccounts, s.addControl, s.addManaged, s.addGroups, s.addUsers, s.addRoles,
		s.addKeys, s.addEndpoints, s.addBuckets, s.addAccessPoints, s.addActors,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("build the world: %w", err)
		}
	}
	return s, nil
}

func (s *state) addAccounts() error {
	for i := range s.world.Units {
		s.units[s.world.Units[i].Path] = &s.world.Units[i]
	}
	for _, a := range s.world.Accounts {
		if len(a.ID) != 12 || strings.Trim(a.ID, "0123456789") != "" {
			return fmt.Errorf("account %q: id %q is not twelve digits", a.Name, a.ID)
		}
		if s.accounts[a.Name] != nil || s.accounts[a.ID] != nil {
			return fmt.Errorf("account %q (%s) stands twice", a.Name, a.ID)
		}
		if a.Unit != "" && s.units[a.Unit] == nil {
			return fmt.Errorf("account %q: no unit has the path %q", a.Name, a.Unit)
		}
		acct := &account{Account: a, canonical: canonicalID(a.ID), publicSet: set(a.PublicAccess)}
		s.accounts[a.Name], s.accounts[a.ID] = acct, acct
	}
	return nil
}

func set(names []string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

func (s *state) addControl() error {
	for _, c := range s.world.Control {
		d, err := parse("the organization", c.Name, c.Document)
		if err != nil {
			return err
		}
		if d == nil {
			return fmt.Errorf("control policy %q has no document", c.Name)
		}
		if c.ID == "" {
			c.ID = "p-" + strings.ToLower(uniqueID("", c.Name)[:8])
		}
		into, long := s.scps, "service_control_policy"
		if c.Kind == "rcp" {
			into, long = s.rcps, "resource_control_policy"
		} else if c.Kind != "scp" {
			return fmt.Errorf("control policy %q: kind %q is neither \"scp\" nor \"rcp\"", c.Name, c.Kind)
		}
		d.arn = fmt.Sprintf("arn:aws:organizations::%s:policy/%s/%s/%s", s.managementID(), s.world.Organization.ID, long, c.ID)
		for _, target := range c.Targets {
			if s.units[target] == nil && s.accounts[target] == nil {
				return fmt.Errorf("control policy %q: target %q is neither a unit nor an account", c.Name, target)
			}
			into[target] = append(into[target], control{c, *d})
		}
	}
	return nil
}

// managementID is the id of the organization's management account.
func (s *state) managementID() string {
	if a := s.accounts[s.world.Organization.Management]; a != nil {
		return a.ID
	}
	return ""
}

func (s *state) addKeys() error {
	for _, k := range s.world.Keys {
		acct, _, err := s.place("key", k.Name)
		if err != nil {
			return err
		}
		if k.State == "" {
			k.State = "Enabled"
		}
		if k.Manager == "" {
			k.Manager = "CUSTOMER"
		}
		if k.Policy == "" {
			k.Policy = fmt.Sprintf(`{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"%s"},"Action":"kms:*","Resource":"*"}]}`, acct.root())
		}
		d, err := parse("key "+k.Name, "default", k.Policy)
		if err != nil {
			return err
		}
		arn := fmt.Sprintf("arn:aws:kms:%s:%s:key/%s", k.Region, acct.ID, k.ID)
		if s.keys[arn] != nil || s.keys[k.Name] != nil {
			return fmt.Errorf("key %q stands twice", k.Name)
		}
		entry := &key{Key: k, account: acct, arn: arn, policy: d}
		s.keys[arn], s.keys[k.ID], s.keys[k.Name] = entry, entry, entry
	}
	return nil
}

func (s *state) addEndpoints() error {
	for _, e := range s.world.Endpoints {
		acct := s.accounts[e.Account]
		if acct == nil {
			return fmt.Errorf("vpc-endpoint %q: there is no account %q", e.ID, e.Account)
		}
		if e.Policy == "" {
			e.Policy = `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
		}
		d, err := parse("vpc-endpoint "+e.ID, e.ID, e.Policy)
		if err != nil {
			return err
		}
		s.endpoints[e.ID] = &endpoint{Endpoint: e, account: acct, policy: d}
	}
	return nil
}

func (s *state) addBuckets() error {
	for _, b := range s.world.Buckets {
		acct := s.accounts[b.Account]
		switch {
		case acct == nil:
			return fmt.Errorf("bucket %q: there is no account %q", b.Name, b.Account)
		case s.buckets[b.Name] != nil:
			return fmt.Errorf("bucket %q stands twice", b.Name)
		case b.Encryption != "" && s.keys[b.Encryption] == nil:
			return fmt.Errorf("bucket %q: there is no key %q", b.Name, b.Encryption)
		}
		d, err := parse(fmt.Sprintf("bucket %q", b.Name), "bucket policy", b.Policy)
		if err != nil {
			return err
		}
		if err := b.checkLocks(); err != nil {
			return err
		}
		if b.Region == "" {
			b.Region = "us-east-1"
		}
		s.buckets[b.Name] = &bucket{Bucket: b, account: acct, policy: d, publicSet: set(b.PublicAccess), key: s.keys[b.Encryption]}
	}
	return nil
}

func (s *state) addAccessPoints() error {
	for _, p := range s.world.AccessPoints {
		acct, name, err := s.place("access-point", p.Name)
		if err != nil {
			return err
		}
		b := s.buckets[p.Bucket]
		if b == nil {
			return fmt.Errorf("access-point %q: there is no bucket %q", p.Name, p.Bucket)
		}
		d, err := parse(fmt.Sprintf("access-point %q", p.Name), name, p.Policy)
		if err != nil {
			return err
		}
		if p.Alias == "" {
			p.Alias = fmt.Sprintf("%s-%s-s3alias", name, strings.ToLower(uniqueID("", p.Name)))
		}
		arn := fmt.Sprintf("arn:aws:s3:%s:%s:accesspoint/%s", b.Region, acct.ID, name)
		entry := &accessPoint{AccessPoint: p, name: name, account: acct, bucket: b, arn: arn, policy: d, publicSet: set(p.PublicAccess)}
		s.points[p.Alias], s.points[arn], s.points[name+"-"+acct.ID] = entry, entry, entry
	}
	return nil
}

// place splits "account/name" and finds the account.
func (s *state) place(what, full string) (*account, string, error) {
	acct, name, ok := strings.Cut(full, "/")
	if !ok || name == "" {
		return nil, "", fmt.Errorf("%s %q: write it as \"account/name\"", what, full)
	}
	if s.accounts[acct] == nil {
		return nil, "", fmt.Errorf("%s %q: there is no account %q", what, full, acct)
	}
	return s.accounts[acct], name, nil
}
