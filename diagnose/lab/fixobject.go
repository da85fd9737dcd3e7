package lab

import (
	"fmt"
	"strings"

	"s403/diagnose"
)

// objectAt finds the bucket and key in an object's ARN; the key is empty for a
// bucket's ARN.
func (l *Lab) objectAt(arn string) (bucket, key string, err error) {
	bucket, key, _ = strings.Cut(resourceName(arn), "/")
	if l.state.Load().buckets[bucket] == nil {
		return "", "", fmt.Errorf("there is no bucket %q", bucket)
	}
	if key != "" && l.store.Load().current(bucket, key) == nil {
		return "", "", fmt.Errorf("there is no object %q", key)
	}
	return bucket, key, nil
}

// settingsAt reads the settings of a change, and the bucket and key they go to.
func (l *Lab) settingsAt(c Change) (s settingsJSON, bucket, key string, err error) {
	if s, err = c.settings(); err != nil {
		return s, "", "", err
	}
	bucket, key, err = l.objectAt(c.Owner)
	return s, bucket, key, err
}

// changeACL sets the ACL of a bucket or an object, beside the owner's own grant.
func (l *Lab) changeACL(c Change) error {
	s, bucket, key, err := l.settingsAt(c)
	if err != nil {
		return err
	}
	var grants []Grant
	for _, g := range s.Grants {
		name, err := l.state.Load().grantee(g.Grantee)
		if err != nil {
			return err
		}
		grants = append(grants, Grant{name, g.Permission})
	}
	if key != "" {
		l.store.Load().change(bucket, key, func(o *object) { o.ACL = grants })
		return nil
	}
	return l.edit(func(w *World) bool {
		for i := range w.Buckets {
			if w.Buckets[i].Name == bucket {
				w.Buckets[i].ACL = grants
			}
		}
		return true
	})
}

// grantee is an account's name, or a group's, by name, id, canonical id or URI.
func (s *state) grantee(who string) (string, error) {
	for name, uri := range groupURI {
		if who == name || who == uri {
			return name, nil
		}
	}
	if a := s.accounts[who]; a != nil {
		return a.Name, nil
	}
	if a := s.byCanonical(strings.TrimPrefix(who, "id=")); a != nil {
		return a.Name, nil
	}
	return "", fmt.Errorf("%q is no account and no group of ACLs", who)
}

// changeObject restores an archived object, or stores it again with another
// encryption.
func (l *Lab) changeObject(c Change) error {
	s, bucket, key, err := l.settingsAt(c)
	if err != nil {
		return err
	}
	l.store.Load().change(bucket, key, func(o *object) {
		o.Restored = o.Restored || s.Restored
		if s.Encryption == "AES256" {
			o.md5, o.SSEC, o.KMSKey = "", "", ""
		}
	})
	return nil
}

// Fixes are the scenario's mends as fixes, for those who offer them to a person.
func (s Scenario) Fixes() []diagnose.Fix {
	var fixes []diagnose.Fix
	for _, m := range s.Mend {
		fixes = append(fixes, diagnose.Fix{
			Title: s.Fix, Kind: diagnose.FixPolicy, After: []byte(m.After),
			Applies: diagnose.Place{Layer: m.Layer, Owner: m.Owner, Policy: m.Name},
		})
	}
	return fixes
}
