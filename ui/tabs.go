package ui

import (
	"context"

	"s403/s3view"
)

// detailer is a store that tells more than the head: *s3view.Store.
type detailer interface {
	Tags(ctx context.Context, at s3view.Location) []s3view.Field
	ACL(ctx context.Context, at s3view.Location) []s3view.Field
	Storage(ctx context.Context, at s3view.Location) ([]s3view.Field, error)
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

func loadStorage(ctx context.Context, s Store, at s3view.Location) (answer, error) {
	d, ok := s.(detailer)
	if !ok {
		return answer{fields: noDetails}, nil
	}
	fields, err := d.Storage(ctx, at)
	return answer{fields: fields}, err
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
