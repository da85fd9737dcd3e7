package lab

import (
	"context"
	"slices"

	"github.com/rclone/gofakes3"
)

// The backend forgets versions when versioning is suspended, and what the
// current one is when that has been deleted. So it holds versions as long as
// the bucket ever had any, and which of them is current, and which is called
// "null", is told by the index.

// nullVersion is the id of what was written while versioning was off.
const nullVersion = "null"

// SetVersioningConfiguration implements gofakes3.VersionedBackend.
func (s *store) SetVersioningConfiguration(bucket string, v gofakes3.VersioningConfiguration) error {
	before, err := s.Backend.VersioningConfiguration(bucket)
	if err != nil {
		return err
	}
	if err := s.Backend.SetVersioningConfiguration(bucket, gofakes3.VersioningConfiguration{Status: gofakes3.VersioningEnabled, MFADelete: v.MFADelete}); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.suspended[bucket] = v.Status == gofakes3.VersioningSuspended
	if before.Status != gofakes3.VersioningNone {
		return nil
	}
	for key, versions := range s.index[bucket] { // they become versions now
		held, err := s.Backend.HeadObject(context.Background(), bucket, key)
		if err != nil || len(versions) == 0 {
			continue
		}
		o := *versions[0]
		o.internal, o.Version = held.VersionID, nullVersion
		s.index[bucket][key] = []*object{&o}
	}
	return nil
}

// VersioningConfiguration implements gofakes3.VersionedBackend.
func (s *store) VersioningConfiguration(bucket string) (gofakes3.VersioningConfiguration, error) {
	v, err := s.Backend.VersioningConfiguration(bucket)
	if s.isSuspended(bucket) {
		v.Status = gofakes3.VersioningSuspended
	}
	return v, err
}

func (s *store) isSuspended(bucket string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.suspended[bucket]
}

// replaceNull makes the newest version of the key the null one where versioning
// is suspended, and takes the null version before it away ("Adding objects to
// versioning-suspended buckets").
func (s *store) replaceNull(bucket, key string) (replaced bool) {
	if !s.isSuspended(bucket) {
		return false
	}
	s.mu.Lock()
	versions := s.index[bucket][key]
	var old *object
	var kept []*object
	for i, o := range versions {
		switch {
		case i == len(versions)-1:
			null := *o
			null.Version = nullVersion
			kept = append(kept, &null)
		case o.Version == nullVersion:
			old = o
		default:
			kept = append(kept, o)
		}
	}
	s.index[bucket][key] = kept
	s.mu.Unlock()
	if old != nil {
		_, _ = s.Backend.DeleteObjectVersion(bucket, key, old.internal) // the index has forgotten it in any case
	}
	return true
}

// before is the version that becomes current when the one of that id goes; nil
// when that is not the newest, or the only one.
func (s *store) before(bucket, key string, id gofakes3.VersionID) *object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	versions := s.index[bucket][key]
	if n := len(versions); n > 1 && versions[n-1].internal == id {
		return versions[n-2]
	}
	return nil
}

// raise makes a version the backend's newest, by storing it again.
func (s *store) raise(bucket, key string, o *object) error {
	ctx := context.Background()
	id := gofakes3.VersionID("")
	if o.Marker {
		result, err := s.Backend.DeleteObject(ctx, bucket, key)
		if err != nil {
			return err
		}
		id = result.VersionID
	} else {
		held, err := s.Backend.GetObjectVersion(bucket, key, o.internal, nil)
		if err != nil {
			return err
		}
		result, err := s.Backend.PutObject(ctx, bucket, key, held.Metadata, held.Contents, held.Size)
		if err != nil {
			return err
		}
		id = result.VersionID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	versions := slices.Clone(s.index[bucket][key])
	for i, v := range versions {
		if v == o {
			again := *o
			again.internal = id
			versions[i] = &again
		}
	}
	s.index[bucket][key] = versions
	_, err := s.Backend.DeleteObjectVersion(bucket, key, o.internal)
	return err
}

// newestFirst are the versions of all keys as the index knows them, with what
// the backend says of each.
func (s *store) newestFirst(bucket string, items []gofakes3.VersionItem) []gofakes3.VersionItem {
	byID := map[gofakes3.VersionID]gofakes3.VersionItem{}
	var keys []string
	for _, item := range items {
		byID[item.GetVersionID()] = item
		if key := keyOf(item); len(keys) == 0 || keys[len(keys)-1] != key {
			keys = append(keys, key)
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var sorted []gofakes3.VersionItem
	for _, key := range keys {
		versions := s.index[bucket][key]
		for i, o := range slices.Backward(versions) {
			item := byID[o.internal]
			if item == nil {
				continue
			}
			o.present(item, i == len(versions)-1)
			sorted = append(sorted, item)
		}
	}
	return sorted
}

func keyOf(item gofakes3.VersionItem) string {
	switch v := item.(type) {
	case *gofakes3.Version:
		return v.Key
	case *gofakes3.DeleteMarker:
		return v.Key
	}
	return ""
}

// present gives a listed version the id, owner, class and date that clients
// know it by.
func (o *object) present(item gofakes3.VersionItem, latest bool) {
	switch v := item.(type) {
	case *gofakes3.Version:
		v.VersionID, v.Owner, v.IsLatest = gofakes3.VersionID(o.Version), &gofakes3.UserInfo{ID: o.owner.canonical}, latest
		v.StorageClass, v.ETag = gofakes3.StorageClass(orElse(o.Class, "STANDARD")), orElse(o.etag, v.ETag)
		v.LastModified = gofakes3.NewContentTime(o.at)
	case *gofakes3.DeleteMarker:
		v.VersionID, v.IsLatest, v.LastModified = gofakes3.VersionID(o.Version), latest, gofakes3.NewContentTime(o.at)
		v.Owner = &gofakes3.UserInfo{ID: o.owner.canonical}
	}
}
