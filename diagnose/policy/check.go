package policy

import (
	"errors"
	"fmt"
	"strings"
)

// Check tells what of a request is missing or has no known shape. Evaluate takes
// any request; one that is misspelt matches nothing, which looks like a denial.
func (r *Request) Check() error {
	service, name, _ := strings.Cut(r.Action, ":")
	switch {
	case r.Principal == "":
		return errors.New("the request has no principal; write an ARN, a service principal or \"anonymous\"")
	case newCaller(r.Principal).kind == callerOther && !strings.HasPrefix(r.Principal, "arn:"):
		return fmt.Errorf("the request's principal %.120q is neither an ARN nor a service principal such as \"cloudfront.amazonaws.com\" nor \"anonymous\"", r.Principal)
	case r.Action == "":
		return errors.New("the request has no action; write it as \"s3:GetObject\"")
	case service == "" || name == "":
		return fmt.Errorf("the request's action %.120q has no service prefix; write it as \"s3:GetObject\"", r.Action)
	case r.Resource == "":
		return errors.New("the request has no resource; write the ARN of the bucket or object")
	case r.Resource != "*" && !strings.HasPrefix(r.Resource, "arn:"):
		return fmt.Errorf("the request's resource %.120q is neither an ARN such as \"arn:aws:s3:::bucket/key\" nor \"*\"", r.Resource)
	}
	return nil
}

// Check tells what the place a document is meant for refuses about it: an
// identity policy that names principals, a bucket policy that does not, an
// inverted element in a control policy. Its errors are of type *SyntaxError.
func (d *Document) Check(k Kind) error {
	for i := range d.Statements {
		if text := d.Statements[i].misplaced(k); text != "" {
			return &SyntaxError{Line: d.Statements[i].Line, Column: 1,
				Text: fmt.Sprintf("statement %d: %s", i, text)}
		}
	}
	return nil
}

// misplaced says what a statement has or lacks that its place does not allow;
// "" when all is well (IAM User Guide, "IAM JSON policy elements: Principal":
// identity-based policies have none, resource-based policies need one).
func (s *Statement) misplaced(k Kind) string {
	switch k {
	case IdentityKind, BoundaryKind, SessionKind, SCPKind:
		if s.Principals != nil {
			return "Principal does not belong in " + k.String()
		}
	case BucketKind, AccessPointKind, VPCEndpointKind:
		if s.Principals == nil {
			return "Principal is missing; " + k.String() + " needs it"
		}
	case RCPKind:
		// AWS Organizations User Guide, "RCP syntax": the Principal must be "*".
		switch {
		case s.Principals == nil:
			return "Principal is missing; a resource control policy needs \"Principal\": \"*\""
		case s.Principals.Not || len(s.Principals.List) != 1 || s.Principals.List[0].Text != "*":
			return "the Principal of a resource control policy must be \"*\""
		}
	}
	return ""
}

// String names the kind with its article: "a bucket policy".
func (k Kind) String() string {
	switch k {
	case IdentityKind:
		return "an identity-based policy"
	case BucketKind:
		return "a bucket policy"
	case BoundaryKind:
		return "a permissions boundary"
	case SessionKind:
		return "a session policy"
	case SCPKind:
		return "a service control policy"
	case RCPKind:
		return "a resource control policy"
	case VPCEndpointKind:
		return "a VPC endpoint policy"
	case AccessPointKind:
		return "an access point policy"
	default:
		return "a policy"
	}
}
