package cli

import (
	"os"
	"strings"
)

// presignedAt makes a URL of an s3:// URI that carries the query of a presigned
// URL (s3://bucket/key?X-Amz-Signature=…), for the endpoint in force. The lab
// writes links so while its port is not known yet. Every other URI, and one for
// which no endpoint is set, is given back as it is.
func presignedAt(uri, endpoint string) string {
	rest, ok := strings.CutPrefix(uri, "s3://")
	_, query, found := strings.Cut(rest, "?")
	if !ok || !found || !strings.Contains(query, "X-Amz-Signature=") && !strings.Contains(query, "AWSAccessKeyId=") {
		return uri
	}
	for _, name := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"} {
		if endpoint == "" {
			endpoint = os.Getenv(name)
		}
	}
	if endpoint == "" {
		return uri
	}
	return strings.TrimSuffix(endpoint, "/") + "/" + rest
}
