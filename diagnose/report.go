package diagnose

// Report is what Explain concludes: the contract's JSON, the text, the markdown
// and the panel all show this one value. Texts in it are plain: whoever renders
// them redacts and escapes for the place where they go.
type Report struct {
	Target    Target
	Options   Options
	Store     Store
	Caller    Identity // Kind is "unknown" where nothing tells who asked
	Source    string   // of the credentials: "profile dev"
	Outcome   Exchange // the refused request; its Operation is empty with --as, which sends none
	Verdict   Verdict
	Findings  []Finding // every cause of the catalogue, in its order, each exactly once
	Stations  []StationReport
	Trace     []TraceStep // how the policies were evaluated, layer by layer
	Exchanges []Exchange
	Gaps      []string // what was not visible, in one sentence each
	Partial   bool     // probes are still under way
}

// Verdict is the answer in one line. Confidence is that of the cause's finding;
// "guess" for undetermined.
type Verdict struct {
	Cause      CauseID // Allowed, Undetermined, or a cause
	Confidence Confidence
	Summary    string // one sentence that a person can act on
	// Behind is the cause that waits behind the first one, when several deny at once.
	Behind []CauseID
}

// CauseID is an id of the contract's catalogue.
type CauseID string

// The two verdicts that are no cause.
const (
	Allowed      CauseID = "allowed"
	Undetermined CauseID = "undetermined"
)

// CauseState is how a cause stands after the evidence so far.
type CauseState string

// The states of a cause, as the contract defines them.
const (
	Confirmed     CauseState = "confirmed"
	Likely        CauseState = "likely"
	Possible      CauseState = "possible"
	RuledOut      CauseState = "ruled-out"
	Unknown       CauseState = "unknown"
	NotApplicable CauseState = "not-applicable"
)

// Confidence says on what a finding rests, strongest first.
type Confidence string

// The confidences, as the contract defines them.
const (
	Reported  Confidence = "reported"
	Computed  Confidence = "computed"
	Simulated Confidence = "simulated"
	Inferred  Confidence = "inferred"
	Guess     Confidence = "guess"
)

// Finding is the judgement on one cause. Confirmed needs Reported or Computed, and
// at most one finding of a report is confirmed: S3 stops at the first refusal.
type Finding struct {
	ID         CauseID
	State      CauseState
	Confidence Confidence
	Why        string  // one sentence; for unknown: what was missing and what would settle it
	Evidence   []Shown // empty where nothing was seen that bears on it
	Fixes      []Fix   // the best first; only of causes that are possible at least
}

// Shown is one fact that a finding rests on, with the call that shows it again.
type Shown struct {
	Fact      string // a few words, or S3's own sentence; never empty
	Source    string // "GetObject Range bytes=0-0"; empty for what the client knows itself
	RequestID string // x-amz-request-id, for AWS Support; other services have their own
	CLI       string // the AWS CLI command that shows it again; never holds a secret
	// Quote is an excerpt worth reading, such as the statement that denied, with
	// Mark the zero-based lines of it to point at, and Note what they met.
	Quote string
	Line  int // number of the quote's first line within its document, from 1; 0: not known
	Mark  []int
	Note  string
}

// Fix is one way to mend a finding. For a policy change Before and After hold
// the whole documents, so that the screen can show the difference. A change with
// After was evaluated: it lets the request through, alone or Together, and neither
// gives nor takes anything from anybody else. One with Policy alone is for a
// document that was not read, which is therefore not overwritten.
type Fix struct {
	Title  string
	Who    Who
	Kind   FixKind
	Text   string // the command, or what to do or ask for, in a sentence or two
	Policy []byte // JSON: the statement or document to put
	Before []byte // JSON: the document as it is; empty: there is none
	After  []byte // JSON: the document as it should be
	// Applies tells the lab (and a careful person) where After goes.
	Applies Place
	// Together: the change lets the request through only with the others of the
	// finding that are marked so.
	Together bool
}

// Place names where a policy document lives.
type Place struct {
	Layer  string // a policy.Layer in the contract's words, or "acl", "public access block", "key policy", …
	Owner  string // ARN of the user, role, bucket, key or organization node that carries it
	Policy string // policy name or ARN
}

// Who can carry out a fix. WhoCaller with a policy means whoever administers the
// caller's account, who is seldom the caller.
type Who string

// Those who can mend something.
const (
	WhoCaller       Who = "caller"
	WhoBucketOwner  Who = "bucket-owner"
	WhoKeyOwner     Who = "key-owner"
	WhoOrgAdmin     Who = "org-admin"
	WhoNetworkAdmin Who = "network-admin"
	WhoAWSSupport   Who = "aws-support"
)

// FixKind is the sort of change that a fix is.
type FixKind string

// The kinds of fix.
const (
	FixPolicy  FixKind = "policy"
	FixCommand FixKind = "command"
	FixSetting FixKind = "setting"
	FixAsk     FixKind = "ask"
)

// StationState is how the request fared at one station of its way.
type StationState string

// The states of a station.
const (
	Passed       StationState = "passed"
	StoppedHere  StationState = "stopped here"
	StationOpen  StationState = "unknown"
	NotOnThisWay StationState = "not on this way"
)

// StationReport is one station of the walk, with the causes that live there.
type StationReport struct {
	Number  int    // 1 to 14
	Name    string // "bucket policy"
	State   StationState
	Line    string // one sentence: what happened here
	About   string // what this is, for somebody who never heard of it
	Causes  []CauseID
	Pending bool // a probe that belongs here is still under way
}

// TraceStep is one statement or layer of the evaluation. Layers that could not be
// read, or have no say, are left out.
type TraceStep struct {
	Layer     string
	Effect    string // allow, explicit-deny, implicit-deny
	Policy    string
	Statement int // -1: no statement, the layer as a whole
	Sid       string
	Reason    string
}
