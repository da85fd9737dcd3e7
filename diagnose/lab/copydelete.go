package lab

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"

	"github.com/rclone/gofakes3"
)

// copySource asks for the source of a CopyObject or UploadPartCopy as for a
// GetObject, and notes which version it is.
func (q *s3Request) copySource(w *write) *apiError {
	source, version, _ := strings.Cut(strings.TrimPrefix(q.r.Header.Get("X-Amz-Copy-Source"), "/"), "?versionId=")
	source, err := url.PathUnescape(source)
	if source == "" || err != nil {
		return nil
	}
	name, key, _ := strings.Cut(source, "/")
	from := *q
	from.name, from.key, from.version, from.point = name, key, version, nil
	from.find()
	if from.bucket == nil {
		return failure(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist", element{"BucketName", name})
	}
	if want := q.r.Header.Get("X-Amz-Source-Expected-Bucket-Owner"); want != "" && want != from.bucket.account.ID {
		return accessDenied("")
	}
	o, action := from.object(), "s3:GetObject"
	if version != "" {
		action, w.version = versioned(action), version
	}
	if err := from.allowed(action, key, o); err != nil {
		return err
	}
	if err := from.exists(o); err != nil {
		return err
	}
	q.store.translate(q.r.Header, from.bucket.Name, o, "X-Amz-Copy-Source-If-Match", "X-Amz-Copy-Source-If-None-Match")
	return from.copyable(o)
}

// copiesOntoItself tells whether the request copies an object to its own place
// and changes nothing, which S3 refuses. A version named in the source is
// another object.
func (q *s3Request) copiesOntoItself() bool {
	h := q.r.Header
	source, err := url.PathUnescape(strings.TrimPrefix(h.Get("X-Amz-Copy-Source"), "/"))
	if err != nil || source != q.name+"/"+q.key || strings.EqualFold(h.Get("X-Amz-Metadata-Directive"), "REPLACE") {
		return false
	}
	for _, change := range []string{"X-Amz-Storage-Class", "X-Amz-Website-Redirect-Location", encryptionHeader, sseCPrefix + "Algorithm"} {
		if h.Get(change) != "" {
			return false
		}
	}
	return true
}

// copyable checks what stands between an allowed copy and the source's bytes.
func (q *s3Request) copyable(o *object) *apiError {
	given := q.r.Header.Get("X-Amz-Copy-Source-Server-Side-Encryption-Customer-Key-Md5")
	switch {
	case o.archived():
		return failure(http.StatusForbidden, "InvalidObjectState", "Operation is not valid for the source object's storage class", element{"StorageClass", o.Class})
	case o.md5 != "" && given == "":
		return failure(http.StatusBadRequest, "InvalidRequest", "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.")
	case o.md5 != given:
		return accessDenied("")
	case o.KMSKey != "":
		return q.useKey(o.KMSKey, "kms:Decrypt")
	}
	return nil
}

// deletion is one object of DeleteObjects.
type deletion struct {
	Key     string
	Version string `xml:"VersionId"`
}

// deleteObjects answers DeleteObjects: each key is asked for by itself.
func (q *s3Request) deleteObjects() *apiError {
	body, refused := q.payload(maxContent)
	if refused != nil {
		return refused
	}
	var list struct {
		Objects []deletion `xml:"Object"`
		Quiet   bool
	}
	if xml.Unmarshal(body, &list) != nil || len(list.Objects) > 1000 {
		return malformedXML()
	}
	var b strings.Builder
	for _, d := range list.Objects {
		result, refused := q.deleteOne(d)
		if refused != nil {
			b.WriteString("<Error><Key>" + escape(d.Key) + "</Key>" + versionXML(d.Version) + "<Code>" + refused.Code + "</Code><Message>" + escape(refused.Message) + "</Message></Error>")
			continue
		}
		if list.Quiet {
			continue
		}
		b.WriteString("<Deleted><Key>" + escape(d.Key) + "</Key>" + versionXML(d.Version))
		if result.IsDeleteMarker {
			b.WriteString("<DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>" + escape(string(result.VersionID)) + "</DeleteMarkerVersionId>")
		}
		b.WriteString("</Deleted>")
	}
	return q.xml("<DeleteResult " + s3Namespace + ">" + b.String() + "</DeleteResult>")
}

func versionXML(id string) string {
	if id == "" {
		return ""
	}
	return "<VersionId>" + escape(id) + "</VersionId>"
}

// deleteOne deletes a key, or one version of it.
func (q *s3Request) deleteOne(d deletion) (result gofakes3.ObjectDeleteResult, refused *apiError) {
	o, action := q.store.current(q.bucket.Name, d.Key), q.op.action
	if d.Version != "" {
		o, action = q.store.version(q.bucket.Name, d.Key, d.Version), versioned(action)
	}
	if err := q.allowed(action, d.Key, o); err != nil {
		return result, err
	}
	if err := q.deletable(d.Key, o, d.Version); err != nil {
		return result, err
	}
	var err error
	switch {
	case d.Version == "":
		result, err = q.store.DeleteObject(withWrite(q.r.Context(), write{owner: q.ownerOfNew()}), q.bucket.Name, d.Key)
	case o != nil:
		result, err = q.store.DeleteObjectVersion(q.bucket.Name, d.Key, gofakes3.VersionID(d.Version))
	}
	if err != nil {
		return result, failure(http.StatusInternalServerError, "InternalError", "We encountered an internal error. Please try again.")
	}
	return result, nil
}
