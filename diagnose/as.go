package diagnose

import (
	"fmt"
	"strings"
)

// Another principal's request (--as) is judged from documents alone: nobody can
// send it, so S3 says nothing, and what would be said has to be computed.

// asVerdict is the verdict where no document refuses: that the request is allowed,
// if every layer was read, and otherwise what is left to read. ok is false where
// a cause stands out, or too little was read to say either.
func (r *reading) asVerdict(findings []Finding) (v Verdict, ok bool) {
	if first(findings, stands) >= 0 || !r.allowsObject() {
		return Verdict{}, false
	}
	if unread := r.layersUnread(); len(unread) > 0 {
		return Verdict{Cause: Undetermined, Confidence: Guess, Summary: fmt.Sprintf(
			"The policies that were read allow %s to %s, but not all were: %s might still refuse.", r.action, r.who(), strings.Join(unread, ", "))}, true
	}
	return Verdict{Cause: Allowed, Confidence: Computed, Summary: fmt.Sprintf(
		"Every policy that decides was read, and together they allow %s to %s; no request was sent.", r.action, r.who())}, true
}

// layersUnread names the layers that may still refuse. Nothing shows through
// which VPC endpoint somebody else comes, so that door is not counted; nor is
// a session policy unless a session is named, for a role as such has none.
func (r *reading) layersUnread() (unread []string) {
	for _, layer := range []string{layerSCP, layerRCP, layerBoundary, layerSession} {
		if layer == layerSession && !strings.Contains(r.Options.AsPrincipal, ":assumed-role/") {
			continue
		}
		if !r.layer(layer).read {
			unread = append(unread, theLayer(layer))
		}
	}
	return unread
}
