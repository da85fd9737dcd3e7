package probe

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"s403/diagnose"
)

// askSimulation asks AWS's own simulator, as a second opinion. It sees identity
// policies, the boundary and SCPs; no resource policy is given to it, for it
// does not support those for roles (API_SimulatePrincipalPolicy).
func askSimulation(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.Simulation] {
	return ofCaller(r, &seen, func(w who, c carrier) diagnose.Fact[diagnose.Simulation] {
		arn := seen.Role.Value.ARN
		if arn == "" {
			arn = fmt.Sprintf("arn:%s:iam::%s:%s/%s", r.target.Partition, seen.Caller.Value.Account, c.kind, c.name)
		}
		action, resource := r.config.Options.Action(), r.target.ObjectARN()
		if r.target.Key == "" {
			action, resource = "s3:ListBucket", r.target.BucketARN()
		}
		cli := []string{"simulate-principal-policy", "--policy-source-arn", arn, "--action-names", action, "--resource-arns", resource}
		in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &arn, ActionNames: []string{action}, ResourceArns: []string{resource}}
		out, rep := iamCall(ctx, r, w, "SimulatePrincipalPolicy", cli,
			func(ctx context.Context, i *iam.Client) (*iam.SimulatePrincipalPolicyOutput, error) {
				return i.SimulatePrincipalPolicy(ctx, in)
			})
		f := factOf(rep, "iam:SimulatePrincipalPolicy", func() (s diagnose.Simulation) {
			if len(out.EvaluationResults) > 0 {
				s = simulation(out.EvaluationResults[0])
			}
			return s
		})
		if f.State == diagnose.Known && f.Value.Decision == "" {
			f.State, f.Note = diagnose.Failed, "the simulator gave no result"
		}
		return f
	})
}

func simulation(e types.EvaluationResult) diagnose.Simulation {
	s := diagnose.Simulation{Decision: printable(string(e.EvalDecision))}
	for _, m := range e.MatchedStatements {
		s.Matched = append(s.Matched, printable(aws.ToString(m.SourcePolicyId)))
	}
	for _, k := range e.MissingContextValues {
		s.Missing = append(s.Missing, printable(k))
	}
	if d := e.PermissionsBoundaryDecisionDetail; d != nil {
		s.Boundary = &d.AllowedByPermissionsBoundary
	}
	if d := e.OrganizationsDecisionDetail; d != nil {
		s.OrgAllow = &d.AllowedByOrganizations
	}
	return s
}
