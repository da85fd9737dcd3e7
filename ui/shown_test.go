package ui

import (
	"context"
	"strings"
	"testing"

	"s403/s3view"
)

// shownStore answers what the screens of the scripts show: a field of every state,
// few versions, and previews of every kind.
type shownStore struct{ *wholeStore }

func (shownStore) Tags(context.Context, s3view.Location) []s3view.Field {
	return []s3view.Field{{Name: "cost-centre", Value: "4711"}, {Name: "retention", Value: "7 years"}}
}

func (shownStore) ACL(context.Context, s3view.Location) []s3view.Field {
	return []s3view.Field{
		{Name: "owner", Value: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
		{Name: "everybody", Value: "READ"},
		{Name: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", Value: "FULL_CONTROL"},
	}
}

func (shownStore) Storage(context.Context, s3view.Location) ([]s3view.Field, error) {
	return []s3view.Field{
		{Name: "storage class", Value: "GLACIER"},
		{Name: "restore", Value: "until 2026-10-09 00:00:00 UTC"},
		{Name: "object lock", State: s3view.NotConfigured},
		{Name: "replication", State: s3view.NotSupported, Why: "this store has none"},
		{Name: "checksum parts", State: s3view.Failed, Why: "no answer in 5 s"},
	}, nil
}

func (shownStore) BucketSettings(context.Context, string, func(int, s3view.Field)) []s3view.Field {
	return []s3view.Field{
		{Name: "region", Value: "eu-west-1"},
		{Name: "versioning", Value: "Enabled"},
		{Name: "encryption", Value: "aws:kms  key 1234abcd-12ab-34cd-56ef-1234567890ab"},
		{Name: "ownership", Value: "BucketOwnerEnforced"},
		{Name: "public access block", Value: "all four switches are on"},
		{Name: "policy", Value: "1 statement", Text: denyPolicy},
		{Name: "CORS", Value: "1 rule", Text: `{"CORSRules":[{"AllowedMethods":["GET"],"AllowedOrigins":["https://acme.example"]}]}`},
		{Name: "lifecycle", State: s3view.NotConfigured},
		{Name: "logging", State: s3view.Denied, Why: "needs s3:GetBucketLogging"},
		{Name: "replication", State: s3view.NotSupported},
		{Name: "website", State: s3view.Failed, Why: "no answer in 5 s"},
	}
}

func (shownStore) Versions(_ context.Context, at s3view.Location, _ string) (s3view.Versions, error) {
	return s3view.Versions{Entries: []s3view.Version{
		{Key: at.Key, ID: "c2hhcmVkLXZlcnNpb24tMw", Latest: true, DeleteMarker: true, Modified: dawn},
		{Key: at.Key, ID: "c2hhcmVkLXZlcnNpb24tMg", Size: 18240, Modified: dawn.AddDate(0, 0, -1)},
		{Key: at.Key, ID: "null", Size: 17, Modified: dawn.AddDate(0, -1, 0)},
	}}, nil
}

// previews are what objects hold, by the ends of their names.
var previews = map[string]s3view.Preview{
	".md":   {Kind: s3view.PreviewText, Note: "text", Data: []byte("# Quarter three\n\nSales went *up*; see `summary.csv`.\n\tA tab, 日本語 and a bell \a.\n")},
	".csv":  {Kind: s3view.PreviewCSV, Note: "comma-separated values", Data: []byte("id,name\n"), Table: &s3view.Table{Header: []string{"id", "customer", "total"}, Columns: 3, Rows: [][]string{{"1", "O'Hara, \"Jim\"", "17.50"}, {"12", "日本 株式会社", "1,234.00"}, {"13", "a name that is longer than the forty cells of a column", "9"}}}},
	".json": {Kind: s3view.PreviewJSON, Note: "JSON", Data: []byte(`{"name":"ana","tags":["a","b"],"size":18240,"ok":true}`)},
	".bin":  {Kind: s3view.PreviewBinary, Note: "binary data", Data: []byte("\x7fs403\x00\x01\x02 abcdefghijklmnop\xff")},
	".parquet": {Kind: s3view.PreviewParquet, Note: "Parquet file, 1,234,567 rows in 2 row groups, 3 columns, written by parquet-cpp-arrow version 17.0.0", Data: []byte("PAR1\x15\x04"), Table: &s3view.Table{Header: []string{"column", "stored as", "means", ""}, Columns: 4, Rows: [][]string{
		{"id", "BYTE_ARRAY", "STRING", "required"}, {"when.at", "INT64", "TIMESTAMP UTC µs", "required"}, {"price", "FIXED_LEN_BYTE_ARRAY(16)", "DECIMAL(18,2)", "optional"}}}},
}

func (s shownStore) Preview(_ context.Context, at s3view.Location, _ int64) (s3view.Preview, error) {
	for end, p := range previews {
		if strings.HasSuffix(at.Key, end) {
			p.At, p.Name, p.Size = at, at.Name(), s.size[at.Key]
			p.Fetched, p.Complete = int64(len(p.Data)), p.Kind != s3view.PreviewParquet
			return p, nil
		}
	}
	return s3view.Preview{}, &s3view.Error{Op: "GetObject", Status: 403, Code: "AccessDenied", Message: "Access Denied", RequestID: "4Z8HQ1"}
}

// shownWorld changes a configuration to one in which everything can be asked.
func shownWorld(t *testing.T, store *fakeStore) func(*Config) {
	return func(c *Config) {
		c.Profiles = func() []Profile {
			return []Profile{
				{Name: "default", Kind: "keys", Region: "us-east-1"},
				{Name: "dev", Kind: "sso", Region: "eu-west-1"},
				{Name: "etl", Kind: "role", Role: "arn:aws:iam::111122223333:role/etl"},
				{Name: "a profile with a very long name 日本語", Kind: "process"},
			}
		}
		c.Connect = func(context.Context, Choice) (*Connection, error) {
			found := evident{matrixEvidence(t)}
			return &Connection{Store: shownStore{&wholeStore{store}}, Session: fakeSession{}, Diagnose: found, Through: func(string, string) Diagnoser { return found }}, nil
		}
	}
}
