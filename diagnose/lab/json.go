package lab

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// jsonRequest is a request of the JSON protocol: KMS and Organizations.
type jsonRequest struct {
	*reply
	lab    *Lab
	st     *state
	now    time.Time
	caller caller
	name   string // the operation
	in     jsonInput
}

// jsonInput are the fields that the lab's operations read.
type jsonInput struct {
	KeyID    string `json:"KeyId"`
	Policy   string
	TargetID string `json:"TargetId"`
	Filter   string
	PolicyID string `json:"PolicyId"`
	Content  string
	ChildID  string `json:"ChildId"`

	AccountID string `json:"AccountId"`
}

type jsonAction func(*jsonRequest) (any, *apiError)

// serveJSON answers KMS and Organizations.
func (l *Lab) serveJSON(st *state, w http.ResponseWriter, r *http.Request, sig *signature, parsed *apiError) {
	q := &jsonRequest{lab: l, st: st, now: l.clock()}
	if sig != nil {
		q.now = l.now(st, sig.keyID)
	}
	q.reply = l.newReply(w, r, q.now)
	h := w.Header()
	h.Set("X-Amzn-Requestid", q.requestID)
	h.Set("Content-Type", "application/x-amz-json-1.1")
	out, err := q.answer(sig, parsed)
	if err != nil {
		status := err.Status
		if status == http.StatusForbidden || status == http.StatusNotFound {
			status = http.StatusBadRequest // the JSON protocol has 400 for all that the client did
		}
		code := err.Code
		if code == "AccessDenied" {
			code = "AccessDeniedException"
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": err.Message})
		return
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (q *jsonRequest) answer(sig *signature, parsed *apiError) (any, *apiError) {
	body, err := readAll(q.r.Body, maxContent)
	if err != nil {
		return nil, failure(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "The request body is too large.")
	}
	q.r.Body = io.NopCloser(bytes.NewReader(body))
	switch {
	case parsed != nil:
		return nil, parsed
	case sig == nil:
		return nil, failure(http.StatusForbidden, "MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	var refused *apiError
	if q.caller, refused = q.lab.authenticate(q.st, q.r, sig, body, q.now); refused != nil {
		return nil, jsonAuth(refused)
	}
	if len(body) > 0 && json.Unmarshal(body, &q.in) != nil {
		return nil, failure(http.StatusBadRequest, "SerializationException", "The request body is not JSON of this operation.")
	}
	service, name, _ := strings.Cut(q.r.Header.Get("X-Amz-Target"), ".")
	q.name = name
	actions := kmsActions
	if service != "TrentService" {
		actions = organizationsActions
	}
	run := actions[name]
	if run == nil {
		return nil, failure(http.StatusBadRequest, "UnknownOperationException", "The operation "+name+" is not known here.")
	}
	return run(q)
}

// jsonAuth is an error of authentication as the JSON protocol words it.
func jsonAuth(e *apiError) *apiError {
	switch e.Code {
	case "InvalidAccessKeyId", "InvalidToken":
		return failure(http.StatusBadRequest, "UnrecognizedClientException", "The security token included in the request is invalid.")
	case "ExpiredToken":
		return failure(http.StatusBadRequest, "ExpiredTokenException", "The security token included in the request is expired")
	case "SignatureDoesNotMatch", "RequestTimeTooSkewed":
		return failure(http.StatusBadRequest, "InvalidSignatureException", e.elsewhere().Message)
	}
	return e
}
