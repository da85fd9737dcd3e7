package ui

import (
	"context"
	"time"

	"s403/diagnose"
	"s403/s3view"
)

// Config is all that the explorer is given from outside. Nothing in it is
// called before the first frame is drawn.
type Config struct {
	// Connect makes the connection for a choice of profile and region. It is
	// called from a command, never from Update, and may take its time.
	Connect func(ctx context.Context, c Choice) (*Connection, error)
	Choice  Choice          // what the flags said
	Start   s3view.Location // where to open; the zero value is the list of buckets

	Lesson   Lesson // the demo's lab; nil for the real world
	Scenario string // the lesson to begin with; empty shows all of them

	Settings  Settings // from config.toml
	Warnings  []string // what was wrong in it, a line each
	StateFile string   // where bookmarks and recent places are kept; empty: nowhere
	Profiles  func() []Profile
	Prompts   *Prompts                // how credential sources ask her for codes; nil: they cannot
	Downloads string                  // the folder that downloads go to; empty: the working directory
	Clipboard func(text string) error // the machine's own clipboard; nil where there is none

	Now   func() time.Time // the clock; nil is time.Now
	After Timer            // nil is tea.Tick; tests answer at once
	ASCII bool             // the terminal's locale is not UTF-8
}

// Choice is what a person can switch while the explorer runs.
type Choice struct {
	Profile, Region string
	Reader          string // --reader-profile: who else reads policies for the diagnosis
	As              string // --as: the ARN of the principal whose request is diagnosed
}

// Connection is one set of credentials at one endpoint, as the explorer uses it.
type Connection struct {
	Store    Store
	Diagnose Diagnoser // nil: the diagnosis is not at hand
	Session  Session
	// Through makes the diagnoser that reads with the credentials of a reader, or
	// diagnoses the request of the principal as; either may be empty. It asks
	// nothing of the world. Nil: there are no other eyes to look with.
	Through func(reader, as string) Diagnoser
	// Readers are who can be a reader; nil: the profiles of the configuration.
	Readers []Profile
}

// Store is S3 as the explorer asks it: *s3view.Store, or a double in tests.
// Every method only reads, and returns an *s3view.Error when refused.
type Store interface {
	Buckets(ctx context.Context) ([]s3view.Bucket, error)
	ListPage(ctx context.Context, l s3view.Listing) (s3view.Page, error)
	Head(ctx context.Context, at s3view.Location) (s3view.Head, error)
	Region(ctx context.Context, bucket string) (string, error)
}

// Session tells who asks and where: *s3view.Session.
type Session interface {
	Credentials(ctx context.Context) (s3view.Credentials, error)
	Identity(ctx context.Context) (s3view.Identity, error)
	Region() string
	Endpoint() string
	Partition() string
	Anonymous() bool
}

// Diagnoser gathers evidence about a refused request and hands over a copy
// whenever a fact arrives, from one goroutine at a time, until ctx ends or
// everything is known.
type Diagnoser interface {
	Diagnose(ctx context.Context, at s3view.Location, emit func(diagnose.Evidence))
}

// Profile is one section of the AWS configuration files.
type Profile struct {
	Name   string
	Region string
	Kind   string // "keys", "sso", "role", "process", …
	Role   string // the ARN of the role that it assumes; empty: none
}

// Lesson is the lab behind the demo: a small world in which each scenario has
// an actor whose request is refused.
type Lesson interface {
	Scenarios() []Scenario
	// Connect makes the connection of the scenario's actor. An empty name is the
	// actor who may browse the world at large.
	Connect(ctx context.Context, scenario string) (*Connection, error)
	// Retry makes the connection for the scenario's other request: other
	// credentials, another region or other options, as its Retry says.
	Retry(ctx context.Context, scenario string) (*Connection, error)
	// Apply carries out a fix in the lab's world, and nowhere else.
	Apply(ctx context.Context, fix diagnose.Fix) error
	// Reset puts the lab's world back as it began.
	Reset(ctx context.Context) error
	// OpenToStrangers tells whether an unsigned request gets the scenario's
	// object, the one first asked for or that of Retry: a mend that lets
	// everybody in is none.
	OpenToStrangers(ctx context.Context, scenario string) (bool, error)
}

// Scenario is one lesson of the demo.
type Scenario struct {
	Name   string // "missing-key"
	Title  string
	Cause  diagnose.CauseID
	Story  string // for a newcomer, in a few sentences
	Target s3view.Location
	Actor  string // who is refused
	Number int    // its place among the lessons, from 1; 0: not one of them
	// Behind are the causes that show once the first is mended, in their order.
	Behind []diagnose.CauseID
	// Mend is what sets it right, for when the caller cannot read enough for the
	// diagnosis to work it out; empty when only the request has to change.
	Mend []diagnose.Fix
	// Retry is how to ask otherwise, where that mends it or is a part of the
	// mend; nil: the request stays as it is.
	Retry *Retry
}

// Retry is another way to make a lesson's request.
type Retry struct {
	Advice string // what mends it, in a sentence
	Words  string // what is different: "signed as hugo, without --no-sign-request"
	Target s3view.Location
}
