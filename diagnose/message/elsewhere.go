package message

import "strings"

// elsewhereMarks are words by which a folded text shows that a store which is not AWS
// refused: the hosts of the well-known ones, Ceph's request ids, and MinIO's full stop
// behind "Access Denied", which AWS never sets.
var elsewhereMarks = [...]string{
	".r2.cloudflarestorage.com", ".wasabisys.com", ".backblazeb2.com", ".digitaloceanspaces.com", ".linodeobjects.com",
	".aliyuncs.com", ".appdomain.cloud", ".scw.cloud", ".localstack.cloud", "x-minio-", "server: minio", "minio.", "minio:9000",
	"<requestid>tx0", "<message>access denied.</message>", "operation: access denied.",
}

// elsewhere tells a refusal by a store that is known not to be AWS.
func elsewhere(low string) bool {
	for _, mark := range elsewhereMarks {
		if strings.Contains(low, mark) {
			return true
		}
	}
	return false
}

// onlyAWS are the causes that no other store has.
var onlyAWS = map[string]bool{
	"bucket-policy-no-allow": true, "requester-pays": true, "object-ownership": true, "restrict-public-buckets": true,
	"ignore-public-acls": true, "object-acl": true, "vpce-no-allow": true, "vpce-explicit-deny": true, "scp-no-allow": true,
	"scp-explicit-deny": true, "rcp-explicit-deny": true, "boundary-no-allow": true, "boundary-explicit-deny": true,
	"session-no-allow": true, "session-explicit-deny": true, "access-point-policy": true, "directory-bucket-session": true,
}

// withoutAWS drops the causes that only AWS has.
func withoutAWS(causes []string) []string {
	var kept []string
	for _, id := range causes {
		if !onlyAWS[id] {
			kept = append(kept, id)
		}
	}
	return kept
}
