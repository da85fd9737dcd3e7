package lab

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Changes of settings: each reads a JSON object with the API's field names.

// settingsJSON are the fields of settings, as the APIs name them.
type settingsJSON struct {
	publicAccessOf
	ObjectOwnership, Payer, Status, Front, KeyState, Clock, Encryption string
	Restored                                                           bool
	Grants                                                             []struct{ Grantee, Permission string }
}

func (c Change) settings() (settingsJSON, error) {
	var s settingsJSON
	if err := json.Unmarshal([]byte(c.After), &s); err != nil {
		return s, fmt.Errorf("read the setting: %w", err)
	}
	return s, nil
}

func changeKey(f func(*Key, Change) error) func(*state, *World, Change) (bool, error) {
	return func(st *state, w *World, c Change) (bool, error) {
		k := st.keys[c.Owner]
		for i := range w.Keys {
			if k != nil && w.Keys[i].Name == k.Name {
				return true, f(&w.Keys[i], c)
			}
		}
		return false, fmt.Errorf("there is no such key")
	}
}

func setState(k *Key, c Change) error {
	s, err := c.settings()
	if err == nil {
		k.State = orElse(s.KeyState, "Enabled")
	}
	return err
}

func changePublicAccess(_ *state, w *World, c Change) (bool, error) {
	s, err := c.settings()
	if err != nil {
		return false, err
	}
	for i := range w.Accounts {
		if w.Accounts[i].ID == c.Owner || strings.HasSuffix(c.Owner, ":"+w.Accounts[i].ID+":root") {
			w.Accounts[i].PublicAccess = s.on()
			return true, nil
		}
	}
	for i := range w.Buckets {
		if w.Buckets[i].Name == bucketName(c.Owner) {
			w.Buckets[i].PublicAccess = s.on()
			return true, nil
		}
	}
	return false, fmt.Errorf("there is no such account or bucket")
}

func changeBucket(f func(*Bucket, settingsJSON)) func(*state, *World, Change) (bool, error) {
	return func(_ *state, w *World, c Change) (bool, error) {
		s, err := c.settings()
		if err != nil {
			return false, err
		}
		for i := range w.Buckets {
			if w.Buckets[i].Name == bucketName(c.Owner) {
				f(&w.Buckets[i], s)
				return true, nil
			}
		}
		return false, fmt.Errorf("there is no such bucket")
	}
}

func changeAccountStatus(_ *state, w *World, c Change) (bool, error) {
	s, err := c.settings()
	if err != nil {
		return false, err
	}
	for i := range w.Accounts {
		if w.Accounts[i].ID == c.Owner {
			w.Accounts[i].Status = s.Status
			return true, nil
		}
	}
	return false, fmt.Errorf("there is no such account")
}

// changeClock sets how far the lab's clock is ahead, for a bucket or for the
// actors behind a user or role.
func changeClock(st *state, w *World, c Change) (bool, error) {
	s, err := c.settings()
	if err != nil {
		return false, err
	}
	ahead, err := time.ParseDuration(s.Clock)
	if err != nil {
		return false, err
	}
	found := false
	for i := range w.Buckets {
		if w.Buckets[i].Name == bucketName(c.Owner) {
			w.Buckets[i].Clock, found = Duration(ahead), true
		}
	}
	for i := range w.Actors {
		cred := st.credentials[w.Actors[i].Credentials().AccessKeyID]
		if cred != nil && (cred.arn == c.Owner || cred.principal == c.Owner) {
			w.Actors[i].Clock, found = Duration(ahead), true
		}
	}
	return found, nil
}
