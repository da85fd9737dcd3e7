package ui

import (
	"context"
	"testing"

	"s403/s3view"
)

// tellingSession knows where its settings come from.
type tellingSession struct{ fakeSession }

func (tellingSession) Origins() []s3view.Origin {
	return []s3view.Origin{
		{Name: "region", Value: "eu-west-1", Source: "AWS_REGION", Hidden: []string{"profile dev: us-east-1"}},
		{Name: "endpoint", Value: "http://s3:1", Source: "--endpoint-url", Hidden: []string{"AWS_ENDPOINT_URL_S3: http://other:1", "profile dev: http://third:1"}},
		{Name: "bucket names", Value: "in the path, as the endpoint is not AWS's"},
	}
}

// Who am I tells of each setting who made it, and whom that hid.
func TestWhoTellsOrigins(t *testing.T) {
	r := newRig(t, acme(), func(c *Config) {
		c.Connect = func(context.Context, Choice) (*Connection, error) {
			return &Connection{Store: acme(), Session: tellingSession{}, Diagnose: fakeDiagnoser{}}, nil
		}
	}).start(100, 36, true)
	r.feed("i").sees("eu-west-1  from AWS_REGION", "hidden by it   profile dev: us-east-1", "http://s3:1  from --endpoint-url",
		"hidden by it   AWS_ENDPOINT_URL_S3: http://other:1", "hidden by it   profile dev: http://third:1", "bucket names   in the path, as the endpoint is not AWS's")
}

// Where there are no profiles, the picker says so, and how to get some.
func TestNoProfiles(t *testing.T) {
	r := newRig(t, acme(), func(c *Config) { c.Profiles = func() []Profile { return nil } }).start(80, 24, true)
	r.feed("P").sees("there are none: aws configure makes one")
	r.feed("x").sees("x", "as typed")
}

// Only what there is can be copied.
func TestNothingToCopyOfNobody(t *testing.T) {
	if hints := (&factsPane{}).hints(); len(hints) != 1 || hints[0].key != "esc" {
		t.Errorf("without an ARN the hints are %v", hints)
	}
}
