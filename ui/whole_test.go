package ui

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"s403/diagnose"
	"s403/s3view"
)

// wholeStore is a store that can do all that the explorer asks of one.
type wholeStore struct{ *fakeStore }

// wholeAcme is acme's store with a prefix that is longer than any screen.
func wholeAcme() *wholeStore {
	s := &wholeStore{acme()}
	for i := range 150 {
		s.keys["acme-reports"] = append(s.keys["acme-reports"], fmt.Sprintf("wide/part-%03d.csv", i))
	}
	return s
}

func (s *wholeStore) Tags(_ context.Context, at s3view.Location) []s3view.Field {
	s.asks("TAGS " + at.String())
	out := []s3view.Field{{Name: "team", Value: "data"}}
	for i := range 40 {
		out = append(out, s3view.Field{Name: fmt.Sprintf("tag-%02d", i), Value: strings.Repeat("long value ", 5)})
	}
	return out
}

func (s *wholeStore) ACL(_ context.Context, at s3view.Location) []s3view.Field {
	s.asks("ACL " + at.String())
	return []s3view.Field{{Name: "acl", State: s3view.Denied, Why: "needs s3:GetObjectAcl"}}
}

func (s *wholeStore) Storage(_ context.Context, at s3view.Location) ([]s3view.Field, error) {
	s.asks("STORAGE " + at.String())
	return []s3view.Field{{Name: "storage class", Value: "STANDARD"}, {Name: "lock", State: s3view.NotConfigured}}, nil
}

func (s *wholeStore) BucketSettings(_ context.Context, bucket string, _ func(int, s3view.Field)) []s3view.Field {
	s.asks("SETTINGS " + bucket)
	return []s3view.Field{{Name: "region", Value: "eu-west-1"}, {Name: "versioning", State: s3view.NotSupported},
		{Name: "policy", Value: "1 statement", Text: denyPolicy}, {Name: "cors", State: s3view.Failed, Why: "no answer"}}
}

func (s *wholeStore) Versions(_ context.Context, at s3view.Location, token string) (s3view.Versions, error) {
	s.asks("VERSIONS " + at.String() + token)
	var out s3view.Versions
	for i := range 40 {
		out.Entries = append(out.Entries, s3view.Version{Key: at.Key, ID: fmt.Sprintf("v%02d%s", i, token), Latest: i == 0 && token == "",
			DeleteMarker: i%5 == 1, Size: int64(i) * 1000, Modified: dawn.Add(-time.Duration(i) * time.Hour)})
	}
	if token == "" {
		out.Next = "more"
	}
	return out, nil
}

func (s *wholeStore) Preview(_ context.Context, at s3view.Location, _ int64) (s3view.Preview, error) {
	s.asks("PREVIEW " + at.String())
	text := strings.Repeat("a line of text, which is longer than the narrow screens are wide, and 漢字\n", 200)
	return s3view.Preview{At: at, Kind: s3view.PreviewText, Name: at.Name(), Data: []byte(text), Fetched: int64(len(text)),
		Size: int64(len(text)), Complete: true, Note: "text"}, nil
}

func (s *wholeStore) Walk(ctx context.Context, at s3view.Location, o s3view.WalkOptions, emit func([]s3view.Entry, s3view.WalkStats) error) (s3view.WalkStats, error) {
	s.asks("WALK " + at.String())
	return s3view.WalkPages(ctx, s.ListPage, at, o, emit)
}

func (s *wholeStore) Download(_ context.Context, at s3view.Location, path string, progress func(done, total int64)) (s3view.Downloaded, error) {
	s.asks("DOWNLOAD " + at.String())
	progress(1, 2)
	return s3view.Downloaded{Path: path, Bytes: 2, Verified: "CRC64NVME"}, os.WriteFile(path, []byte("12"), 0o600)
}

func (s *wholeStore) ARN(at s3view.Location) string {
	return "arn:aws:s3:::" + at.Bucket + "/" + at.Key
}
func (s *wholeStore) URL(at s3view.Location) string {
	return "https://" + at.Bucket + ".s3.eu-west-1.amazonaws.com/" + at.Key
}
func (s *wholeStore) CLI(at s3view.Location) string {
	return "aws s3api head-object --bucket " + at.Bucket + " --key " + at.Key
}
func (s *wholeStore) DownloadCLI(at s3view.Location) string { return "aws s3 cp " + at.String() + " ." }
func (s *wholeStore) Presign(_ context.Context, at s3view.Location, life time.Duration) (string, time.Time, error) {
	s.asks("PRESIGN " + at.String())
	return s.URL(at) + "?X-Amz-Signature=00", dawn.Add(life), nil
}

// evident is a Diagnoser that has found this out.
type evident struct{ e diagnose.Evidence }

func (d evident) Diagnose(_ context.Context, _ s3view.Location, emit func(diagnose.Evidence)) {
	emit(d.e)
}

// wholeRig is an explorer that can do everything, in front of a store that can.
func wholeRig(t *testing.T, store *wholeStore, change func(*Config)) *rig {
	t.Helper()
	found := evident{matrixEvidence(t)}
	return newRig(t, store, func(c *Config) {
		c.Connect = func(_ context.Context, _ Choice) (*Connection, error) {
			return &Connection{Store: store, Session: fakeSession{}, Diagnose: found, Through: func(string, string) Diagnoser { return found }}, nil
		}
		c.Profiles = func() []Profile {
			return []Profile{{Name: "audit", Kind: "sso", Region: "eu-west-1"}, {Name: "etl", Kind: "role", Role: "arn:aws:iam::111122223333:role/etl"}}
		}
		c.Downloads = t.TempDir()
		if change != nil {
			change(c)
		}
	})
}
