package probe

import (
	"net/http"
	"strings"

	"s403/diagnose"
)

// serverSigns are the marks by which a server gives itself away.
type serverSigns struct {
	server    string // Server header
	requestID string
	hostID    bool // x-amz-id-2 came along
	header    http.Header
	code      string
	message   string
}

// signs takes the marks from an answer of S3; nil for other services.
func signs(q question, w *wire) *serverSigns {
	if q.service != "s3" || !w.answered {
		return nil
	}
	a := w.answer()
	return &serverSigns{
		server: w.header.Get("Server"), requestID: w.requestID(), hostID: w.hostID() != "",
		header: w.header, code: a.Code, message: a.Message,
	}
}

// A family is a store that its host gives away.
type family struct {
	suffix string
	kind   diagnose.StoreKind
	name   string
}

// families are the endpoints of the well-known stores, by the end of the host.
var families = []family{
	{".r2.cloudflarestorage.com", diagnose.StoreR2, "Cloudflare R2"},
	{"storage.googleapis.com", diagnose.StoreGCS, "Google Cloud Storage"},
	{".wasabisys.com", diagnose.StoreWasabi, "Wasabi"},
	{".backblazeb2.com", diagnose.StoreB2, "Backblaze B2"},
	{".digitaloceanspaces.com", diagnose.StoreCeph, "DigitalOcean Spaces"},
	{".localstack.cloud", diagnose.StoreLocalStack, "LocalStack"},
	{".aliyuncs.com", diagnose.StoreCompatible, "Alibaba OSS"},
	{".appdomain.cloud", diagnose.StoreCompatible, "IBM Cloud Object Storage"},
	{".scw.cloud", diagnose.StoreCompatible, "Scaleway Object Storage"},
	{".oraclecloud.com", diagnose.StoreCompatible, "Oracle Object Storage"},
	{".linodeobjects.com", diagnose.StoreCeph, "Linode Object Storage"},
}

// awsHost tells the hosts of AWS's own partitions, among them VPC endpoints
// (…vpce.amazonaws.com).
func awsHost(host string) bool {
	for _, suffix := range []string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu", ".c2s.ic.gov", ".sc2s.sgov.gov", ".amazonaws.com.tw"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}

// storeAt names the store behind an endpoint as far as its host tells.
func storeAt(endpoint string, custom bool) diagnose.Store {
	host := hostOf(endpoint)
	if endpoint == "" || awsHost(host) {
		return diagnose.Store{Kind: diagnose.StoreAWS, Name: "AWS S3", Because: "the endpoint is AWS's own"}
	}
	for _, f := range families {
		if strings.HasSuffix(host, f.suffix) || host == strings.TrimPrefix(f.suffix, ".") {
			return diagnose.Store{Kind: f.kind, Name: f.name, CustomEndpoint: custom, Because: "the host ends in " + f.suffix}
		}
	}
	return diagnose.Store{
		Kind: diagnose.StoreCompatible, Name: "S3-compatible store", CustomEndpoint: custom,
		Because: "the endpoint " + host + " is not AWS's",
	}
}

// recognise sharpens what is known of the store with what an answer shows. A
// store known by its host stays what it is: headers are easily rewritten.
func recognise(s diagnose.Store, by serverSigns) diagnose.Store {
	if s.Server == "" {
		s.Server = by.server
	}
	if s.Kind != diagnose.StoreCompatible {
		return s
	}
	kind, name, because := by.recognise()
	if kind != "" {
		s.Kind, s.Name, s.Because = kind, name, because
	}
	return s
}

// recognise tells the store from headers and wording (facts: MinIO ends its
// message with a full stop; Ceph's request ids start with "tx").
func (by serverSigns) recognise() (kind diagnose.StoreKind, name, because string) {
	server := strings.ToLower(by.server)
	header := func(name string) bool { return by.header.Get(name) != "" }
	switch {
	case strings.Contains(server, "localstack"), header("X-Localstack"), header("X-Localstack-Tgt-Api"):
		return diagnose.StoreLocalStack, "LocalStack", "it sends LocalStack's headers"
	case strings.HasPrefix(server, "minio"), header("X-Minio-Deployment-Id"), header("X-Minio-Error-Code"):
		return diagnose.StoreMinIO, "MinIO", "it sends MinIO's headers"
	case strings.HasPrefix(server, "versitygw"):
		// Before the wording: it ends its refusals with MinIO's full stop.
		return diagnose.StoreVersity, "Versity S3 Gateway", "Server: " + by.server
	case strings.HasPrefix(server, "wasabis3"):
		return diagnose.StoreWasabi, "Wasabi", "Server: " + by.server
	case strings.Contains(server, "uploadserver"), header("X-Guploader-Uploadid"):
		return diagnose.StoreGCS, "Google Cloud Storage", "it sends Google's headers"
	case strings.Contains(server, "ceph"), header("X-Rgw-Object-Type"), strings.HasPrefix(by.requestID, "tx0"):
		return diagnose.StoreCeph, "Ceph", "it answers like the Ceph Object Gateway"
	case by.server == "AmazonS3" && by.hostID:
		return diagnose.StoreAWS, "AWS S3", "Server: AmazonS3, with x-amz-id-2"
	case by.code == "AccessDenied" && by.message == "Access Denied.":
		return diagnose.StoreMinIO, "MinIO", `it says "Access Denied." with a full stop`
	}
	return "", "", ""
}
