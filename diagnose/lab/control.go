package lab

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const controlNamespace = `xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"`

// controlRequest is a request to S3 Control: account-level Block Public Access
// and access points.
type controlRequest struct {
	*reply
	lab    *Lab
	st     *state
	now    time.Time
	caller caller
	owner  *account
	body   []byte
}

// serveControl answers S3 Control.
func (l *Lab) serveControl(st *state, w http.ResponseWriter, r *http.Request, sig *signature, parsed *apiError) {
	q := &controlRequest{lab: l, st: st, now: l.clock()}
	if sig != nil {
		q.now = l.now(st, sig.keyID)
	}
	q.reply = l.newReply(w, r, q.now)
	w.Header().Set("X-Amz-Id-2", q.hostID)
	w.Header().Set("Server", "AmazonS3")
	w.Header().Set("Content-Type", "application/xml")
	out, err := q.answer(sig, parsed)
	if err != nil {
		w.WriteHeader(err.Status)
		_, _ = io.WriteString(w, fmt.Sprintf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId><HostId>%s</HostId></ErrorResponse>",
			escape(err.Code), escape(err.Message), q.requestID, q.hostID))
		return
	}
	_, _ = io.WriteString(w, out)
}

func (q *controlRequest) answer(sig *signature, parsed *apiError) (string, *apiError) {
	var err error
	if q.body, err = readAll(q.r.Body, maxContent); err != nil {
		return "", malformedXML()
	}
	q.r.Body = io.NopCloser(bytes.NewReader(q.body))
	if parsed != nil {
		return "", parsed
	}
	var refused *apiError
	if q.caller, refused = q.lab.authenticate(q.st, q.r, sig, q.body, q.now); refused != nil {
		return "", refused
	}
	if q.caller.anonymous() {
		return "", accessDenied("")
	}
	if err := checkHash(q.r.Header.Get("X-Amz-Content-Sha256"), q.body); err != nil {
		return "", err
	}
	q.owner = q.st.accounts[q.r.Header.Get("X-Amz-Account-Id")]
	if q.owner == nil {
		return "", failure(http.StatusBadRequest, "InvalidRequest", "x-amz-account-id names no account.")
	}
	return q.route()
}

