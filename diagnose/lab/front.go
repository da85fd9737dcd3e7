package lab

import (
	"net"
	"net/http"
	"strings"
	"time"
)

// reply is one answer on its way out. It knows what every AWS answer carries:
// request ids and the lab's date.
type reply struct {
	http.ResponseWriter
	r         *http.Request
	requestID string
	hostID    string
}

// newReply gives the request its ids and the answer the headers that all have.
func (l *Lab) newReply(w http.ResponseWriter, r *http.Request, now time.Time) *reply {
	a := &reply{ResponseWriter: w, r: r}
	a.requestID, a.hostID = l.ids.next(r)
	h := w.Header()
	h.Set("X-Amz-Request-Id", a.requestID)
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	return a
}

// Handler answers for every service of the lab. Services are told apart as on
// one port they can be: by the form of the request, then by the service that it
// was signed for.
func (l *Lab) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st := l.state.Load()
		sig, err := parseSignature(r)
		switch service := serviceOf(r, sig); service {
		case "s3", "s3express":
			l.serveS3(st, w, r, sig, err)
		case "s3control":
			l.serveControl(st, w, r, sig, err)
		case "kms", "organizations":
			l.serveJSON(st, w, r, sig, err)
		default:
			l.serveQuery(st, w, r, sig, err)
		}
	})
}

// serviceOf names the service that a request is for.
func serviceOf(r *http.Request, sig *signature) string {
	target := r.Header.Get("X-Amz-Target")
	switch {
	case strings.HasPrefix(target, "TrentService."):
		return "kms"
	case strings.HasPrefix(target, "AWSOrganizations"):
		return "organizations"
	case strings.HasPrefix(r.URL.Path, "/v20180820/"):
		return "s3control"
	case r.URL.Path == "/" && sig != nil && queryServices[sig.service].actions != nil:
		return sig.service
	case r.URL.Path == "/" && (r.URL.Query().Has("Action") || isForm(r)):
		return "sts" // the only query service that takes unsigned requests
	}
	return "s3"
}

func isForm(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

// address splits a request into bucket (or access point) and key, in virtual-host
// and in path style.
func address(r *http.Request) (bucket, key string) {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	path := strings.TrimPrefix(r.URL.Path, "/")
	if name := virtualHost(strings.ToLower(host)); name != "" {
		return name, path
	}
	if strings.HasPrefix(path, "arn:") { // an ARN holds one slash: …:accesspoint/name
		parts := strings.SplitN(path, "/", 3)
		if len(parts) == 3 {
			return parts[0] + "/" + parts[1], parts[2]
		}
		return path, ""
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// virtualHost is the bucket that a host name begins with; empty for a host that
// is the endpoint itself.
func virtualHost(host string) string {
	if net.ParseIP(strings.Trim(host, "[]")) != nil {
		return ""
	}
	for _, mark := range []string{".s3.", ".s3-accesspoint.", ".s3express-", ".s3-website", ".s3-"} {
		if i := strings.Index(host, mark); i > 0 {
			return host[:i]
		}
	}
	for _, base := range []string{".localhost", ".127.0.0.1", ".localhost.localdomain"} {
		if name, ok := strings.CutSuffix(host, base); ok && name != "s3" {
			return strings.TrimSuffix(name, ".s3")
		}
	}
	return ""
}
