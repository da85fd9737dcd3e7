package ui

import (
	"context"

	"s403/s3view"
)

// objectTabs and bucketTabs are the tabs of the side pane, for an object and for
// a bucket.
var (
	objectTabs = []tabbed{{"head", loadHead}}
	bucketTabs = []tabbed{{"bucket", loadRegion}}
)

func loadHead(ctx context.Context, s Store, at s3view.Location) (answer, error) {
	h, err := s.Head(ctx, at)
	if err != nil {
		return answer{}, err
	}
	return answer{head: &h}, nil
}

func loadRegion(ctx context.Context, s Store, at s3view.Location) (answer, error) {
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
