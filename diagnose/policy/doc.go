// Package policy reads IAM policy documents and evaluates S3 requests against
// them as AWS does. It is pure: it imports only the standard library, touches
// no network, file or clock, and panics on no input.
//
// Parse reads one document and keeps the lines of its elements. Evaluate weighs
// a Request against a Set of policies, one slot of the Set for each layer that
// AWS consults, and answers with a Decision: the effect, the layer that
// decided, every statement that matched, and every statement that almost
// matched together with what kept it from doing so.
//
// The rules come from the IAM User Guide ("Policy evaluation logic",
// "Cross-account policy evaluation logic", "IAM JSON policy elements"), the AWS
// Organizations User Guide (service and resource control policies) and the
// Amazon S3 User Guide ("Blocking public access", "Troubleshoot access denied
// (403 Forbidden) errors"). Where those pages leave a question open, the
// comment at the code says what was chosen.
package policy
