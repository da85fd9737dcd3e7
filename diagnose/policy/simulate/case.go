// Package simulate runs policy cases as `s403 simulate` does: one JSON object a
// line in, one a line out, in the same order. It reads each case itself and
// hands the policies to the evaluator; equal policies are parsed once.
package simulate

import (
	"errors"
	"fmt"

	"s403/diagnose/policy"
	"s403/diagnose/policy/internal/scan"
)

// reader reads cases and remembers the policies it has parsed. It is for one
// goroutine.
type reader struct {
	documents map[string]*policy.Document
	held      int // bytes of the documents remembered
}

// The policies that a reader remembers: each up to maxRemembered bytes, all
// together up to maxHeld; then it forgets them and begins anew.
const (
	maxRemembered = 32 << 10
	maxHeld       = 4 << 20
)

// testCase is one line of the input.
type testCase struct {
	id      []byte // the JSON value as it was given; nil: none
	request policy.Request
	set     policy.Set
}

// read reads one line. On an error the case holds its id where that could be read.
func (r *reader) read(line []byte) (c testCase, err error) {
	s := scan.New(line)
	asked := false
	err = fields(s, func(name string) error {
		asked = asked || name == "request"
		return r.field(s, name, &c)
	})
	if err == nil {
		err = s.End()
	}
	if err == nil && !asked {
		err = errors.New("the case has no request")
	}
	if err == nil {
		err = c.request.Check()
	}
	if err != nil && c.id == nil {
		c.id = findID(line)
	}
	return c, err
}

// fields reads an object. A null is the same as an absent field, and an error is
// named after the field it is in.
func fields(s *scan.Scanner, field func(name string) error) error {
	return s.Object(func(name string, _ scan.Pos) error {
		if s.Peek() == 'n' {
			return scan.Within(name, s.Skip())
		}
		return scan.Within(name, field(name))
	})
}

// field reads one field of the contract; others are skipped.
func (r *reader) field(s *scan.Scanner, name string, c *testCase) (err error) {
	switch name {
	case "id":
		c.id, err = readID(s)
	case "request":
		err = readRequest(s, &c.request)
	case "identityPolicies":
		c.set.Identity, err = r.policies(s, name, policy.IdentityKind)
	case "resourcePolicy":
		c.set.Resource, err = r.document(s, name, policy.BucketKind)
	case "accessPointPolicy":
		c.set.AccessPoint, err = r.document(s, name, policy.AccessPointKind)
	case "permissionsBoundaries":
		c.set.Boundaries, err = r.policies(s, name, policy.BoundaryKind)
	case "sessionPolicies":
		c.set.Session, err = r.policies(s, name, policy.SessionKind)
	case "serviceControlPolicies":
		c.set.SCPs, err = r.levels(s, name, policy.SCPKind)
	case "resourceControlPolicies":
		c.set.RCPs, err = r.levels(s, name, policy.RCPKind)
	case "vpcEndpointPolicies":
		c.set.VPCEndpoint, err = r.policies(s, name, policy.VPCEndpointKind)
	case "blockPublicAccess":
		c.set.RestrictPublicBuckets, err = readBlock(s)
	default:
		_, err = s.Raw()
	}
	return err
}

// readRequest reads the request itself. Fields that are not known are skipped:
// the contract may grow some.
func readRequest(s *scan.Scanner, r *policy.Request) error {
	return fields(s, func(name string) (err error) {
		switch name {
		case "principal":
			r.Principal, err = s.String()
		case "action":
			r.Action, err = s.String()
		case "resource":
			r.Resource, err = s.String()
		case "resourceAccount":
			r.ResourceAccount, err = s.String()
		case "bucketResource":
			r.BucketResource, err = s.String()
		case "context":
			r.Context, err = readContext(s)
		default:
			_, err = s.Raw()
		}
		return err
	})
}

// readContext reads the condition keys. The contract has lists of strings; a
// single value, and numbers and booleans without quotes, are as clear and are
// taken too. A null is no value.
func readContext(s *scan.Scanner) (map[string][]string, error) {
	m := make(map[string][]string)
	err := fields(s, func(key string) error {
		list := []string{}
		one := func() (err error) {
			v := ""
			switch s.Peek() {
			case 'n':
				return s.Skip()
			case '"':
				v, err = s.String()
			default:
				v, err = s.Scalar()
			}
			list = append(list, v)
			return err
		}
		if s.Peek() == '[' {
			err := s.Array(one)
			m[key] = list
			return err
		}
		err := one()
		m[key] = list
		return err
	})
	return m, err
}

