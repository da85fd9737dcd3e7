package lab

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"
)

// The bounds of what a lab stores.
const (
	maxObject  = 64 << 20 // bytes of one object
	maxContent = 1 << 20  // bytes of generated content
	maxCount   = 10_000   // repetitions of an object
)

// store is the storage of objects: gofakes3's memory backend, and beside it
// what gofakes3 does not know of an object: its owner, class and encryption.
type store struct {
	*s3mem.Backend
	handler http.Handler // gofakes3 on top of this store
	clock   *seedClock

	uploads uploads

	mu    sync.RWMutex
	index map[string]map[string][]*object // bucket → key → versions, newest last

	suspended map[string]bool // buckets whose versioning is suspended
}

// object is one version of an object, or a delete marker.
type object struct {
	Object
	owner    *account
	internal gofakes3.VersionID // as the backend numbers it
	at       time.Time          // when it was written
	md5      string             // of the customer's key, base64, for SSE-C
	etag     string             // of a multipart upload, quoted; empty: the MD5 of the content
}

// seedClock is the lab's clock, but for objects that the world dates.
type seedClock struct {
	now  func() time.Time
	date atomic.Pointer[time.Time]
}

// Now implements gofakes3.TimeSource.
func (c *seedClock) Now() time.Time {
	if d := c.date.Load(); d != nil {
		return *d
	}
	return c.now().UTC()
}

// Since implements gofakes3.TimeSource.
func (c *seedClock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// newStore makes the storage and fills it with the objects of the world.
func newStore(st *state, now func() time.Time) (*store, error) {
	clock := &seedClock{now: now}
	s := &store{
		Backend: s3mem.New(s3mem.WithTimeSource(clock), s3mem.WithVersionSeed(403)),
		clock:   clock, index: map[string]map[string][]*object{}, suspended: map[string]bool{},
	}
	s.handler = gofakes3.New(s, gofakes3.WithTimeSource(clock), gofakes3.WithTimeSkewLimit(0)).Server()
	for _, b := range st.world.Buckets {
		if err := s.seedBucket(st, st.buckets[b.Name]); err != nil {
			return nil, fmt.Errorf("fill bucket %q: %w", b.Name, err)
		}
	}
	clock.date.Store(nil)
	return s, nil
}

// defaultDate is when things were made that the world does not date.
const defaultDate = "2026-10-02T09:14:07Z"

func (s *store) seedBucket(st *state, b *bucket) error {
	ctx := context.Background()
	if err := s.setDate(orElse(b.Created, "2026-01-15T08:00:00Z")); err != nil {
		return err
	}
	if err := s.CreateBucket(ctx, b.Name); err != nil {
		return err
	}
	s.index[b.Name] = map[string][]*object{}
	if b.versioned() {
		if err := s.SetVersioningConfiguration(b.Name, gofakes3.VersioningConfiguration{Status: gofakes3.VersioningEnabled}); err != nil {
			return err
		}
	}
	for _, o := range b.Objects {
		if err := s.seedObjects(ctx, st, b, o); err != nil {
			return fmt.Errorf("object %q: %w", o.Key, err)
		}
	}
	if b.Versioning == "Suspended" { // what there is was made before
		return s.SetVersioningConfiguration(b.Name, gofakes3.VersioningConfiguration{Status: gofakes3.VersioningSuspended})
	}
	return nil
}

// versioned tells whether the bucket holds versions: now, or from before.
func (b *bucket) versioned() bool { return b.Versioning == "Enabled" || b.Versioning == "Suspended" }

func (s *store) setDate(text string) error {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("read date %q (write it as %q): %w", text, defaultDate, err)
	}
	at = at.UTC()
	s.clock.date.Store(&at)
	return nil
}

