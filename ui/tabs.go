package ui

import (
	"context"

	"s403/s3view"
)

// detailer is a store that tells more than the head: *s3view.Store.
type detailer interface {
	Tags(ctx context.Context, at s3view.Location) []s3view.Field
	ACL(ctx context.Context, at s3view.Location) []s3view.Field
	BucketSettings(ctx context.Context, bucket string, each func(int, s3view.Field)) []s3view.Field
}

// objectTabs and bucketTabs are the tabs of the side pane, for an object and for
// a bucket. Each asks only when it is opened.
var (
	objectTabs = []tabbed{{"head", loadHead}, {"tags", loadTags}, {"acl", loadACL}, {"storage", loadStorage}}
	bucketTabs = []tabbed{{"bucket", loadSettings}, {"acl", loadACL}}
)

func loadHead(ctx context.Context, s Store, at s3view.Location) (answer, error) {
	h, err := s.Head(ctx, at)
	if err != nil {
		return answer{}, err
	}
	return answer{head: &h}, nil
}

// noDetails is what a store without details says of them.
var noDetails = []s3view.Field{{Name: "details", State: s3view.NotSupported}}

func loadTags(ctx context.Context, s Store, at s3view.Location) (answer, error) {
	if d, ok := s.(detailer); ok {
		return answer{fields: d.Tags(ctx, at)}, nil
	}
	return answer{fields: noDetails}, nil
}

func loadACL(ctx context.Context, s Store, at s3view.Location) (answer, error) {
	if d, ok := s.(detailer); ok {
		return answer{fields: d.ACL(ctx, at)}, nil
	}
	return answer{fields: noDetails}, nil
}

// storageFields are those of a head that say how an object is kept.
var storageFields = map[string]bool{
	"size": true, "storage class": true, "archive status": true, "restore": true, "expiration": true,
	"replication": true, "encryption": true, "KMS key": true, "bucket key": true, "customer key algorithm": true,
	"lock mode": true, "locked until": true, "legal hold": true, "version id": true, "parts": true,
}

func loadStorage(ctx context.Context, s Store, at s3view.Location) (answer, error) {
	h, err := s.Head(ctx, at)
	if err != nil {
		return answer{}, err
	}
	var a answer
	for _, f := range h.Fields {
		if storageFields[f.Name] {
			a.fields = append(a.fields, f)
		}
	}
	for _, name := range []string{"restore", "replication", "lock mode"} {
		if !holdsField(a.fields, name) {
			a.fields = append(a.fields, s3view.Field{Name: name, State: s3view.NotConfigured})
		}
	}
	return a, nil
}

func holdsField(fields []s3view.Field, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// loadSettings is everything that is set on a bucket; without details, at least
// its region, which needs no permission.
func loadSettings(ctx context.Context, s Store, at s3view.Location) (answer, error) {
	if d, ok := s.(detailer); ok {
		return answer{fields: d.BucketSettings(ctx, at.Bucket, nil)}, nil
	}
	region, err := s.Region(ctx, at.Bucket)
	if err != nil {
		return answer{}, err
	}
	f := s3view.Field{Name: "region", Value: region}
	if region == "" {
		f.State = s3view.NotConfigured
	}
	return answer{fields: []s3view.Field{f}}, nil
}