// route finds the operation by its path.
func (q *controlRequest) route() (string, *apiError) {
	path := strings.TrimPrefix(q.r.URL.Path, "/v20180820/")
	switch {
	case path == "configuration/publicAccessBlock":
		return q.publicAccess()
	case path == "accesspoint" && q.r.Method == http.MethodGet:
		return q.listAccessPoints()
	case strings.HasPrefix(path, "accesspoint/"):
		return q.accessPoint(strings.TrimPrefix(path, "accesspoint/"))
	}
	return "", failure(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
}

func (q *controlRequest) allowed(action, resource string) *apiError {
	return q.st.allowedElsewhere(q.caller, q.r, q.now, ask{action: action, resource: resource, owner: q.owner})
}

// publicAccess reads and writes the account's Block Public Access settings.
func (q *controlRequest) publicAccess() (string, *apiError) {
	if q.r.Method == http.MethodGet {
		if err := q.allowed("s3:GetAccountPublicAccessBlock", "*"); err != nil {
			return "", err
		}
		if len(q.owner.publicSet) == 0 {
			return "", failure(http.StatusNotFound, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
		}
		return publicAccessXML(q.owner.publicSet, controlNamespace), nil
	}
	if err := q.allowed("s3:PutAccountPublicAccessBlock", "*"); err != nil {
		return "", err
	}
	var in publicAccessOf
	if q.r.Method == http.MethodPut {
		if xml.Unmarshal(q.body, &in) != nil {
			return "", malformedXML()
		}
	}
	if err := q.lab.editAccount(q.owner.ID, func(a *Account) { a.PublicAccess = in.on() }); err != nil {
		return "", failure(http.StatusInternalServerError, "InternalError", err.Error())
	}
	return "", nil
}

// editAccount changes an account's entry in the world.
func (l *Lab) editAccount(id string, f func(*Account)) error {
	return l.edit(func(w *World) bool {
		for i := range w.Accounts {
			if w.Accounts[i].ID == id {
				f(&w.Accounts[i])
				return true
			}
		}
		return false
	})
}

// point finds an access point by name or ARN, as it stands in the path.
func (q *controlRequest) point(name string) *accessPoint {
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	if p := q.st.points[name]; p != nil {
		return p
	}
	return q.st.points[name+"-"+q.owner.ID]
}

func (q *controlRequest) accessPoint(rest string) (string, *apiError) {
	name, isPolicy := strings.CutSuffix(rest, "/policy")
	action := "s3:GetAccessPoint"
	if isPolicy {
		action = "s3:GetAccessPointPolicy"
		if q.r.Method == http.MethodPut {
			action = "s3:PutAccessPointPolicy"
		}
	}
	p := q.point(name)
	resource := fmt.Sprintf("arn:aws:s3:*:%s:accesspoint/%s", q.owner.ID, name)
	if p != nil {
		resource = p.arn
	}
	if err := q.allowed(action, resource); err != nil {
		return "", err
	}
	switch {
	case p == nil:
		return "", failure(http.StatusNotFound, "NoSuchAccessPoint", "The specified accesspoint does not exist")
	case action == "s3:PutAccessPointPolicy":
		return "", q.putPointPolicy(p)
	case isPolicy && p.policy == nil:
		return "", failure(http.StatusNotFound, "NoSuchAccessPointPolicy", "The specified accesspoint policy does not exist")
	case isPolicy:
		return fmt.Sprintf("<GetAccessPointPolicyResult %s><Policy>%s</Policy></GetAccessPointPolicyResult>", controlNamespace, escape(p.policy.text)), nil
	}
	return "<GetAccessPointResult " + controlNamespace + ">" + p.xml() + "</GetAccessPointResult>", nil
}

// xml is the access point as GetAccessPoint and ListAccessPoints show it.
func (p *accessPoint) xml() string {
	origin, vpc := "Internet", ""
	if p.VPC != "" {
		origin, vpc = "VPC", "<VpcConfiguration><VpcId>"+p.VPC+"</VpcId></VpcConfiguration>"
	}
	return fmt.Sprintf("<Name>%s</Name><Bucket>%s</Bucket><BucketAccountId>%s</BucketAccountId><NetworkOrigin>%s</NetworkOrigin>%s%s<Alias>%s</Alias><AccessPointArn>%s</AccessPointArn>",
		p.name, p.bucket.Name, p.bucket.account.ID, origin, vpc, publicAccessXML(p.publicSet, ""), p.Alias, p.arn)
}

func (q *controlRequest) listAccessPoints() (string, *apiError) {
	if err := q.allowed("s3:ListAccessPoints", "*"); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, ap := range q.st.world.AccessPoints {
		acct, name, _ := strings.Cut(ap.Name, "/")
		if wanted := q.r.URL.Query().Get("bucket"); acct == q.owner.Name && (wanted == "" || wanted == ap.Bucket) {
			b.WriteString("<AccessPoint>" + q.point(name).xml() + "</AccessPoint>")
		}
	}
	return "<ListAccessPointsResult " + controlNamespace + "><AccessPointList>" + b.String() + "</AccessPointList></ListAccessPointsResult>", nil
}

func (q *controlRequest) putPointPolicy(p *accessPoint) *apiError {
	var in struct{ Policy string }
	if xml.Unmarshal(q.body, &in) != nil {
		return malformedXML()
	}
	if err := q.lab.editPoint(p.Name, in.Policy); err != nil {
		return failure(http.StatusBadRequest, "MalformedPolicy", err.Error())
	}
	return nil
}

// editPoint sets the policy of an access point.
func (l *Lab) editPoint(name, document string) error {
	return l.edit(func(w *World) bool {
		for i := range w.AccessPoints {
			if w.AccessPoints[i].Name == name {
				w.AccessPoints[i].Policy = document
				return true
			}
		}
		return false
	})
}