// readBlock reads the one setting of Block Public Access that has a say about
// reading.
func readBlock(s *scan.Scanner) (restrict bool, err error) {
	err = fields(s, func(name string) error {
		if name != "restrictPublicBuckets" {
			_, err := s.Raw()
			return err
		}
		if c := s.Peek(); c != 't' && c != 'f' {
			return scan.Errorf(s.Pos(), "%s must be true or false, not %s", name, s.Kind())
		}
		text, err := s.Scalar()
		restrict = text == "true"
		return err
	})
	return restrict, err
}

// levels reads the control policies of an organization, from the root to the
// account.
func (r *reader) levels(s *scan.Scanner, where string, k policy.Kind) ([]policy.Level, error) {
	list := []policy.Level{}
	err := s.Array(func() error {
		var l policy.Level
		at := fmt.Sprintf("%s[%d]", where, len(list))
		err := fields(s, func(name string) (err error) {
			switch name {
			case "level":
				l.Name, err = s.String()
			case "policies":
				l.Policies, err = r.policies(s, at+".policies", k)
			default:
				_, err = s.Raw()
			}
			return err
		})
		list = append(list, l)
		return err
	})
	return list, err
}

// policies reads a list of named policies. It is never nil: that the field was
// there is what tells an empty layer from one that does not apply.
func (r *reader) policies(s *scan.Scanner, where string, k policy.Kind) ([]policy.Named, error) {
	list := []policy.Named{}
	err := s.Array(func() error {
		var n policy.Named
		var raw []byte
		err := fields(s, func(name string) (err error) {
			switch name {
			case "name":
				n.Name, err = s.String()
			case "policy":
				raw, err = s.Raw()
			default:
				_, err = s.Raw()
			}
			return err
		})
		if err != nil {
			return err
		}
		n.Document, err = r.parse(raw, k)
		if err != nil {
			return fmt.Errorf("%s[%d] %.120q: policy %w", where, len(list), n.Name, err)
		}
		list = append(list, n)
		return nil
	})
	return list, err
}

// document reads the policy of a field that holds one alone.
func (r *reader) document(s *scan.Scanner, where string, k policy.Kind) (*policy.Document, error) {
	raw, err := s.Raw()
	if err != nil {
		return nil, err
	}
	d, err := r.parse(raw, k)
	if err != nil {
		return nil, fmt.Errorf("%s: policy %w", where, err)
	}
	return d, nil
}

// parse parses a policy, or finds the same text among those it has parsed.
func (r *reader) parse(raw []byte, k policy.Kind) (*policy.Document, error) {
	if raw == nil {
		return nil, fmt.Errorf("is missing")
	}
	d, ok := r.documents[string(raw)]
	if !ok {
		var err error
		if d, err = policy.Parse(raw); err != nil {
			return nil, err
		}
		r.remember(raw, d)
	}
	return d, d.Check(k)
}

// remember keeps a policy for the next case that has the same text. When it has
// kept too much it forgets all: cases come in runs, and what is needed is soon
// back.
func (r *reader) remember(raw []byte, d *policy.Document) {
	if len(raw) > maxRemembered {
		return
	}
	if r.held += len(raw); r.documents == nil || r.held > maxHeld {
		r.documents = make(map[string]*policy.Document)
		r.held = len(raw)
	}
	r.documents[string(raw)] = d
}

// errFound ends a search.
var errFound = errors.New("found")

// readID reads an id as the JSON text it is given in. It is a string or number:
// those are checked as they are read, so the answer is JSON too.
func readID(s *scan.Scanner) ([]byte, error) {
	if c := s.Peek(); c == '{' || c == '[' {
		return nil, scan.Errorf(s.Pos(), "the id must be a string or number, not %s", s.Kind())
	}
	raw, err := s.Raw()
	if err != nil {
		return nil, err
	}
	return raw, nil
}

// findID looks for the id of a line that could not be read.
func findID(line []byte) (id []byte) {
	s := scan.New(line)
	_ = s.Object(func(name string, _ scan.Pos) error {
		if name == "id" {
			id, _ = readID(s)
			return errFound
		}
		_, err := s.Raw()
		return err
	})
	return id
}
