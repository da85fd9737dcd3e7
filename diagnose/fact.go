// Package diagnose reasons about one refused S3 request.
//
// It is pure: Explain takes the Evidence that others gathered and returns a
// Report, without touching network, file system or clock. It imports nothing
// but the standard library and its own children policy and message.
package diagnose

import "time"

// State says what became of a question that was put to the world.
type State uint8

// The states of a Fact. The zero value is NotAsked, so that a fact nobody
// gathered never passes for one that is known.
const (
	NotAsked State = iota // nobody asked, or the store has no such thing
	Known                 // answered; Value holds the answer
	Absent                // answered: there is none (a 404 such as NoSuchBucketPolicy)
	Denied                // the caller may not ask (401, 403)
	Failed                // no usable answer: network, timeout, 5xx, garbage
)

// String gives the state in the words of the screen and the JSON.
func (s State) String() string {
	switch s {
	case Known:
		return "known"
	case Absent:
		return "absent"
	case Denied:
		return "denied"
	case Failed:
		return "failed"
	default:
		return "not asked"
	}
}

// A Fact is something we asked the world: its answer, or why there is none.
type Fact[T any] struct {
	Value  T
	State  State
	Source Exchange // the call that answered; zero for a local fact
	Note   string   // why it is not known, or where a local fact comes from
}

// Known tells whether the fact was answered with a value.
func (f Fact[T]) Known() bool { return f.State == Known }

// KnownFact wraps a value together with the call that showed it.
func KnownFact[T any](v T, source Exchange) Fact[T] {
	return Fact[T]{Value: v, State: Known, Source: source}
}

// Exchange is one call that was made and how it was answered. Everything in it
// has been redacted where it entered the program, so it can be shown as it is.
type Exchange struct {
	Operation string        // the API operation in the field's spelling, such as "HeadObject"
	Detail    string        // what tells it from its like: "Range bytes=0-0", "unsigned"; often empty
	Service   string        // "s3", "sts", "iam", "kms", "organizations", "ec2", "s3control"
	Status    int           // HTTP status; 0 when no answer came
	Code      string        // AWS error code ("Forbidden" for a HEAD); empty on success
	Message   string        // the error message of the body, redacted
	RequestID string        // x-amz-request-id
	HostID    string        // x-amz-id-2
	CLI       string        // the AWS CLI command that shows the same again; never holds a secret
	Start     time.Time     // when the call was sent
	Elapsed   time.Duration // how long the answer took
	Err       string        // transport error in one line, when no answer came
	Reader    bool          // made with the reader's credentials, not the caller's
}

// OK tells whether the call was answered with success (2xx).
func (x Exchange) OK() bool { return x.Status >= 200 && x.Status < 300 }

// Refused tells whether the service answered that the caller may not (401 or 403).
func (x Exchange) Refused() bool { return x.Status == 401 || x.Status == 403 }
