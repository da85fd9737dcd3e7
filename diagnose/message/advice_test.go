package message

import (
	"strings"
	"testing"
)

// The advice follows the first cause, and only where that cause is it.
func TestAdviceFollowsTheFirstCause(t *testing.T) {
	const kms = "encrypted with a KMS key"
	for cause, want := range map[string]bool{"kms-permission": true, "identity-no-allow": false} {
		m := Message{Layer: LayerIdentity, Causes: []string{cause}}
		if got := layerAdvice(m); strings.Contains(got, kms) != want {
			t.Errorf("%s: got %q; that it speaks of KMS should be %v", cause, got, want)
		}
	}
}

// A file that holds nothing but its byte order mark is empty.
func TestMarkAloneIsEmpty(t *testing.T) {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if got := fromUTF16([]byte(mark)); got != "" {
			t.Errorf("%q is read as %q, want nothing", mark, got)
		}
	}
}
