// Package message reads what S3 and its clients say about a refused request:
// XML bodies, the sentences of the AWS CLI and of every SDK, CloudTrail events,
// whole or cut, with line breaks and quotes lost. It tells what the text proves
// and what it leaves possible, and takes secrets out of texts.
//
// It is pure and imports only the standard library. Every function takes any
// input, hostile ones too, in time and memory linear in its length.
package message

// Kind is the form in which the text came.
type Kind string

// The kinds of the contract.
const (
	Enhanced   Kind = "enhanced"   // AWS's sentence with a reason: "… because no … policy allows …"
	Bare       Kind = "bare"       // a refusal without any reason: "Access Denied", "(403) … Forbidden"
	XML        Kind = "xml"        // an S3 error body
	CLI        Kind = "cli"        // an error code as a client prints it
	CloudTrail Kind = "cloudtrail" // a CloudTrail event
	Unknown    Kind = "unknown"    // nothing of S3 was recognised
)

// The two effects that an enhanced message can report.
const (
	ImplicitDeny = "implicit-deny"
	ExplicitDeny = "explicit-deny"
)

// The layers of an enhanced message, in AWS's words.
const (
	LayerIdentity = "identity-based policy"
	LayerResource = "resource-based policy"
	LayerSCP      = "service control policy"
	LayerRCP      = "resource control policy"
	LayerBoundary = "permissions boundary"
	LayerSession  = "session policy"
	LayerVPCE     = "VPC endpoint policy"
)

// Message is the meaning of one error text. Fields that the text does not give
// are empty. No field holds a secret. Its JSON is the answer of "s403 explain".
type Message struct {
	Schema    int      `json:"schema"` // 1
	Kind      Kind     `json:"kind"`
	Operation string   `json:"operation"` // API operation: "HeadObject"
	Status    int      `json:"status"`    // HTTP status, 0 when no number is written
	Code      string   `json:"code"`      // AWS error code
	Principal string   `json:"principal"` // as written, usually an ARN
	Action    string   `json:"action"`    // IAM action
	Resource  string   `json:"resource"`  // as written, without the quotes around it
	Layer     string   `json:"layer"`     // one of the Layer constants
	Effect    string   `json:"effect"`    // ImplicitDeny or ExplicitDeny
	PolicyARN string   `json:"policyArn"` // of the policy that denied
	Region    string   `json:"region"`    // the right region, where S3 names it
	RequestID string   `json:"requestId"`
	Causes    []string `json:"causes"` // ids of the catalogue, the most likely first; never nil
	Summary   string   `json:"summary"`
}