// seedObjects stores an object of the world, as often as its count says.
func (s *store) seedObjects(ctx context.Context, st *state, b *bucket, o Object) error {
	owner := b.account
	if o.Owner != "" {
		if owner = st.accounts[o.Owner]; owner == nil {
			return fmt.Errorf("there is no account %q", o.Owner)
		}
	}
	if o.KMSKey != "" && st.keys[o.KMSKey] == nil {
		return fmt.Errorf("there is no key %q", o.KMSKey)
	}
	if o.Count > maxCount || o.Size > maxContent || o.Size < 0 || o.Count < 0 {
		return fmt.Errorf("count %d or size %d is out of range (0 to %d, 0 to %d)", o.Count, o.Size, maxCount, maxContent)
	}
	if err := s.setDate(orElse(o.Modified, defaultDate)); err != nil {
		return err
	}
	if o.Count == 0 {
		return s.seedObject(ctx, b, o, owner)
	}
	for i := range o.Count {
		one := o
		one.Key = fmt.Sprintf(o.Key, i+1)
		if err := s.seedObject(ctx, b, one, owner); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) seedObject(ctx context.Context, b *bucket, o Object, owner *account) error {
	entry := &object{Object: o, owner: owner}
	if o.Marker {
		result, err := s.Backend.DeleteObject(ctx, b.Name, o.Key)
		entry.internal = result.VersionID
		s.remember(b.Name, o.Key, entry, true)
		return err
	}
	if o.SSEC != "" {
		entry.md5 = customerKeyMD5(o.SSEC)
	}
	body := content(o)
	meta := map[string]string{"Last-Modified": s.clock.Now().Format(http.TimeFormat), "Content-Type": orElse(o.Type, "binary/octet-stream")}
	for k, v := range o.Meta {
		meta["X-Amz-Meta-"+k] = v
	}
	if len(o.Tags) > 0 {
		meta[gofakes3.TaggingMetadataKey] = encodeTags(o.Tags)
	}
	result, err := s.Backend.PutObject(ctx, b.Name, o.Key, meta, bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return err
	}
	entry.internal = result.VersionID
	s.remember(b.Name, o.Key, entry, b.versioned())
	return nil
}

// remember adds a version to the index, or replaces the only one.
func (s *store) remember(bucket, key string, o *object, versioned bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.at = s.clock.Now()
	if o.Version == "" {
		o.Version = string(o.internal)
	}
	keys := s.index[bucket]
	if keys == nil {
		keys = map[string][]*object{}
		s.index[bucket] = keys
	}
	if versioned {
		keys[key] = append(keys[key], o)
		return
	}
	keys[key] = []*object{o}
}

// current is the newest version of the key; nil when there is none.
func (s *store) current(bucket, key string) *object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	versions := s.index[bucket][key]
	if len(versions) == 0 {
		return nil
	}
	return versions[len(versions)-1]
}

// version is the version of the key that clients know by that id.
func (s *store) version(bucket, key, id string) *object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, o := range s.index[bucket][key] {
		if o.Version == id || o.internal != "" && string(o.internal) == id || id == "null" && o.internal == "" {
			return o
		}
	}
	return nil
}

// forget takes a version out of the index; all of them when id is empty.
func (s *store) forget(bucket, key, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := s.index[bucket]
	if id == "" {
		delete(keys, key)
		return
	}
	var left []*object
	for _, o := range keys[key] {
		if o.Version != id {
			left = append(left, o)
		}
	}
	keys[key] = left
	if len(left) == 0 {
		delete(keys, key)
	}
}

// change lets f alter a copy of the current version of the key, or of all keys
// of the bucket when key is empty, and puts the copies in the place of the old.
func (s *store) change(bucket, key string, f func(*object)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, versions := range s.index[bucket] {
		if len(versions) == 0 || key != "" && k != key {
			continue
		}
		last := *versions[len(versions)-1]
		f(&last)
		s.index[bucket][k] = append(versions[:len(versions)-1:len(versions)-1], &last)
	}
}

// readAll reads at most limit bytes.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	if r == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = fmt.Errorf("read body: it is larger than %d bytes", limit)
	}
	return body, err
}
