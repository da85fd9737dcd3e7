package diagnose

import (
	"fmt"
	"strings"
)

// meet says how a request can satisfy a condition that it failed: the cheapest
// fix of all, for it changes no policy.
func (r *reading) meet(key, operator string, wanted []string) Fix {
	want := strings.Join(wanted, " or ")
	lower := strings.ToLower(key)
	title := fmt.Sprintf("Meet the condition on %s", key)
	switch {
	case lower == "aws:multifactorauthpresent" || lower == "aws:multifactorauthage":
		return command(WhoCaller, "Sign in with a second factor (MFA)",
			"aws sts get-session-token --serial-number ARN-OF-YOUR-MFA-DEVICE --token-code CODE")
	case lower == "aws:securetransport":
		return ask(WhoCaller, "Use HTTPS", "Give an endpoint URL that begins with https://.")
	case lower == "aws:sourcevpce" || lower == "aws:sourcevpc":
		return ask(WhoCaller, "Come through the VPC endpoint", fmt.Sprintf("Send the request from the network behind %s (%s %s).", want, operator, key))
	case lower == "aws:sourceip" || lower == "aws:vpcsourceip":
		return ask(WhoCaller, "Come from an address that is let in", fmt.Sprintf("Send the request from %s.", want)+r.throughEndpoint())
	case strings.HasPrefix(lower, "s3:existingobjecttag/"):
		tag := key[strings.IndexByte(key, '/')+1:]
		return ask(WhoBucketOwner, "Give the object the tag that the policy wants",
			fmt.Sprintf("Set the tag %s to %s (put-object-tagging replaces all tags, so name the others too).", tag, want))
	case strings.HasPrefix(lower, "aws:principaltag/"):
		return ask(WhoCaller, "Carry the tag that the policy wants", fmt.Sprintf("Your user, role or session needs the tag %s: %s.", key[strings.IndexByte(key, '/')+1:], want))
	case lower == "aws:requestedregion":
		return command(WhoCaller, "Ask in a region that is allowed", "aws s3api head-object"+r.objectFlags()+" --region "+shellWord(firstValue(wanted)))
	case lower == "s3:tlsversion":
		return ask(WhoCaller, "Use a newer TLS", fmt.Sprintf("The policy wants TLS %s.", want))
	}
	return ask(WhoCaller, title, fmt.Sprintf("The policy wants %s to satisfy %s %s.", key, operator, want))
}

// throughEndpoint warns of the network on which a condition on an address never holds.
func (r *reading) throughEndpoint() string {
	if !r.awsRules() {
		return ""
	}
	return " Through a VPC endpoint aws:SourceIp is absent."
}

func firstValue(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
