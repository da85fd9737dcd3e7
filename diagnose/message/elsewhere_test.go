package message

import (
	"slices"
	"strings"
	"testing"
)

// TestElsewhere: an error of a store that is known not to be AWS names no cause that
// only AWS has, and its summary speaks of the store.
func TestElsewhere(t *testing.T) {
	for text, first := range map[string]string{
		`<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Key>k</Key><BucketName>b</BucketName><Resource>/b/k</Resource><RequestId>1799A</RequestId></Error>`: "identity-no-allow",
		"An error occurred (AccessDenied) when calling the GetObject operation: Access Denied.":                                                                                "identity-no-allow",
		"<Error><Code>AccessDenied</Code><RequestId>tx00000a1b2-zone</RequestId></Error>":                                                                                      "identity-no-allow",
		"https://acct.r2.cloudflarestorage.com/b/k: AccessDenied: Access Denied, status 403":                                                                                   "identity-no-allow",
		"s3.eu-central-1.wasabisys.com: InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.":                                                 "invalid-access-key",
		"s3.us-west-000.backblazeb2.com said <Error><Code>SlowDown</Code><Message>slow</Message></Error>":                                                                      "throttled",
		"s3.wasabisys.com: <Error><Code>InvalidRequest</Code><Message>no</Message></Error>":                                                                                    "sse-c-key",
		"https://acct.r2.cloudflarestorage.com/b: <Error><Code>ExpiredToken</Code><Message>expired</Message></Error>":                                                          "expired-credentials",
	} {
		m := Parse([]byte(text))
		if len(m.Causes) == 0 || m.Causes[0] != first {
			t.Errorf("%s: causes %v, want %s first", text, m.Causes, first)
		}
		for _, id := range m.Causes {
			if onlyAWS[id] {
				t.Errorf("%s: %s is a cause that only AWS has", text, id)
			}
		}
		for _, word := range []string{"AWS", "S3", "organization", "STS", "IAM"} {
			if strings.Contains(m.Summary, word) {
				t.Errorf("%s: the summary speaks of %s: %s", text, word, m.Summary)
			}
		}
	}
	if m := Parse([]byte("s3.wasabisys.com: <Error><Code>InvalidRequest</Code><Message>no</Message></Error>")); !strings.Contains(m.Summary, "gave no reason") {
		t.Errorf("two causes are left open, and one is told as the one: %s", m.Summary)
	}
	aws := Parse([]byte("An error occurred (AccessDenied) when calling the GetObject operation: Access Denied"))
	if !slices.Contains(aws.Causes, "scp-no-allow") || !strings.Contains(aws.Summary, "organization") {
		t.Errorf("without a mark it may be AWS: %v, %s", aws.Causes, aws.Summary)
	}
}
