package diagnose

import (
	"strings"
	"testing"
)

// contractOrder is the table of causes of the contract, in its order.
const contractOrder = `identity-no-allow identity-wrong-resource identity-wrong-action identity-condition-unmet
identity-explicit-deny bucket-policy-explicit-deny bucket-policy-no-allow scp-no-allow scp-explicit-deny
rcp-explicit-deny boundary-no-allow boundary-explicit-deny session-no-allow session-explicit-deny vpce-no-allow
vpce-explicit-deny access-point-policy restrict-public-buckets ignore-public-acls object-ownership object-acl
missing-key version-permission expected-owner-mismatch bucket-not-yours anonymous requester-pays
directory-bucket-session kms-permission kms-key-state sse-c-key archived invalid-access-key missing-session-token
signature-mismatch clock-skew expired-credentials invalid-token presigned-expired signature-version region-mismatch
account-problem website-endpoint proxy-interference no-such-key no-such-bucket delete-marker throttled network`

func TestCatalogueIsTheContracts(t *testing.T) {
	want := strings.Fields(contractOrder)
	got := Catalogue()
	if len(got) != len(want) {
		t.Fatalf("%d causes, the contract has %d", len(got), len(want))
	}
	for i, c := range got {
		if string(c.ID) != want[i] {
			t.Errorf("cause %d is %q, the contract has %q", i, c.ID, want[i])
		}
		if c.Title == "" || c.Station < 1 || c.Station > len(stations) {
			t.Errorf("%s: title %q, station %d", c.ID, c.Title, c.Station)
		}
		if n := strings.Count(c.Words, ". ") + 1; n != 3 {
			t.Errorf("%s: %d sentences for a newcomer, want three:\n%s", c.ID, n, c.Words)
		}
		if acts[c.ID] == "" {
			t.Errorf("%s: nothing to do about it is said", c.ID)
		}
	}
}

func TestEveryCauseHasItsPlaceInTheOrder(t *testing.T) {
	for _, c := range Catalogue() {
		switch c.ID {
		case CauseKMSPermission, CauseKMSKeyState, CauseSSECKey, CauseArchived, CauseNoSuchKey, CauseDeleteMarker:
			continue // these speak after everything else has let the request pass
		}
		if _, ok := precedences[c.ID]; !ok {
			t.Errorf("%s has no place in the order in which S3 checks", c.ID)
		}
	}
}
