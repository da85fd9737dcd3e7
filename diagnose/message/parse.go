package message

import (
	"slices"
	"strings"
)

// maxParsed bounds the bytes of a text that are looked at. An error stands at the
// beginning or at the end of what people paste; of a longer log both are read.
const maxParsed = 4 << 20

// Parse reads an error text of whatever form. It never fails: what it does not
// recognise has the kind Unknown and no causes. Of more than 4 MiB it reads the
// first and the last 2 MiB.
func Parse(text []byte) Message {
	if len(text) > maxParsed {
		text = slices.Concat(text[:maxParsed/2], []byte("\n"), text[len(text)-maxParsed/2:])
	}
	whole := clean(text)
	if e, ok := readTrail(whole); ok && (e.ErrorCode != "" || e.ErrorMessage != "") {
		return finish(fromTrail(e))
	}
	flat := plain(whole)
	low := folded(flat)
	if body, ok := parseXML(flat); ok {
		return finish(fromXML(body, flat, low))
	}
	return finish(fromText(flat, low))
}

// fromTrail reads a whole CloudTrail event.
func fromTrail(e trailEvent) reading {
	r := reading{low: folded(e.ErrorMessage), unsigned: e.unsigned()}
	r.keyIDs(e.UserIdentity.AccessKeyID)
	r.Kind, r.Operation, r.Code, r.RequestID = CloudTrail, e.EventName, e.ErrorCode, e.RequestID
	r.take(readSentence(e.ErrorMessage))
	if r.Principal == "" {
		r.Principal = e.UserIdentity.ARN
	}
	if r.Resource == "" {
		r.Resource = e.object()
	}
	if r.Code == "" && r.clause != noClause {
		r.Code = "AccessDenied"
	}
	r.Region = readRegion(e.ErrorMessage, r.low)
	return r
}

// fromXML reads an S3 error body and what a client put around it.
func fromXML(body Error, flat, low string) reading {
	f := readFields(flat, low)
	r := reading{low: low}
	r.keyIDs(flat)
	r.Kind, r.Code, r.RequestID, r.Status = XML, body.Code, body.RequestID, f.status
	r.Operation = f.operation
	if r.RequestID == "" {
		r.RequestID = f.requestID
	}
	if s := readSentence(body.Message); s.found {
		r.take(s)
	} else {
		r.take(readSentence(flat))
	}
	r.Region = body.Elements["Region"]
	if r.Region == "" {
		r.Region = f.region
	}
	return r
}

// fromText reads everything else: lines of clients, cut events, prose.
func fromText(flat, low string) reading {
	f := readFields(flat, low)
	r := reading{low: low}
	r.keyIDs(flat)
	r.Operation, r.Status, r.Code, r.Region, r.RequestID = f.operation, f.status, f.code, f.region, f.requestID
	r.take(readSentence(flat))
	r.takeLogLine(flat)
	switch {
	case strings.Contains(low, "eventsource") && strings.Contains(low, "eventname"):
		r.Kind = CloudTrail // a cut event, or one that lost its quotes
	case r.clause != noClause:
		r.Kind = Enhanced
	case foreign(low) && !namesS3(low):
		r.Kind, r.Code, r.Operation, r.Status, r.RequestID = Unknown, "", "", 0, ""
	case r.Code != "" && r.Code != "AccessDenied" && !vagueCode(r.Code):
		r.Kind = CLI
	case r.reasonable():
		r.Kind = CLI
	case r.refused():
		r.Kind = Bare
	default:
		r.Kind, r.Status, r.RequestID, r.Operation = Unknown, 0, "", ""
	}
	return r
}

// keyIDs looks for access key ids, whole or cut (IAM user guide, "Unique
// identifiers": AKIA for users, ASIA for temporary credentials).
func (r *reading) keyIDs(text string) {
	r.temporary = strings.Contains(text, "ASIA")
	r.longTerm = strings.Contains(text, "AKIA")
}

// take copies what an enhanced message says.
func (r *reading) take(s sentence) {
	r.clause = s.clause.kind
	r.Principal, r.Action, r.Resource = s.principal, s.action, s.resource
	switch s.clause.kind {
	case implicit:
		r.Layer, r.Effect = s.clause.layer, ImplicitDeny
	case explicit:
		r.Layer, r.Effect, r.PolicyARN = s.clause.layer, ExplicitDeny, s.clause.policyARN
	}
}

// reasonable tells whether a message without a code gives a reason all the same.
func (r reading) reasonable() bool {
	for _, p := range phrases {
		if strings.Contains(r.low, p.says) {
			return true
		}
	}
	return strings.Contains(r.low, "does not exist in our records")
}

// refused tells whether the text is a refusal by S3 without a reason. A number
// alone is none: it needs a word of S3 or of HTTP beside it.
func (r reading) refused() bool {
	if r.Code != "" || r.Action != "" {
		return true
	}
	if strings.Contains(r.low, "forbidden") || denied(r.low) {
		return true
	}
	if r.Status == 0 {
		return false
	}
	return r.Operation != "" || namesS3(r.low) || shortText(r.low)
}

// denied tells whether a folded text says in words of its own that S3 refused.
func denied(low string) bool {
	if strings.Contains(low, "access denied") || strings.Contains(low, "permission denied on s3") {
		return true
	}
	console := strings.Contains(low, "insufficient permissions to") || strings.Contains(low, "don't have permission")
	return console && namesS3(low)
}

// namesS3 tells whether a folded text speaks of S3 at all.
func namesS3(low string) bool {
	for _, word := range [...]string{"s3", "x-amz-", "amazonaws", "aws", "bucket", "botocore", "boto3", "$metadata", "headobject", "getobject", "cloudfront"} {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

// foreign tells the refusals of other companies' services.
func foreign(low string) bool {
	for _, mark := range [...]string{
		"documentation_url", "api.github.com", "docs.github.com", "googleapis.com", "blob.core.windows.net",
		"microsoft", "azure", "is forbidden: user", "error from server", "cloudflare ray id", "gitlab",
		"registry-1.docker.io", "docker.io", "npmjs.org", "api.openai.com", "storage.objects.",
	} {
		if strings.Contains(low, mark) {
			return true
		}
	}
	return false
}

// finish names causes and summary, and takes out whatever secret got through.
func finish(r reading) Message {
	m := r.Message
	m.Schema = 1
	other := r.clause == noClause && elsewhere(r.low)
	if m.Kind != Unknown {
		m.Causes = unique(r.causes())
	}
	if other {
		m.Causes = withoutAWS(m.Causes)
	}
	if m.Causes == nil {
		m.Causes = []string{}
	}
	for _, field := range []*string{
		&m.Operation, &m.Code, &m.Principal, &m.Action, &m.Resource, &m.PolicyARN, &m.Region, &m.RequestID,
	} {
		*field = Redact(*field)
	}
	reason := r.clause
	if reason == noClause && r.Action != "" && strings.Contains(r.low, " because ") {
		reason = unread
	}
	m.Summary = summarize(m, reason)
	if other {
		m.Summary = summarizeElsewhere(m, reason)
	}
	return m
}

// unique copies ids without repeats, in their order.
func unique(ids []string) []string {
	var kept []string
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}
