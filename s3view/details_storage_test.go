package s3view

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// What a head leaves out where it may not be seen is asked by itself, and told
// in one of five states.
func TestStorage(t *testing.T) {
	type answer func(http.ResponseWriter)
	says := func(text string) answer { return func(w http.ResponseWriter) { _, _ = io.WriteString(w, text) } }
	no := func(status int, code string) answer { return func(w http.ResponseWriter) { refuse(w, status, code) } }
	tests := []struct {
		name                  string
		retention, hold, sums answer
		want                  string
	}{
		{"all there", says("<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2027-01-02T03:04:05Z</RetainUntilDate></Retention>"),
			says("<LegalHold><Status>ON</Status></LegalHold>"), func(w http.ResponseWriter) { w.Header().Set("X-Amz-Checksum-Crc64nvme", "abc=") },
			"lock=governance until 2027-01-02 03:04:05 UTC|legal hold=on|CRC64NVME=abc="},
		{"refused", no(403, "AccessDenied"), no(403, "AccessDenied"), no(403, ""),
			"lock denied, needs s3:GetObjectRetention|legal hold denied, needs s3:GetObjectLegalHold|checksum denied, needs kms:Decrypt"},
		{"none on the object", no(404, "NoSuchObjectLockConfiguration"), no(404, "NoSuchObjectLockConfiguration"), says(""),
			"lock not configured|legal hold not configured|checksum not configured"},
		{"none on the bucket", no(400, "InvalidRequest"), no(400, "InvalidRequest"), says(""),
			"lock not configured|legal hold not configured|checksum not configured"},
		{"another store", no(501, "NotImplemented"), no(405, "MethodNotAllowed"), says(""),
			"lock not supported, this store does not have it|legal hold not supported, this store does not have it|checksum not configured"},
	}
	for _, tt := range tests {
		st, _ := open(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Query().Has("retention"):
				tt.retention(w)
			case r.URL.Query().Has("legal-hold"):
				tt.hold(w)
			case r.Header.Get("X-Amz-Checksum-Mode") != "":
				tt.sums(w)
			default:
				w.Header().Set("X-Amz-Server-Side-Encryption", "aws:kms")
			}
		})
		fields, err := st.Storage(t.Context(), at(t, "s3://bucket/k"))
		var lines []string
		for _, f := range fields {
			switch {
			case f.State == Known:
				lines = append(lines, f.Name+"="+f.Value)
			case f.Why != "":
				lines = append(lines, f.Name+" "+f.State.String()+", "+f.Why)
			default:
				lines = append(lines, f.Name+" "+f.State.String())
			}
		}
		got := strings.Join(lines, "|")
		if err != nil || !strings.HasSuffix(got, "replication not configured|"+tt.want) || !strings.HasPrefix(got, "size=0|storage class=STANDARD|encryption=aws:kms|restore not configured|") {
			t.Errorf("%s: %s, %v; want …%s", tt.name, got, err, tt.want)
		}
	}
	st, _ := open(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { refuse(w, 403, "AccessDenied") })
	if _, err := st.Storage(t.Context(), at(t, "s3://bucket/k")); AsError(err) == nil || !AsError(err).Denied() || AsError(err).Op != "HeadObject" {
		t.Errorf("a refused head: %v", err)
	}
}
